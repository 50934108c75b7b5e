"""The pages that people use in a browser: server-rendered, whole without scripts."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from service.web.pages import (
    access,
    acts,
    arriving,
    asking,
    audit,
    charts,
    desk,
    edits,
    facts,
    glass,
    history,
    jobs,
    keeping,
    operations,
    presence,
    quality,
    rating,
    remarks,
    signin,
    signing,
    visiting,
    withheld,
    worklist,
)
from service.web.pages.faults import error_page

STATIC = Path(__file__).parents[1] / "static"
ROUTERS = (
    signin,
    arriving,
    worklist,
    visiting,
    desk,
    history,
    signing,
    edits,
    keeping,
    presence,
    remarks,
    acts,
    charts,
    facts,
    asking,
    quality,
    rating,
    operations,
    jobs,
    access,
    audit,
    withheld,
    glass,
)


def add_pages(app: FastAPI) -> None:
    """Hang pages, their files and the page for errors on the application."""
    app.state.error_page = error_page
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for module in ROUTERS:
        app.include_router(module.router, include_in_schema=False)
