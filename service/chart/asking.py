"""Asking the EHR again while somebody waits: what of a chart is new, changed, or gone."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service import audit
from service.chart.erased import check_not_erased, key_before
from service.chart.fetching import Fetched, fetch_chart
from service.chart.gaps import GapKind
from service.chart.held import refs_held
from service.chart.ingest import ingest, new_of
from service.chart.lost import AT_ONCE, Looked, exclude, look
from service.chart.models import Chart
from service.chart.pull import incoming_of
from service.database import now
from service.fhir.client import FhirClient
from service.fhir.errors import FhirError
from service.summary import people

Transaction = Callable[[], AbstractContextManager[Session]]


def ask_chart(
    transaction: Transaction,
    patient_ref: str,
    *,
    client: FhirClient,
    cited: Collection[str] = (),
    within_s: float,
) -> None:
    """Keep what the EHR has that is newer than what is held; the chart says how it went.

    Everything since the last pull by `_lastUpdated`, and the `cited` records ("Type/id") by id: a
    deletion shows in no search. In transactions of its own, none of which is open while the EHR is
    waited for. Never raises for the EHR: `chart.unanswered` has the sentence. Raises
    PatientErased.
    """
    with transaction() as session:
        chart = _chart(session, patient_ref)
        chart.asked_at, since = now(), chart.pulled_at
        key = key_before(session, patient_ref)
    client = client.within(within_s)
    try:
        answer = _asked(transaction, client, patient_ref, since, cited)
    except FhirError as failed:
        answer = failed.sentence
    with transaction() as session:
        check_not_erased(session, patient_ref, key)
        chart = _chart(session, patient_ref)
        chart.unanswered = answer if isinstance(answer, str) else _kept(session, chart, *answer)
        chart.answered_at = chart.answered_at if chart.unanswered else chart.asked_at
        audit.record(
            session,
            "chart.asked",
            actor=people.SYSTEM,
            patient_ref=patient_ref,
            answered=not chart.unanswered,
        )
        session.flush()


def _chart(session: Session, patient_ref: str) -> Chart:
    chart = session.get(Chart, patient_ref, populate_existing=True)
    if chart is None:
        chart = Chart(patient_ref=patient_ref, gaps=[], unanswered="")
        session.add(chart)
    return chart


def _asked(
    transaction: Transaction,
    client: FhirClient,
    patient_ref: str,
    since: datetime | None,
    cited: Collection[str],
) -> str | tuple[FhirClient, Fetched, Looked]:
    """What came, or why nothing is to be had. Raises FhirError."""

    def is_held(refs: set[str]) -> set[str]:
        with transaction() as session:
            return refs_held(session, refs)

    fetched = fetch_chart(client, patient_ref, since=since, is_held=is_held, at_once=AT_ONCE)
    if fetched.is_unknown:
        return "The EHR does not know this patient."
    if fetched.merged_into:
        return f"The EHR has merged this patient into {fetched.merged_into}."
    looked = look(client, cited)
    fetched.resources += looked.resources
    return client, fetched, looked


def _kept(
    session: Session, chart: Chart, client: FhirClient, fetched: Fetched, looked: Looked
) -> str:
    """Why not all of it was answered, or kept; "" where it was."""
    try:
        _keep(session, fetched, client)
    except OperationalError:  # only the lock: another import holds the charts
        return "Records are being imported just now; look again in a moment."
    exclude(session, chart.patient_ref, looked)
    known = {(gap["kind"], gap["source"]) for gap in chart.gaps}
    told = [gap for gap in fetched.gaps if gap["kind"] != GapKind.ASIDE]
    refused = [gap for gap in told if (gap["kind"], gap["source"]) not in known]
    return f"The EHR did not answer {len(refused)} of the searches." if refused else ""


def _keep(session: Session, fetched: Fetched, client: FhirClient) -> None:
    """Ingest what is not held. Most often nothing is new, and no import is waited for."""
    incoming = list(incoming_of(fetched, client.bases))
    if not new_of(session, [each for each in incoming if each.resource is not None]):
        return
    with session.begin_nested():
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        ingest(session, "ehr", incoming)
        session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
