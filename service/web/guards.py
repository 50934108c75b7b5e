"""Who may come through a route. Every route declares a guard, or is named in PUBLIC."""

import hmac
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, params
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool

from service.errors import NotPermitted
from service.review import permissions
from service.review.permissions import Ability
from service.signin.tokens import account
from service.summary.people import SERVICE_ACCOUNT, Person
from service.web import grants, sessions
from service.web.at_once import AtOnce
from service.web.errors import NotSignedIn
from service.web.reach import check_path, with_reach
from service.web.runtime import Runtime, TheRuntime
from service.web.sessions import SignedIn
from service.web.step_up import check_fresh
from service.web.tickets import COOKIE
from service.web.wrong_tokens import WrongTokens

# Routes that anybody may ask: they tell nothing about a patient and change nothing.
PUBLIC = frozenset(
    {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/demo/session",
        "/sign-in",
        "/sign-in/start/{provider_key}",
        "/sign-in/callback",
        "/launch",
        "/oauth/token",
        "/jwks.json",
        "/cds-services",
        "/static",
    }
)

READS = frozenset({"GET", "HEAD", "OPTIONS"})

# Declared so that OpenAPI names them; `caller` reads the headers itself.
_bearer = HTTPBearer(
    scheme_name="serviceToken",
    auto_error=False,
    description="A program's token (`countersign token create`), or COUNTERSIGN_API_TOKEN: role "
    "service, within the token's scopes.",
)
_cookie = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    auto_error=False,
    description="A person's session; writes also need the X-CSRF-Token header.",
)

Guard = Callable[..., Coroutine[Any, Any, Person]]


async def caller(
    request: Request,
    runtime: TheRuntime,
    _token: Annotated[Any, Depends(_bearer)] = None,
    _session: Annotated[Any, Depends(_cookie)] = None,
) -> AsyncIterator[SignedIn]:
    """The program or the signed-in person, until the request is answered. Raises NotSignedIn,
    NotPermitted (CSRF), TooManyAtOnce, and NotOpen where the path leads to a stranger's chart."""
    found = await run_in_threadpool(_known, runtime, request)
    request.state.person_id = found.person.id  # a refusal further on is this person's
    request.state.signed_in = found  # and an error page is shown to them
    if request.method not in READS and found.csrf_token:
        await check_csrf(request, found.csrf_token)
    at_once: AtOnce = request.app.state.at_once
    with at_once.one_more(found.person.id):
        await run_in_threadpool(check_path, request, found.person)
        yield found


def _known(runtime: Runtime, request: Request) -> SignedIn:
    if "authorization" in request.headers:
        return SignedIn(_program(runtime, request), "")
    found = sessions.signed_in(runtime, request)
    if found is None:
        raise NotSignedIn("Sign in first: nobody is signed in here, or no longer.")
    return with_reach(found, runtime.settings)


def check_before_body(runtime: Runtime, request: Request, ability: Ability) -> None:
    """Refuse who may not, in a transaction of its own: none is open while a long body comes."""
    permissions.check_may(_known(runtime, request).person, ability)


def may(ability: Ability) -> params.Depends:
    """The guard of a route: somebody whose role carries this ability. Gives the Person."""

    async def guard(found: Caller) -> Person:
        permissions.check_may(found.person, ability)
        return found.person

    return _as_guard(guard, ability)


def may_freshly(ability: Ability) -> params.Depends:
    """The same, for an act that vouches or withdraws: where the site asks, after signing in
    anew."""

    async def guard(found: Caller, runtime: TheRuntime) -> Person:
        permissions.check_may(found.person, ability)
        check_fresh(found, runtime.settings)
        return found.person

    return _as_guard(guard, ability)


def _as_guard(guard: Guard, ability: Ability | None = None) -> params.Depends:
    guard.is_guard = True  # type: ignore[attr-defined]  # the structural tests look for it
    guard.ability = ability  # type: ignore[attr-defined]
    depends: params.Depends = Depends(guard)
    return depends


# scope="function": a stream of events that is read for hours counts only until it begins.
Caller = Annotated[SignedIn, Depends(caller, scope="function")]


async def _anybody(found: Caller) -> Person:
    return found.person


Anybody = Annotated[Person, _as_guard(_anybody)]
Lister = Annotated[Person, may(Ability.LIST)]
Reader = Annotated[Person, may(Ability.READ)]
Requester = Annotated[Person, may(Ability.REQUEST)]
Reviewer = Annotated[Person, may(Ability.REVIEW)]
Signer = Annotated[Person, may(Ability.SIGN)]
Cosigner = Annotated[Person, may(Ability.COSIGN)]
FreshSigner = Annotated[Person, may_freshly(Ability.SIGN)]
FreshCosigner = Annotated[Person, may_freshly(Ability.COSIGN)]
SessionEnder = Annotated[Person, may(Ability.END_SESSIONS)]
Ingester = Annotated[Person, may(Ability.INGEST)]
Auditor = Annotated[Person, may(Ability.READ_AUDIT)]
Rater = Annotated[Person, may(Ability.RATE)]
Operator = Annotated[Person, may(Ability.JOBS)]
UsageReader = Annotated[Person, may(Ability.READ_USAGE)]
NoteRuler = Annotated[Person, may(Ability.RULE_NOTES)]
GlassBreaker = Annotated[Person, may(Ability.BREAK_GLASS)]
GlassReader = Annotated[Person, may(Ability.READ_GLASS)]
Recaller = Annotated[Person, may(Ability.RECALL)]
Switcher = Annotated[Person, may(Ability.SWITCH)]


async def check_csrf(request: Request, expected: str) -> None:
    """Raise NotPermitted unless a write carries its session's token, in header or form."""
    sent = request.headers.get("x-csrf-token") or await _form_token(request)
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise NotPermitted("The form was not sent from our page. Load the page again and repeat.")


def check_same_origin(request: Request) -> None:
    """Raise NotPermitted when a browser says that another site sent this."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise NotPermitted("This was sent from another site. Use our own page.")


async def _form_token(request: Request) -> str:
    kind = request.headers.get("content-type", "")
    if not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return ""
    return str((await request.form()).get("csrf_token", ""))


def _program(runtime: Runtime, request: Request) -> Person:
    """The account whose token was sent. Raises NotSignedIn, TooManyWrongTokens."""
    expected = runtime.settings.api_token
    scheme, _, rest = request.headers["authorization"].partition(" ")
    sent, known = rest.strip(), expected.get_secret_value() if expected else ""
    if scheme.lower() == "bearer" and sent:
        # Compared as bytes and always to the end, so that time tells nothing of the token.
        if known and hmac.compare_digest(sent.encode(), known.encode()):
            return SERVICE_ACCOUNT
        with runtime.transaction() as session:
            if sent.startswith(grants.PREFIX):
                token = grants.granted_to(session, request, sent)
            else:
                wrong: WrongTokens = request.app.state.wrong_tokens
                token = wrong.look_up(session, request, sent)
            if token is not None:
                return account(token)
    request.state.token_refused = True
    raise NotSignedIn(
        "This token is not known here, or no longer. `countersign token list` shows those that are."
    )
