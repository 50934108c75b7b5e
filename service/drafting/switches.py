"""Where no model is asked: by summary type, patient, model or site, each with its reason."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.drafting.boundary import kept_from_model
from service.drafting.models import ModelSwitch
from service.errors import BadInput, Conflict, NotFound
from service.settings import Settings
from service.summary.models import Summary
from service.summary.vocabulary import SummaryType

BY_SETTING = "it is set in COUNTERSIGN_MODEL_OFF"
_FORMS = {
    "type": re.compile("|".join(map(re.escape, SummaryType))),
    "patient": re.compile(r"Patient/[A-Za-z0-9\-.]{1,64}"),
    "model": re.compile(r"\S+"),
    "site": re.compile(r"\S.*"),
}


def switched_off(session: Session, summary: Summary, settings: Settings) -> str | None:
    """Why no model is asked for this summary, in a sentence for the page; None when one is."""
    concerning = _concerning(summary, settings)
    for switch in settings.model_off:
        if switch in concerning:
            return _sentence(switch, BY_SETTING)
    query = select(ModelSwitch).where(ModelSwitch.switch.in_(concerning))
    row = session.scalars(query.order_by(ModelSwitch.made_at)).first()
    if row is not None:
        return _sentence(row.switch, row.reason)
    return kept_from_model(session, summary.patient_ref)


def switches(session: Session) -> list[ModelSwitch]:
    """Every switch that was turned by a person, newest first."""
    return list(session.scalars(select(ModelSwitch).order_by(ModelSwitch.made_at.desc())))


def switch_off(session: Session, switch: str, *, reason: str, by: str) -> ModelSwitch:
    """Ask no model where `switch` holds. Raises BadInput for a switch of no known form."""
    check_switch(switch)
    if not reason.strip():
        raise BadInput("Say why the model is switched off; clinicians will read it.")
    if session.scalars(select(ModelSwitch).where(ModelSwitch.switch == switch)).first():
        raise Conflict(f"The model is already switched off for {switch}.")
    patient_ref = switch.removeprefix("patient:") if switch.startswith("patient:") else None
    row = ModelSwitch(switch=switch, patient_ref=patient_ref, reason=reason.strip(), made_by=by)
    session.add(row)
    session.flush()
    _note(session, "model.switched-off", row, by=by)
    return row


def switch_on(session: Session, switch: str, *, by: str) -> None:
    """Ask the model again. Raises NotFound when no person switched it off there."""
    row = session.scalars(select(ModelSwitch).where(ModelSwitch.switch == switch)).first()
    if row is None:
        raise NotFound(f"No person has switched the model off for {switch}.")
    session.delete(row)
    _note(session, "model.switched-on", row, by=by)


def check_switch(switch: str) -> None:
    """Raise BadInput unless it is one of the four forms."""
    kind, _, value = switch.partition(":")
    if kind not in _FORMS or not _FORMS[kind].fullmatch(value):
        raise BadInput(
            f'"{switch}" is no switch. Write type:TYPE, patient:Patient/ID, model:NAME '
            "or site:NAME."
        )


def _concerning(summary: Summary, settings: Settings) -> tuple[str, ...]:
    """The switches that would hold for this summary."""
    return (
        f"type:{summary.type}",
        f"patient:{summary.patient_ref}",
        f"model:{settings.model}",
        f"site:{settings.site}",
    )


def _sentence(switch: str, reason: str) -> str:
    kind, _, value = switch.partition(":")
    named = "this patient" if kind == "patient" else f"{kind} {value}"
    return f"The model is switched off for {named}: {reason.rstrip('.')}."


def _note(session: Session, action: str, row: ModelSwitch, *, by: str) -> None:
    """The patient is named by the column that audits are read by, not in the detail."""
    named = row.switch if row.patient_ref is None else "patient"
    audit.record(session, action, actor=by, patient_ref=row.patient_ref, switch=named)
