"""/model: what drafting took, and where no model is asked."""

from fastapi import APIRouter, Response

from service.review.switching import list_switches, switch_model_off, switch_model_on
from service.review.usage import usage
from service.web.api import shapes
from service.web.guards import Switcher, UsageReader
from service.web.idempotency import ActOnce, Answer
from service.web.openapi import problems
from service.web.transactions import Transaction

router = APIRouter(prefix="/model", tags=["model"])


@router.get("/usage", response_model=shapes.UsageBody)
def read_usage(session: Transaction, person: UsageReader) -> shapes.UsageBody:
    """Drafts, tokens, cost and time by writer over 30 days; the state of each endpoint."""
    return shapes.UsageBody.model_validate(usage(session, person))


@router.get("/switches", response_model=shapes.SwitchesBody)
def read_switches(session: Transaction, person: Switcher) -> shapes.SwitchesBody:
    """Where people have switched the model off; those of COUNTERSIGN_MODEL_OFF are not here."""
    return shapes.SwitchesBody.model_validate({"rows": list_switches(session, person)})


@router.post("/switches/off", response_model=shapes.SwitchBody, responses=problems(400, 409))
def switch_off(
    asked: shapes.SwitchOff, session: Transaction, person: Switcher, once: ActOnce
) -> Response:
    """Ask no model for a type, patient, model or site. Drafts are then taken from the chart, and
    say why."""

    def act() -> Answer:
        made = switch_model_off(session, asked.switch, asked.reason, by=person)
        return Answer(shapes.SwitchBody.model_validate(made), patient_ref=made.patient_ref)

    return once(act)


@router.post("/switches/on", response_model=shapes.SwitchBody, responses=problems(404))
def switch_on(
    asked: shapes.SwitchOn, session: Transaction, person: Switcher, once: ActOnce
) -> Response:
    """Ask the model again there; the answer is the switch that is gone."""

    def act() -> Answer:
        gone = switch_model_on(session, asked.switch, by=person)
        return Answer(shapes.SwitchBody.model_validate(gone), patient_ref=gone.patient_ref)

    return once(act)
