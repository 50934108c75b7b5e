"""Signing in and out. Demo mode offers four people; else the places where people sign in."""

import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from service.errors import BadInput, NotFound, NotPermitted
from service.review.permissions import Ability, may
from service.summary.people import DEMO_PEOPLE
from service.web import sessions, tickets
from service.web.guards import Anybody, check_same_origin
from service.web.pages.frame import render
from service.web.transactions import Transaction

router = APIRouter()

# Nobody is signed in yet, so the token of this one form is held by a cookie of its own.
FORM_COOKIE = "countersign_sign_in"
ROLES = {
    "clinician": ("Clinician", "Reviews drafts beside their sources, edits, and signs."),
    "attending": ("Attending", "Does the same, and cosigns as the second clinician."),
    "qa": ("Quality", "Draws samples and rates them. Cannot edit or sign."),
    "it": ("Hospital IT", "Sees statuses, parts and the audit. Never the text of a chart."),
}


@router.get("/")
def home(person: Anybody) -> Response:
    """Each role begins where its work is."""
    if may(person, Ability.RATE):
        return RedirectResponse("/quality", 303)
    return RedirectResponse("/operations" if may(person, Ability.READ_AUDIT) else "/worklist", 303)


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> Response:
    token = secrets.token_urlsafe(16)
    shown = render(
        request,
        "sign_in.html",
        signed_in=None,
        people=DEMO_PEOPLE,
        roles=ROLES,
        providers=request.app.state.runtime.settings.sign_in,
        next=safe_next(next),
        form_token=token,
    )
    shown.set_cookie(
        FORM_COOKIE,
        token,
        path="/sign-in",
        httponly=True,
        samesite="strict",
        secure=tickets.is_secure(request),
    )
    return shown


@router.post("/sign-in")
def sign_in(
    request: Request,
    session: Transaction,
    persona: Annotated[str, Form()],
    csrf_token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    if not request.app.state.runtime.settings.demo:
        raise NotFound("There is no sign-in form here. Open Countersign from the EHR.")
    check_same_origin(request)
    held = request.cookies.get(FORM_COOKIE) or "none"
    if not hmac.compare_digest(csrf_token.encode(), held.encode()):
        raise NotPermitted("The form was not sent from our page. Load the page again and repeat.")
    if persona not in DEMO_PEOPLE:
        raise BadInput("Choose one of the four people.")
    answer = RedirectResponse(safe_next(next), 303)
    sessions.sign_in(session, request, answer, DEMO_PEOPLE[persona])
    return answer


@router.post("/sign-out")
def sign_out(request: Request, session: Transaction, _: Anybody) -> Response:
    answer = RedirectResponse("/sign-in?said=signed-out", 303)
    sessions.sign_out(session, request, answer)
    return answer


@router.post("/sign-out/everywhere")
def sign_out_everywhere(session: Transaction, person: Anybody) -> Response:
    """This browser and every other: for somebody who left one open on the ward."""
    sessions.sign_out_everywhere(session, person.id, by=person)
    answer = RedirectResponse("/sign-in?said=signed-out-everywhere", 303)
    tickets.take_back(answer)
    return answer


def safe_next(path: str) -> str:
    """A path on this site, else home: a link must not lead elsewhere after signing in."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and "\\" not in path else "/"
