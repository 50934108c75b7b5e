"""/fhir/notify: the EHR, or a program beside it, tells that a chart has changed. Ids only."""

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service import webhook
from service.chart.arrival.follow import note_arrivals
from service.chart.arrival.hearing import hear, subscription_of
from service.chart.arrival.models import Subscription
from service.chart.arrival.notification import read_notification
from service.chart.arrival.subscriptions import PATH
from service.errors import BadInput
from service.fhir.references import is_ref
from service.settings import Settings
from service.signin.assertions import is_first
from service.web.errors import NotSignedIn
from service.web.openapi import problems
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(tags=["charts"])

NOBODY = (
    "This message is not from a subscription of ours, and no secret of COUNTERSIGN_NOTIFY_SECRET "
    "signed it within the last minutes, or it came before."
)


class Told(BaseModel):
    """Whose charts have changed: "Patient/1"."""

    model_config = ConfigDict(extra="forbid")

    patients: list[str] = Field(min_length=1, max_length=1000)


@dataclass(frozen=True)
class Sender:
    """Who tells: a subscription of ours, or whoever has the secret; and what was sent."""

    subscription: Subscription | None
    body: bytes


async def body_of(request: Request) -> bytes:
    return await request.body()


def the_sender(
    request: Request,
    session: Transaction,
    runtime: TheRuntime,
    body: Annotated[bytes, Depends(body_of)],
) -> Sender:
    """Raises NotSignedIn."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (ours := subscription_of(session, token.strip())):
        return Sender(ours, body)
    message_id = webhook.proven_id(_secrets(runtime.settings), request.headers, body)
    if message_id is not None:
        over_at = int(request.headers[webhook.TIMESTAMP]) + webhook.TOLERANCE_S
        if is_first(session, "notify", {"jti": message_id, "exp": over_at}):
            return Sender(None, body)
    raise NotSignedIn(NOBODY)


the_sender.is_guard = True  # type: ignore[attr-defined]  # the structural tests look for it
the_sender.ability = None  # type: ignore[attr-defined]  # an EHR is nobody with a role
TheSender = Annotated[Sender, Depends(the_sender)]


@router.post(PATH, status_code=204, responses=problems(400, 401))
def notify(session: Transaction, runtime: TheRuntime, sender: TheSender) -> Response:
    """A notification of a subscription (R5 Backport, or the bare call of an R4 rest-hook), or
    `{"patients": ["Patient/1"]}` signed as Standard Webhooks has it. The charts are read from the
    EHR afterwards; what comes twice, late or out of order does no harm."""
    ours = sender.subscription
    if ours is None:
        note_arrivals(session, _patients(_json(sender.body)))
    elif not ours.topic:  # a plain rest-hook, whatever the EHR sends along
        hear(session, ours, None)
    else:
        hear(session, ours, read_notification(_json(sender.body), bases=runtime.client.bases))
    return Response(status_code=204)


def _json(body: bytes) -> object:
    """Raises BadInput."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("What was sent is no JSON.") from None


def _patients(said: object) -> list[str]:
    try:
        told = Told.model_validate(said)
    except ValidationError:
        raise BadInput('Send {"patients": ["Patient/1"]}, at most 1000 of them.') from None
    if any(not (is_ref(ref) and ref.startswith("Patient/")) for ref in told.patients):
        raise BadInput('Each patient is named as "Patient/1".')
    return told.patients


def _secrets(settings: Settings) -> list[str]:
    """One, or two while the site changes it."""
    secret = settings.notify_secret
    return secret.get_secret_value().split() if secret else []
