"""/cds-services: what an EHR may call, the cards that it gets, and what became of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from service import audit
from service.errors import BadInput, NotFound
from service.fhir.references import is_ref
from service.review.worklist import waiting_at
from service.signin.cds import calling
from service.signin.journey import is_our_ehr
from service.signin.provider import Provider
from service.summary.models import Summary
from service.web.cds.cards import WANTED, cards_of
from service.web.cds.shapes import Call, Cards, Feedback, ServiceBody, Services
from service.web.errors import NotSignedIn
from service.web.openapi import problems
from service.web.runtime import TheRuntime, runtime_of
from service.web.transactions import Transaction

PATH = "/cds-services"
router = APIRouter(prefix=PATH, tags=["cds hooks"])

SAID = (
    "Says when a summary of this patient's chart waits to be read, signed or mended, and opens it. "
    "A card holds no words of the chart."
)
OFFERED = {
    f"countersign-{hook}": ServiceBody(
        id=f"countersign-{hook}", hook=hook, title="Summaries that wait", description=SAID
    )
    for hook in ("patient-view", "appointment-book")
}
ServiceId = Annotated[str, Path(max_length=80)]


def the_ehr(request: Request, session: Transaction, runtime: TheRuntime) -> Provider:
    """Which EHR calls. Raises NotSignedIn."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    providers = request.app.state.providers.values()
    if scheme.lower() == "bearer":
        found = calling(session, providers, token.strip(), _called(request))
        if found is not None and is_our_ehr(found, runtime.settings):
            return found
    raise NotSignedIn(
        "This call is not signed by an EHR that is set up here. IT: cds_issuer and cds_jwks of "
        "its [[sign_in]], and its aud is this address (docs/integration.md)."
    )


the_ehr.is_guard = True  # type: ignore[attr-defined]  # the structural tests look for it
the_ehr.ability = None  # type: ignore[attr-defined]  # an EHR is nobody with a role
TheEhr = Annotated[Provider, Depends(the_ehr)]


@router.get("")
def discover() -> Services:
    """Which services an EHR can hang on its hooks. It tells nothing of anybody."""
    return Services(services=list(OFFERED.values()))


@router.post("/{service_id}", responses=problems(400, 401, 404), response_model_exclude_none=True)
def call(
    service_id: ServiceId, asked: Call, request: Request, session: Transaction, ehr: TheEhr
) -> Cards:
    """The cards of the patient whose chart is open."""
    patient_ref = _patient(_offered(service_id), asked, ehr)
    rows = waiting_at(session, patient_ref, tuple(WANTED))
    cards = cards_of(rows, f"{_base(request)}/launch")
    audit.record(
        session,
        "cds.answered",
        actor=_actor(ehr),
        patient_ref=patient_ref,
        user=asked.context.user_id,
        cards=[str(card.uuid) for card in cards],
    )
    return Cards(cards=cards)


@router.post("/{service_id}/feedback", responses=problems(400, 401, 404))
def take_feedback(
    service_id: ServiceId, told: Feedback, session: Transaction, ehr: TheEhr
) -> dict[str, str]:
    """What became of cards: opened, or passed over and why, as a code."""
    _offered(service_id)
    for each in told.feedback:
        summary = session.get(Summary, each.card.hex)
        if summary is None:
            raise NotFound(
                "No card of this service has this uuid. Send the uuid that it came with."
            )
        reason = each.override_reason.reason if each.override_reason else None
        audit.record(
            session,
            f"cds.{each.outcome}",
            actor=_actor(ehr),
            patient_ref=summary.patient_ref,
            subject_id=summary.id,
            reason=str((reason or {}).get("code", ""))[:80],
        )
    return {}


def _offered(service_id: str) -> ServiceBody:
    if service_id not in OFFERED:
        raise NotFound(f"There is no such service. {PATH} lists those that there are.")
    return OFFERED[service_id]


def _patient(service: ServiceBody, asked: Call, ehr: Provider) -> str:
    """Whose cards. Raises BadInput: another hook, another server, no id."""
    if asked.hook != service.hook:
        raise BadInput(f"{service.id} is for the hook {service.hook}, not another.")
    if asked.fhir_server and not _same(asked.fhir_server, ehr.settings.fhir_url):
        raise BadInput("fhirServer is not the one of the EHR that signed this call.")
    said = asked.context.patient_id
    ref = said if said.startswith("Patient/") else f"Patient/{said}"
    if not is_ref(ref):
        raise BadInput("context.patientId is no id of a Patient.")
    return ref


def _same(said: str, known: str | None) -> bool:
    return said.rstrip("/") == (known or "").rstrip("/")


def _actor(ehr: Provider) -> str:
    return f"cds:{ehr.settings.key}"


def _called(request: Request) -> str:
    """The address of the service that is called, as the token must name it."""
    return _base(request) + request.url.path.removesuffix("/feedback")


def _base(request: Request) -> str:
    return runtime_of(request).settings.public_url or str(request.base_url).rstrip("/")
