"""Coming in through a provider: off to it, launched by the EHR, and back from it."""

import secrets
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from service import audit
from service.database import now
from service.errors import NotFound, WrongSetting
from service.fhir.references import id_of
from service.providers import LOOPBACK
from service.signin.attempts import Journey, begin_attempt, take_attempt
from service.signin.errors import NotSetUp, SignInFailed
from service.signin.journey import Arrival, address_to, arrival
from service.signin.look import CALLBACK
from service.signin.models import KnownPerson, SignInAttempt
from service.signin.provider import Provider
from service.summary.models import Summary
from service.summary.people import Person
from service.web import sessions, tickets
from service.web.denials import unwritten_of
from service.web.guards import Anybody, Caller
from service.web.pages.frame import render
from service.web.pages.signin import safe_next
from service.web.runtime import TheRuntime, runtime_of
from service.web.sessions import Came
from service.web.transactions import Transaction

log = structlog.get_logger(__name__)
router = APIRouter()

# Tells the browser that went from the one that comes back; it says nothing of anybody.
BROWSER_COOKIE = "countersign_browser"


@router.get("/sign-in/start/{provider_key}")
def start(request: Request, provider_key: str, next: str = "/") -> Response:
    """Off to a provider, from our own page."""
    return _send(request, Journey(_provider(request, provider_key).settings.key, safe_next(next)))


@router.get("/sign-in/again")
def again(request: Request, caller: Caller, _: Anybody, next: str = "/") -> Response:
    """The person who is signed in shows once more who they are, and comes back."""
    key = caller.came.provider_key
    if key is None:
        return RedirectResponse(safe_next(next), 303)
    max_age_s = runtime_of(request).settings.sign_max_age_s or 60
    journey = Journey(_provider(request, key).settings.key, safe_next(next), max_age_s=max_age_s)
    return _send(request, journey)


@router.get("/launch")
def launch(request: Request, iss: str = "", launch: str = "") -> Response:
    """SMART App Launch: the EHR names itself and hands in what it has open."""
    for provider in request.app.state.providers.values():
        if provider.settings.is_smart and _same(provider.settings.fhir_url, iss):
            journey = Journey(provider.settings.key, launched=True)
            return _send(request, journey, launch=launch or None)
    failure = SignInFailed(
        "This launch came from an EHR that is not set up here. Tell IT: a sign_in with the "
        "fhir_url that the EHR sends as iss.",
        "iss",
    )
    return _refused(request, failure, "", iss=_host(iss))


@router.get(CALLBACK)
def come_back(request: Request, runtime: TheRuntime) -> Response:
    """Back from a provider: who came is signed in, or told what IT must do.

    Not in one transaction: the attempt is used up whatever follows, and no database connection
    waits for the provider.
    """
    query = dict(request.query_params)
    provider_key = ""
    try:
        with runtime.transaction() as session:
            attempt = take_attempt(session, query.get("state", ""), _browser(request) or "")
        provider_key = attempt.provider_key
        came = arrival(
            _provider(request, provider_key),
            attempt,
            query,
            redirect_uri=_redirect_uri(request),
            settings=runtime.settings,
            ehr=lambda: runtime.client,
        )
        return _let_in(request, attempt, came)
    except SignInFailed as failure:
        return _refused(request, failure, provider_key)


def _send(request: Request, journey: Journey, launch: str | None = None) -> Response:
    """To the provider, with a new attempt of this browser."""
    provider = _provider(request, journey.provider_key)
    browser = _browser(request) or secrets.token_urlsafe(32)
    provider.endpoints  # noqa: B018  # asked before the attempt is kept: it may not answer
    with runtime_of(request).transaction() as session:
        made = begin_attempt(session, journey, browser)
    address = address_to(
        provider, journey, made, redirect_uri=_redirect_uri(request), launch=launch
    )
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        BROWSER_COOKIE,
        browser,
        path="/",
        httponly=True,
        samesite="lax",
        secure=tickets.is_secure(request),
    )
    return answer


