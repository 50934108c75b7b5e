"""Signed text into the EHR, exactly once; and what became of it when no answer came."""

import hashlib
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from service import audit
from service.access.decisions import Purpose
from service.chart.merged import merged_into
from service.database import now
from service.errors import Blocked, CountersignError, Unavailable
from service.fhir.client import FhirClient
from service.fhir.errors import EhrRefused, EhrUnknown
from service.fhir.profile import Writing
from service.fhir.wire import dump_sorted
from service.review.permissions import check_not_merged
from service.review.restriction import count_restricted
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import SERVICE_ACCOUNT, SYSTEM
from service.summary.vocabulary import SummaryStatus
from service.writeback import documents, exchange, ledger
from service.writeback.attested import AttestedText
from service.writeback.delivery import deliver
from service.writeback.exchange import CannotLook, NotAsAttested
from service.writeback.ledger import NotAttested, Prompts
from service.writeback.models import Filing, FilingState, Send
from service.writeback.noting import move, note
from service.writeback.recall.touched import is_recalled
from service.writeback.sends import earlier_send, is_under_way

log = structlog.get_logger(__name__)

TWIN = (
    "It is in the EHR. An earlier answer was lost and it was sent again, so the EHR is searched "
    "for a second copy before this is called filed."
)

TWIN_LAGS = 2  # a lost request may take one lag to arrive, and the index another to show it
MAY_COME = (
    "It was sent before without an answer: should that copy show up in the EHR, mark it there as "
    "entered in error."
)
MOVED_ON = (
    "What it rests on has changed since it was signed, so nothing was sent. Return it to review, "
    "and look at its sources."
)
UNDER_WAY = "The EHR may still be storing the document; it will be looked for again."

STATUS = {
    FilingState.FILED: SummaryStatus.FILED,
    FilingState.UNREAD: SummaryStatus.FILED,
    FilingState.REFUSED: SummaryStatus.FILING_REFUSED,
    FilingState.UNKNOWN: SummaryStatus.FILING_UNKNOWN,
}


def file_summary(
    session: Session, summary_id: str, *, client: FhirClient, prompts: Prompts | None = None
) -> None:
    """SIGNED -> FILED, FILING_REFUSED or FILING_UNKNOWN. Raises EhrBusy: nothing is decided yet.

    `prompts` name the document types; those that ship with the product when not given.
    """
    summary = progress.lock_owed(session, summary_id, SummaryStatus.SIGNED)
    if summary is None:
        return
    try:
        attested = ledger.attested_text(session, summary, prompts=prompts)
        _check_open(session, summary)
        if earlier_send(session, attested) is None:
            check_wanted(session, summary)
    except (NotAttested, Blocked) as error:
        _refuse_unsent(session, summary, error)
        return
    filing = ledger.open_filing(session, attested)
    if filing.state in (FilingState.FILED, FilingState.UNREAD):
        _answer(session, summary, filing, filing.state, filing.refusal)
        return
    filing.attempts += 1
    filing.request_hash = request_hash(attested, client.profile.writing)
    earlier = earlier_send(session, attested)
    try:
        copies = exchange.find_documents(client, attested)
    except CannotLook as blind:
        if earlier is not None:  # no `If-None-Exist` is trusted to keep a second copy out
            _answer(session, summary, filing, FilingState.UNKNOWN, blind.sentence)
            return
        copies = []
    if not copies:
        _check_settled(client, earlier)
    _deliver(session, client, summary, attested, filing, copies)


