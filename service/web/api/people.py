"""Who is signed in, signing out, and the demo's own way of signing in."""

from typing import Literal

from fastapi import APIRouter, Request, Response

from service.summary.people import DEMO_PEOPLE
from service.web import sessions
from service.web.api import shapes
from service.web.guards import Anybody, Caller, check_same_origin
from service.web.openapi import problems
from service.web.transactions import Transaction

router = APIRouter(prefix="/session", tags=["people"])
demo = APIRouter(prefix="/demo", tags=["people"])


class Persona(shapes.Taken):
    persona: Literal["clinician", "attending", "qa", "it"]


@router.get("", response_model=shapes.SessionBody, responses=problems())
def who_am_i(caller: Caller, _person: Anybody) -> shapes.SessionBody:
    """The person of this session, and the token that their writes must carry."""
    return shapes.SessionBody.model_validate(caller)


@router.delete("", status_code=204, responses=problems())
def sign_out(
    request: Request, session: Transaction, person: Anybody, everywhere: bool = False
) -> Response:
    """End this session; with `everywhere` every other session of the same person too."""
    response = Response(status_code=204)
    sessions.sign_out(session, request, response)
    if everywhere:
        sessions.sign_out_everywhere(session, person.id, by=person)
    return response


@demo.post("/session", response_model=shapes.SessionBody, responses=problems())
def begin_demo_session(
    asked: Persona, request: Request, response: Response, session: Transaction
) -> shapes.SessionBody:
    """Sign in as one of the demo people, so that scripts can do what a person would."""
    check_same_origin(request)
    person = DEMO_PEOPLE[asked.persona]
    begun = sessions.sign_in(session, request, response, person)
    return shapes.SessionBody.model_validate(begun)
