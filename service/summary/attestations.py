"""A clinician's signature as it is kept: sealed with the service's key, and told to the audit."""

import hashlib
from datetime import UTC, timedelta

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from service import audit
from service.audit import AuditEvent
from service.database import now
from service.summary.models import Attestation, Summary
from service.summary.people import Person

ATTESTED = "summary.attested"
# As the database has it: the rows are the chart's, which stands above this in the flow.
_PINNED = table("snapshot_records", column("summary_id"), column("record_id"))
SAME_MOMENT = timedelta(seconds=60)  # a row is stamped when the act is done, an act within seconds


def attest(session: Session, summary: Summary, meaning: str, *, by: Person) -> Attestation:
    """The attestation of the current text by this person; a text is attested once by each.

    Signing the same text again (after a filing was refused) finds the first attestation, unless
    it was drafted from other records meanwhile.
    """
    version = summary.current
    assert version is not None and by.practitioner_ref is not None
    for known in attestations_now(session, summary):
        if known.digest == version.digest and known.person_id == by.id:
            return known
    made = Attestation(
        summary_id=summary.id,
        digest=version.digest,
        person_id=by.id,
        person_name=by.name,
        practitioner_ref=by.practitioner_ref,
        meaning=meaning,
        signed_at=now(),
        snapshot=_snapshot(session, summary),
    )
    made.seal = audit.seal(session, *_sealed(made, summary, made.snapshot))
    summary.attestations.append(made)
    audit.record(
        session,
        ATTESTED,
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        digest=made.digest,
        meaning=meaning,
        seal=made.seal,
    )
    session.flush()
    return made


def attestations_now(session: Session, summary: Summary) -> list[Attestation]:
    """Those that were given to what is drafted from the records that are pinned now; the same
    words of another draft are vouched for by nobody."""
    pinned = _snapshot(session, summary)
    return [each for each in summary.attestations if each.snapshot in ("", pinned)]


def is_genuine(session: Session, attestation: Attestation) -> bool:
    """Whether this service made it: its seal is of our key over just this person, text and time,
    this patient, kind of document and snapshot; and the audit, whose row is of our key too, tells
    of the same act at the same moment.

    Who can write to the database and has not the key can make neither.
    """
    summary = session.get_one(Summary, attestation.summary_id)
    snapshot = attestation.snapshot or _snapshot(session, summary)
    sealed = audit.seal(session, *_sealed(attestation, summary, snapshot))
    if not audit.is_same(sealed, attestation.seal):
        return False
    query = select(AuditEvent).where(
        AuditEvent.action == ATTESTED,
        AuditEvent.subject_id == summary.id,
        AuditEvent.patient_ref == summary.patient_ref,
        AuditEvent.actor == attestation.person_id,
    )
    return any(_tells_of(session, act, attestation) for act in session.scalars(query))


def _tells_of(session: Session, act: AuditEvent, attestation: Attestation) -> bool:
    told = (act.detail.get("digest"), act.detail.get("meaning"), act.detail.get("seal"))
    return (
        told == (attestation.digest, attestation.meaning, attestation.seal)
        and abs(act.at - attestation.signed_at) < SAME_MOMENT
        and audit.is_ours(session, act)
    )


def _sealed(attestation: Attestation, summary: Summary, snapshot: str) -> tuple[str, ...]:
    return (
        "attestation 2",
        attestation.summary_id,
        summary.patient_ref,
        summary.type,
        snapshot,
        attestation.digest,
        attestation.person_id,
        attestation.person_name,
        attestation.practitioner_ref,
        attestation.meaning,
        attestation.signed_at.astimezone(UTC).isoformat(),
    )


def _snapshot(session: Session, summary: Summary) -> str:
    """The record versions that it was drafted from: what is filed names them and carries their
    labels."""
    mine = select(_PINNED.c.record_id).where(_PINNED.c.summary_id == summary.id)
    return hashlib.sha256("\n".join(sorted(session.scalars(mine))).encode()).hexdigest()
