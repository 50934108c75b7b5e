"""What was found in a text is told in the audit as well, as a hash under the patient's key, which
goes with them: a finding that somebody takes out of the database, or makes less grave there, is
missed before a signature."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.audit import AuditEvent
from service.summary.models import Summary, SummaryVersion
from service.summary.people import SYSTEM
from service.summary.vocabulary import FindingKind

EXAMINED = "summary.examined"


def note_found(session: Session, summary: Summary, version: SummaryVersion) -> None:
    """Tell what verification has just found in this version."""
    audit.record(
        session,
        EXAMINED,
        actor=SYSTEM,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        version=version.id,
        found=_hash(session, summary, version),
    )


def is_whole(session: Session, summary: Summary) -> bool:
    """Whether the version that stands was the last to be verified, and its findings are those of
    then. True where the audit tells of none: that was before this was kept."""
    told = select(AuditEvent).where(
        AuditEvent.subject_id == summary.id, AuditEvent.action == EXAMINED
    )
    last = session.scalars(told.order_by(AuditEvent.seq.desc()).limit(1)).first()
    version = summary.current
    if last is None or version is None:
        return True
    is_it = last.detail.get("version") == version.id and audit.is_ours(session, last)
    return is_it and audit.is_same(str(last.detail.get("found")), _hash(session, summary, version))


def _hash(session: Session, summary: Summary, version: SummaryVersion) -> str:
    """Without what a change of the chart added since, which comes and goes with it."""
    rows = sorted(
        (f.number, str(f.kind), str(f.severity), f.check, f.message, str(f.statement_index))
        for f in version.findings
        if f.kind is not FindingKind.OUTDATED
    )
    return audit.keyed_hash(session, summary.patient_ref, f"{version.id}\n{rows!r}")
