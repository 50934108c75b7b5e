"""The HTTP door: one application out of the runtime, its pages and its REST."""

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from service import bootstrap
from service.access.tagger import tagger_in_force
from service.retrieval.store import chroma
from service.settings import load_settings
from service.signin.provider import Provider
from service.web import api
from service.web.at_once import AtOnce
from service.web.denials import Denials, Refusals
from service.web.headers import Headers, content_policy
from service.web.heads import allow_connections
from service.web.limits import BodyLimit
from service.web.openapi import describe
from service.web.pages import add_pages
from service.web.pages.frame import compile_all
from service.web.pages.times import zone_named
from service.web.problems import Failures, answer_in_problems
from service.web.reach import LastAsked
from service.web.readiness import Readiness
from service.web.runtime import Runtime
from service.web.tickets import session_secret
from service.web.wrong_tokens import WrongTokens

DESCRIPTION = """Drafts summaries of a chart, shows the evidence for each statement, and files only
the exact text that a clinician has signed. Errors are RFC 9457 problem documents; lists are paged
with `limit` and `cursor`; every write takes an `Idempotency-Key`."""


def create_app(runtime: Runtime) -> FastAPI:
    """The whole web application on these parts. Raises WrongSetting."""
    return equip(routed(demo=runtime.settings.demo), runtime)


def routed(*, demo: bool) -> FastAPI:
    """The application with its routes, on no parts yet: the slow half of making one."""
    # No /docs: its page loads scripts from elsewhere. The description is at /openapi.json.
    app = FastAPI(
        title="Countersign",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    answer_in_problems(app)
    describe(app)
    api.add_routes(app, demo=demo)
    add_pages(app)
    _add_middleware(app, demo=demo)
    return app


def equip(app: FastAPI, runtime: Runtime) -> FastAPI:
    """Put it on these parts, in place of any before. Raises WrongSetting."""
    app.state.runtime = runtime
    app.state.session_secret = session_secret(runtime.settings)
    app.state.readiness = Readiness(runtime)
    app.state.providers = {p.key: Provider(p) for p in runtime.settings.sign_in}
    app.state.refusals = Refusals()
    app.state.wrong_tokens = WrongTokens()
    app.state.at_once = AtOnce()
    app.state.last_asked = LastAsked()
    app.state.zone = zone_named(runtime.settings.time_zone)
    return app


def served() -> FastAPI:
    """The application on the settings in force: what a server is pointed at. What is compiled once
    is compiled here, and not while the first who asks waits."""
    app = create_app(bootstrap.Runtime(load_settings()))
    chroma()
    allow_connections()
    tagger_in_force()
    compile_all()
    bootstrap.look_for_garbage_seldom()
    return app


def _add_middleware(app: FastAPI, *, demo: bool) -> None:
    """The last one added is the outermost."""
    app.add_middleware(BodyLimit)
    app.add_middleware(Denials)
    app.add_middleware(Failures)
    if demo:
        # A demo listens on loopback: another name in Host is DNS rebinding from a web page.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])
    app.add_middleware(Headers, policy=content_policy())
