"""A filed summary out of the EHR again: RETRACTING becomes RETRACTED."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.orm import Session

from service.database import now
from service.errors import Unavailable
from service.fhir.client import FhirClient
from service.fhir.errors import EhrRefused, EhrUnknown
from service.summary import progress
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus
from service.writeback import acts, documents, exchange, ledger
from service.writeback.exchange import NotAsAttested
from service.writeback.models import IN_EHR_AS_SIGNED, Filing, FilingState
from service.writeback.noting import move, note

UNTOLD = (
    "The audit tells of nobody who asked to withdraw it, so nothing was done. Tell IT to look at "
    "the database."
)


def retract_summary(session: Session, summary_id: str, *, client: FhirClient) -> None:
    """RETRACTING -> RETRACTED: every document of the summary is marked as entered in error, and a
    Provenance says who withdrew it and why.

    When the EHR refuses, back to FILED with the reason, or to IN_REVIEW where the text that stands
    is not the one that was filed. Raises EhrBusy or Unavailable.
    """
    summary = progress.lock_owed(session, summary_id, SummaryStatus.RETRACTING)
    if summary is None:
        return
    if not progress.is_told(session, summary):
        move(session, summary, _standing(session, summary), UNTOLD)
        return
    filings = ledger.filings_in_ehr(session, summary.id)
    try:
        for filing in filings:
            _withdraw(session, client, summary, filing)
        said = _say_why(session, client, summary, filings)
    except EhrUnknown as error:  # marking it again is harmless, so no reconciling is needed
        raise Unavailable(error.sentence) from error
    except (EhrRefused, NotAsAttested) as error:
        said = f"It was not withdrawn. {error.sentence}"
        move(session, summary, _standing(session, summary), said)
    else:
        move(session, summary, SummaryStatus.RETRACTED, said)


def _standing(session: Session, summary: Summary) -> SummaryStatus:
    """Filed is what the EHR holds in just these words; a correction of it is not."""
    digest = summary.current.digest if summary.current else None
    held = ledger.filings_in_ehr(session, summary.id)
    is_filed = any(each.digest == digest and each.state in IN_EHR_AS_SIGNED for each in held)
    return SummaryStatus.FILED if is_filed else SummaryStatus.IN_REVIEW


def _withdraw(session: Session, client: FhirClient, summary: Summary, filing: Filing) -> None:
    assert filing.document_ref
    patient_ref = summary.patient_ref
    exchange.mark_document(client, filing.document_ref, exchange.WRONG, patient_ref=patient_ref)
    with suppress(exchange.CannotLook):  # a copy that nobody found is withdrawn with the rest
        identifier = documents.identifier_of(summary.id, filing.digest)
        copies = exchange.find_copies(client, identifier, patient_ref)
        exchange.withdraw_copies(client, copies, patient_ref=patient_ref)
    filing.state, filing.answered_at = FilingState.RETRACTED, now()
    note(session, summary, filing)


def _say_why(
    session: Session, client: FhirClient, summary: Summary, filings: Sequence[Filing]
) -> str:
    """Keep the Provenance of the withdrawal; "" or a sentence on why the EHR does not."""
    act = acts.retracted(session, summary.id)
    refs = [each.document_ref for each in filings if each.document_ref]
    if act is None or not refs or not client.profile.writing.provenance:
        return ""
    try:
        exchange.put_retraction(client, refs, act, version=ledger.product_version())
    except EhrRefused as error:  # it is withdrawn; that must not read as if it stood
        return f"It is withdrawn, but without its Provenance. {error.sentence}"
    return ""
