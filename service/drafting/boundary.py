"""Why a patient's chart may be shown to no model: what the site's policy and the patient say."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.consent import consents_of
from service.access.policy import Use, Verdict, policy_in_force
from service.chart.models import SourceRecord
from service.retrieval.models import IndexedRecord

STAYS_INSIDE = "No model was asked: records of this patient may not leave the institution."


def kept_from_model(session: Session, patient_ref: str) -> str | None:
    """A sentence for the page, or None where a model may be asked.

    The whole draft is then made without one: leaving single records out of what a model is
    shown would make a shorter summary that looks whole.
    """
    consents = select(SourceRecord).where(
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
        SourceRecord.resource_type == "Consent",
    )
    if why := consents_of(session.scalars(consents)).against_model():
        return f"No model was asked: {why}."
    policy = policy_in_force()
    if not policy.model_is_outside:
        return None
    used = select(IndexedRecord.labels).where(
        IndexedRecord.patient_ref == patient_ref, IndexedRecord.allowed
    )
    labels = {label for labels in session.scalars(used.distinct()) for label in labels}
    inside = any(policy.rule_of(label).verdicts[Use.AI] is Verdict.INSIDE for label in labels)
    return STAYS_INSIDE if inside else None
