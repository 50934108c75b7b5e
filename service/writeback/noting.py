"""What became of a text, told to the summary and to the audit."""

from sqlalchemy.orm import Session

from service import audit
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus
from service.writeback.models import Filing


def move(session: Session, summary: Summary, status: SummaryStatus, reason: str = "") -> None:
    progress.advance(session, summary, status, actor=SYSTEM, reason=reason)


def note(session: Session, summary: Summary, filing: Filing) -> None:
    audit.record(
        session,
        f"filing.{filing.state}",
        actor=SYSTEM,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        digest=filing.digest,
        document_ref=filing.document_ref,
        provenance_ref=filing.provenance_ref,
        device_ref=filing.device_ref,
        attempts=filing.attempts,
        request_hash=filing.request_hash,
    )
