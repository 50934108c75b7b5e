"""Bring an attested text into the EHR with all that belongs beside it, one safe step at a time."""

from sqlalchemy.orm import Session

from service.fhir.client import FhirClient
from service.fhir.errors import EhrRefused
from service.writeback import exchange, ledger
from service.writeback.attested import AttestedText
from service.writeback.models import Filing, FilingState


def deliver(session: Session, client: FhirClient, attested: AttestedText, filing: Filing) -> str:
    """Device, DocumentReference, Provenance, and the mark on what this text replaces.

    Each step looks first, so a crash between any two is mended by running again. Answers a
    sentence on what the EHR would not keep beside the document, or "". Raises NotAsAttested
    and FhirError for the document itself.
    """
    filing.device_ref = exchange.put_device(client, attested.drafter)
    filing.document_ref = exchange.ref_of(exchange.put_document(client, attested))
    exchange.check_as_attested(client, filing.document_ref, attested)
    notes = [_keep_provenance(client, attested, filing, filing.document_ref)]
    replaced = ledger.replaced_filings(session, attested.summary_id, attested.digest)
    notes += [_supersede(client, each) for each in replaced]
    return " ".join(filter(None, notes))


def _keep_provenance(
    client: FhirClient, attested: AttestedText, filing: Filing, document_ref: str
) -> str:
    if not client.profile.writing.provenance:
        return ""
    try:
        filing.provenance_ref = filing.provenance_ref or exchange.put_provenance(
            client, attested, document_ref=document_ref, device_ref=filing.device_ref
        )
    except EhrRefused as error:  # the signed text is in; that must not read as "refused"
        return f"{document_ref} is filed, but without its Provenance. {error.sentence}"
    return ""


def _supersede(client: FhirClient, replaced: Filing) -> str:
    assert replaced.document_ref
    replaced.state = FilingState.SUPERSEDED
    try:
        exchange.mark_document(client, replaced.document_ref, {"status": "superseded"})
    except EhrRefused as error:  # the new document says itself that it replaces the old one
        return f"{replaced.document_ref} still reads as current in the EHR. {error.sentence}"
    return ""