def reconcile_filing(
    session: Session,
    summary_id: str,
    *,
    client: FhirClient,
    prompts: Prompts | None = None,
) -> None:
    """FILING_UNKNOWN -> FILED when the EHR has the document, else SIGNED, to be filed again.

    SIGNED also when the text is not what was attested: filing then refuses it, and says why.
    Raises Unavailable while a write may still be under way (also one whose twin has come, for both
    may come), and what a search raises.
    """
    summary = progress.lock_owed(session, summary_id, SummaryStatus.FILING_UNKNOWN)
    if summary is None:
        return
    try:
        attested = ledger.attested_text(session, summary, prompts=prompts)
    except NotAttested:
        move(session, summary, SummaryStatus.SIGNED)
        return
    filing = ledger.open_filing(session, attested)
    send = earlier_send(session, attested)
    copies = exchange.find_documents(client, attested)
    if not copies:
        _check_settled(client, send)
        _file_again(session, summary, filing)
        return
    try:
        done = deliver(session, client, attested, filing, copies=copies)
    except EhrUnknown as error:
        raise Unavailable(error.sentence) from error
    except (EhrRefused, NotAsAttested):  # filing looks again, and may say that it was refused
        _file_again(session, summary, filing)
    else:
        if send is not None and send.sends > 1:
            _check_settled(client, send, TWIN, lags=TWIN_LAGS)
        _answer(session, summary, filing, done.state, done.note)


def _deliver(
    session: Session,
    client: FhirClient,
    summary: Summary,
    attested: AttestedText,
    filing: Filing,
    copies: Sequence[exchange.Resource],
) -> None:
    """Bring it in, and move the summary to what is known then."""
    try:
        done = deliver(session, client, attested, filing, copies=copies)
    except EhrUnknown as error:
        _answer(session, summary, filing, FilingState.UNKNOWN, error.sentence)
    except (EhrRefused, NotAsAttested) as error:
        is_open = filing.document_ref is None and earlier_send(session, attested) is not None
        said = f"{error.sentence} {MAY_COME}" if is_open else error.sentence
        _answer(session, summary, filing, FilingState.REFUSED, said)
    else:
        send = earlier_send(session, attested)
        if send is not None and send.sends > 1:  # the first may have come too, and show later
            _answer(session, summary, filing, FilingState.UNKNOWN, TWIN)
        else:
            _answer(session, summary, filing, done.state, done.note)


def _check_open(session: Session, summary: Summary) -> None:
    """Raise Blocked where a source may not be used any more. Why it was not filed is read by who
    must not know that, and how many there are: the desk tells who treats the patient."""
    if count_restricted(session, summary, SERVICE_ACCOUNT, purpose=Purpose.EXPORT):
        raise Blocked(MOVED_ON)


def check_wanted(session: Session, summary: Summary) -> None:
    """Raise Blocked for what was signed and shall not come into the EHR any more. What was sent
    before goes on: it may be there, and is withdrawn from there."""
    check_not_merged(merged_into(session, summary.patient_ref))
    if is_recalled(session, summary.id):
        raise Blocked("It was recalled before it was filed, so nothing was sent.")


def request_hash(attested: AttestedText, writing: Writing = documents.WHOLE) -> str:
    """SHA-256 of the DocumentReference as sent; the same on every attempt."""
    return hashlib.sha256(dump_sorted(documents.document(attested, writing))).hexdigest()


def _refuse_unsent(session: Session, summary: Summary, error: CountersignError) -> None:
    """A source was restricted since the signature, or a row was changed behind our back."""
    log.error("filing.unsent", summary_id=summary.id, error=type(error).__name__)
    audit.record(
        session,
        "filing.unsent",
        actor=SYSTEM,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        reason=error.sentence,
    )
    move(session, summary, SummaryStatus.FILING_REFUSED, error.sentence)


def _answer(
    session: Session, summary: Summary, filing: Filing, state: FilingState, said: str = ""
) -> None:
    filing.state, filing.refusal, filing.answered_at = state, said, now()
    note(session, summary, filing)
    move(session, summary, STATUS[state], said)


def _file_again(session: Session, summary: Summary, filing: Filing) -> None:
    filing.state = FilingState.SENDING
    move(session, summary, SummaryStatus.SIGNED)


def _check_settled(
    client: FhirClient, send: Send | None, said: str = UNDER_WAY, *, lags: int = 1
) -> None:
    """Raise Unavailable while a document that was sent may still come up: a write whose answer was
    lost may be under way, and a search may lag behind. Sending again then would file it twice."""
    if is_under_way(send, lags * client.profile.writing.index_lag_s):
        raise Unavailable(said)
