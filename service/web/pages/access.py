"""Who is in now, and with which tokens programs come: hospital IT and the security officer."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.signin import tokens
from service.web import sessions
from service.web.guards import SessionEnder
from service.web.pages.frame import ThePage

router = APIRouter()

Words = Annotated[str, Form()]


@router.get("/access")
def access(page: ThePage, _: SessionEnder) -> Response:
    settings = page.request.app.state.runtime.settings
    return page.show(
        "access.html",
        present=sessions.list_present(page.session, settings),
        tokens=tokens.list_tokens(page.session),
        is_live=tokens.is_live,
        providers={p.key: p.name for p in settings.sign_in},
    )


@router.post("/access/end")
def end_sessions(page: ThePage, _: SessionEnder, person_id: Words = "") -> Response:
    """Every session of a person, on whatever browser."""
    sessions.sign_out_everywhere(page.session, person_id, by=page.person)
    return RedirectResponse("/access?said=sessions-ended", 303)


@router.post("/access/revoke")
def revoke(page: ThePage, _: SessionEnder, name: Words = "") -> Response:
    tokens.revoke_token(page.session, name, by=page.person.id)
    return RedirectResponse("/access?said=token-revoked", 303)