def _let_in(request: Request, attempt: SignInAttempt, came: Arrival) -> Response:
    """A session for who came, or the session they had, made fresh. Raises SignInFailed."""
    with runtime_of(request).transaction() as session:
        answer = RedirectResponse(_where(session, attempt, came), 303)
        _remember(session, came.person)
        if attempt.max_age_s is None:
            known = Came(
                attempt.provider_key, came.authenticated_at, came.patient_ref, came.encounter_ref
            )
            sessions.sign_in(session, request, answer, came.person, known)
        elif not sessions.sign_in_again(
            session, request, answer, came.person, came.authenticated_at
        ):
            raise SignInFailed(
                "Somebody else signed in than the person who was about to sign, or that session "
                "is over. Nothing was signed. Sign in as yourself.",
                "person",
            )
    return answer


def _where(session: Transaction, attempt: SignInAttempt, came: Arrival) -> str:
    """A launch opens the summary of the card that it came from, if it is of the patient whom the
    EHR has open, else the patient's list; without a patient where the person wanted to go."""
    if came.patient_ref is None:
        return attempt.next_path
    summary = session.get(Summary, came.summary_id) if came.summary_id else None
    if summary is not None and summary.patient_ref == came.patient_ref:
        return f"/summaries/{summary.id}"
    return f"/worklist?patients={id_of(came.patient_ref)}"


def _remember(session: Transaction, person: Person) -> None:
    """Their name, for the pages that tell who did what."""
    known = session.get(KnownPerson, person.id)
    if known is None:
        known = KnownPerson(id=person.id)
        session.add(known)
        audit.record(session, "person.first-seen", actor=person.id, role=person.role)
    known.name, known.role = person.name, person.role
    known.practitioner_ref, known.last_at = person.practitioner_ref, now()


def _host(iss: str) -> str:
    """The host that it names: of what anybody may send no more is kept for good."""
    try:
        return (urlsplit(iss).hostname or "")[:100].replace("\0", "")
    except ValueError:
        return ""


def _refused(request: Request, failure: SignInFailed, provider_key: str, **detail: str) -> Response:
    """Told to the person and to the audit, of one address so many a minute: nobody may fill it.
    What was sent stands in no log."""
    known = failure.known if isinstance(failure, NotSetUp) else None
    actor = f"{provider_key}:{known.subject}" if known else "nobody"
    log.warning("sign-in.refused", provider=provider_key, check=failure.check)
    unwritten = unwritten_of(request, actor)
    if unwritten is not None:
        detail |= {"provider": provider_key, "check": failure.check}
        passed = {"unwritten": unwritten} if unwritten else {}
        with runtime_of(request).transaction() as session:
            audit.record(session, "sign-in.refused", actor=actor, **dict[str, Any](detail | passed))
    return render(
        request,
        "not_let_in.html",
        failure.status_code,
        signed_in=None,
        failure=failure,
        known=known,
        advice=failure.advice if isinstance(failure, NotSetUp) else "",
        start_again=f"/sign-in/start/{provider_key}" if provider_key else "/sign-in",
    )


def _provider(request: Request, key: str) -> Provider:
    found: Provider | None = request.app.state.providers.get(key)
    if found is None:
        raise NotFound("There is no such sign-in here. Begin at the start page.")
    return found


def _browser(request: Request) -> str | None:
    return request.cookies.get(BROWSER_COOKIE)


def _redirect_uri(request: Request) -> str:
    """Our address as the provider knows it. Raises WrongSetting where it would be guessed."""
    if public := runtime_of(request).settings.public_url:
        return public + CALLBACK
    if request.url.hostname not in LOOPBACK:
        raise WrongSetting("COUNTERSIGN_PUBLIC_URL is not set: the address that browsers use.")
    return str(request.base_url).rstrip("/") + CALLBACK


def _same(known: str | None, said: str) -> bool:
    """EHRs write a slash at the end in one place and not in another."""
    return bool(said) and (known or "").rstrip("/") == said.rstrip("/")
