"""REST: one router a noun, all under /api/v1, beside health and the demo's sign-in."""

from fastapi import APIRouter, FastAPI

from service.web import notify
from service.web.api import (
    audit,
    bundles,
    events,
    facts,
    findings,
    glass,
    health,
    jobs,
    keys,
    model,
    oauth,
    patients,
    people,
    qa,
    recalls,
    statements,
    summaries,
)
from service.web.cds import routes as cds

PREFIX = "/api/v1"
NOUNS = (
    summaries,
    events,
    statements,
    findings,
    bundles,
    patients,
    facts,
    audit,
    jobs,
    qa,
    people,
    model,
    recalls,
    glass,
)


def add_routes(app: FastAPI, *, demo: bool) -> None:
    """Hang every REST route on the application; the demo's own only in demo mode."""
    rest = APIRouter(prefix=PREFIX)
    for noun in NOUNS:
        rest.include_router(noun.router)
    app.include_router(rest)
    app.include_router(health.router)
    app.include_router(oauth.router)
    app.include_router(keys.router)
    app.include_router(cds.router)
    app.include_router(notify.router)
    if demo:
        app.include_router(people.demo)
