"""The pages that people use in a browser: server-rendered, whole without scripts."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from service.web.pages import (
    access,
    acts,
    arriving,
    asking,
    charts,
    desk,
    edits,
    facts,
    history,
    jobs,
    keeping,
    operations,
    presence,
    quality,
    rating,
    signin,
    signing,
    worklist,
)
from service.web.pages.faults import error_page
from service.web.pages.times import zone_named

STATIC = Path(__file__).parents[1] / "static"
ROUTERS = (
    signin,
    arriving,
    worklist,
    desk,
    history,
    signing,
    edits,
    keeping,
    presence,
    acts,
    charts,
    facts,
    asking,
    quality,
    rating,
    operations,
    jobs,
    access,
)


def add_pages(app: FastAPI) -> None:
    """Hang pages, their files and the page for errors on the application. Raises WrongSetting."""
    app.state.zone = zone_named(app.state.runtime.settings.time_zone)
    app.state.error_page = error_page
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for module in ROUTERS:
        app.include_router(module.router, include_in_schema=False)
