"""Asking the EHR again while somebody waits: what of a chart is new, changed, or gone.

In three steps, so that no connection of the database waits for the EHR: what to ask, the asking,
and keeping what came.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service import audit
from service.chart.erased import check_not_erased, key_before
from service.chart.fetching import Fetched, fetch_chart
from service.chart.gaps import GapKind
from service.chart.ingest import ingest, new_of
from service.chart.lost import AT_ONCE, Looked, exclude, look
from service.chart.models import Chart
from service.chart.pull import incoming_of
from service.database import now
from service.fhir.client import FhirClient
from service.fhir.errors import FhirError
from service.summary import people


@dataclass(frozen=True)
class Question:
    """What is asked of the EHR about one chart: all since the last pull, and the `cited` records
    ("Type/id") by id, since a deletion shows in no search."""

    patient_ref: str
    since: datetime | None
    cited: Collection[str]
    at: datetime
    key: bytes | None = None  # of the patient: who is erased meanwhile has another, or none


@dataclass(frozen=True)
class Answer:
    """What the EHR gave. `unanswered` says why it did not give all, "" where nobody knows of
    more; nothing is kept of an answer that has a sentence and no records."""

    unanswered: str
    fetched: Fetched | None = None
    looked: Looked | None = None


def question(session: Session, patient_ref: str, *, cited: Collection[str] = ()) -> Question:
    chart = session.get(Chart, patient_ref)
    key = key_before(session, patient_ref)
    return Question(patient_ref, chart.pulled_at if chart else None, cited, now(), key)


def ask(
    asked: Question, *, client: FhirClient, within_s: float, is_held: Callable[[set[str]], set[str]]
) -> Answer:
    """Needs no database, but where `is_held` asks it. Never raises for the EHR."""
    try:
        return _asked(asked, client.within(within_s), is_held)
    except FhirError as failed:
        return Answer(failed.sentence)


def keep(session: Session, asked: Question, answer: Answer, *, client: FhirClient) -> Chart:
    """Keep what came; the chart, whose `unanswered` says how it went. Raises PatientErased."""
    check_not_erased(session, asked.patient_ref, asked.key)
    chart = _chart(session, asked.patient_ref)
    chart.asked_at = asked.at
    chart.unanswered = answer.unanswered
    if answer.fetched and answer.looked:
        chart.unanswered = _kept(session, chart, answer.fetched, answer.looked, client)
    elif answer.fetched:  # the Patient alone, which says where the chart goes on
        with suppress(OperationalError):
            _keep(session, answer.fetched, client)
    if not chart.unanswered:
        chart.answered_at = chart.asked_at
    audit.record(
        session,
        "chart.asked",
        actor=people.SYSTEM,
        patient_ref=chart.patient_ref,
        answered=not chart.unanswered,
    )
    session.flush()
    return chart


def _chart(session: Session, patient_ref: str) -> Chart:
    chart = session.get(Chart, patient_ref, populate_existing=True)
    if chart is None:
        chart = Chart(patient_ref=patient_ref, gaps=[], unanswered="")
        session.add(chart)
    return chart


def _asked(asked: Question, client: FhirClient, is_held: Callable[[set[str]], set[str]]) -> Answer:
    fetched = fetch_chart(
        client, asked.patient_ref, since=asked.since, is_held=is_held, at_once=AT_ONCE
    )
    if fetched.is_unknown:
        return Answer("The EHR does not know this patient.")
    if fetched.merged_into:
        return Answer(f"The EHR has merged this patient into {fetched.merged_into}.", fetched)
    looked = look(client, asked.cited)
    fetched.resources += looked.resources
    return Answer("", fetched, looked)


def _kept(
    session: Session, chart: Chart, fetched: Fetched, looked: Looked, client: FhirClient
) -> str:
    """Why not all of it was answered; "" where it was."""
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
