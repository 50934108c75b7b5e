"""Bring an attested text into the EHR with all that belongs beside it, one safe step at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrRefused, EhrTokenRefused
from service.writeback import exchange, ledger
from service.writeback.attested import AttestedText
from service.writeback.exchange import NotAsAttested
from service.writeback.models import Filing, FilingState
from service.writeback.sends import note_send, take_back


@dataclass(frozen=True)
class Delivered:
    """`note` is a sentence on what a person must know of it, or "". `is_compared` says whether the
    EHR gave the text back."""

    note: str
    is_compared: bool = True

    @property
    def state(self) -> FilingState:
        return FilingState.FILED if self.is_compared else FilingState.UNREAD


def deliver(
    session: Session,
    client: FhirClient,
    attested: AttestedText,
    filing: Filing,
    *,
    copies: Sequence[exchange.Resource] = (),
) -> Delivered:
    """Device, DocumentReference, Provenance, and the mark on what this text replaces.

    `copies` are those that the EHR has: one is kept, every other withdrawn; without any it is
    sent. Each step looks first, so a crash between any two is mended by running again. A document
    that nobody can compare gets no Provenance, for nobody can vouch for it. Raises NotAsAttested
    and FhirError for the document itself.
    """
    filing.device_ref = exchange.put_device(client, attested.drafter)
    if not copies:
        copies = [_send(session, client, attested)]
    kept, *twins = exchange.by_worth(copies, filing.document_ref)
    filing.document_ref = exchange.ref_of(kept)
    notes = [_withdraw_twins(client, attested, twins)]
    is_compared = True
    try:
        exchange.check_as_attested(client, filing.document_ref, attested)
        notes += [_keep_provenance(client, attested, filing, filing.document_ref)]
    except exchange.NotReadBack as unread:
        notes, is_compared = [*notes, unread.sentence], False
    replaced = ledger.replaced_filings(session, attested.summary_id, attested.digest)
    notes += [_supersede(client, attested, each) for each in replaced]
    return Delivered(" ".join(filter(None, notes)), is_compared)


def _send(session: Session, client: FhirClient, attested: AttestedText) -> exchange.Resource:
    note_send(session, attested)
    try:
        return exchange.create_document(client, attested)
    except (EhrRefused, EhrBusy, EhrTokenRefused):  # clean answers: it was not taken
        take_back(session, attested)
        raise


def _withdraw_twins(
    client: FhirClient, attested: AttestedText, twins: Sequence[exchange.Resource]
) -> str:
    try:
        exchange.withdraw_copies(client, twins, patient_ref=attested.patient_ref)
    except EhrRefused as error:
        named = ", ".join(map(exchange.ref_of, twins))
        return f"A second copy still stands in the EHR: mark {named} there. {error.sentence}"
    return ""


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


def _supersede(client: FhirClient, attested: AttestedText, replaced: Filing) -> str:
    assert replaced.document_ref
    replaced.state = FilingState.SUPERSEDED
    try:
        changes = {"status": "superseded"}
        patient_ref = attested.patient_ref
        exchange.mark_document(client, replaced.document_ref, changes, patient_ref=patient_ref)
    except (EhrRefused, NotAsAttested) as error:  # the new one says itself what it replaces
        return f"{replaced.document_ref} still reads as current in the EHR. {error.sentence}"
    return ""
