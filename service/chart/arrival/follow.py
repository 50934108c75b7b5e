"""From what we were told of to the chart: read from the EHR again, once however often it came."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service import queue
from service.chart.arrival.models import Arrival
from service.chart.asked import owner_of
from service.chart.erased import left_alone
from service.chart.lost import Looked, exclude
from service.chart.models import Chart, SourceRecord
from service.chart.pull import PATIENCE, Merged, refresh_chart
from service.database import Transactions, now
from service.errors import CountersignError
from service.fhir.client import FhirClient
from service.fhir.errors import EhrNotFound
from service.fhir.references import is_ref, type_of
from service.queue import TaskName

log = structlog.get_logger(__name__)


LEASE = timedelta(minutes=25)  # longer than a task may take: whoever was at it has been stopped
FIRST_PAUSE = timedelta(seconds=15)  # doubles at each try
LONGEST_PAUSE = timedelta(minutes=15)
MAX_TRIES = 100  # a day of them; then the chart is read when a summary is asked for


def note_arrivals(session: Session, refs: Iterable[str]) -> int:
    """Have these looked at, each "Type/id"; how many there were. Told twice, looked at once."""
    rows = [_row(ref) for ref in sorted({ref for ref in refs if is_ref(ref)})]
    if rows:
        adding = insert(Arrival).values(rows)
        again = {"told_at": adding.excluded.told_at}
        session.execute(adding.on_conflict_do_update(index_elements=[Arrival.ref], set_=again))
    for row in rows:
        queue.after_commit(session, TaskName.FOLLOW_ARRIVAL, ref=str(row["ref"]))
    return len(rows)


def _row(ref: str) -> dict[str, object]:
    patient_ref = ref if type_of(ref) == "Patient" else None
    stamp = dict.fromkeys(("first_at", "told_at", "free_at"), now())
    return {"ref": ref, "patient_ref": patient_ref, "tries": 0, **stamp}


def owed_arrivals(session: Session, *, before: datetime) -> list[str]:
    """What nobody is at, and what has waited long enough; the oldest first."""
    query = select(Arrival.ref).where(Arrival.free_at < before).order_by(Arrival.first_at)
    return list(session.scalars(query.limit(1000)))


def follow_arrival(transaction: Transactions, ref: str, *, client: FhirClient) -> None:
    """Bring the chart up to date, in transactions of its own. Safe to run twice.

    While the EHR does not answer it stays owed; what cannot be read ever is dropped and logged:
    the next summary of the patient reads the whole chart, and says what it could not.
    """
    begun = _begun(transaction, ref)
    if begun is None:
        return
    told_at, first_at, tries = begun
    try:
        with transaction() as session:
            _bring(session, ref, client, is_final=now() - first_at > PATIENCE)
            _end(session, ref, told_at)
    except CountersignError as failed:
        waits = failed.can_retry and tries < MAX_TRIES
        log.warning("arrival.failed", ref=ref, error=type(failed).__name__, waits=waits)
        with transaction() as session:
            _wait(session, ref, tries) if waits else _end(session, ref, told_at)


def _begun(transaction: Transactions, ref: str) -> tuple[datetime, datetime, int] | None:
    with transaction() as session:
        arrival = session.get(Arrival, ref, with_for_update={"skip_locked": True})
        if arrival is None or arrival.free_at > now():
            return None
        if arrival.tries >= MAX_TRIES:  # it ends whoever works on it
            log.error("arrival.given-up", ref=ref)
            session.delete(arrival)
            return None
        arrival.free_at, arrival.tries = now() + LEASE, arrival.tries + 1
        return arrival.told_at, arrival.first_at, arrival.tries


def _wait(session: Session, ref: str, tries: int) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
    session.execute(update(Arrival).where(Arrival.ref == ref).values(free_at=now() + pause))


def _end(session: Session, ref: str, told_at: datetime) -> None:
    """Done, unless we were told again while it was read."""
    this = Arrival.ref == ref
    session.execute(delete(Arrival).where(this, Arrival.told_at == told_at))
    again = update(Arrival).where(this).values(free_at=now(), first_at=Arrival.told_at, tries=0)
    if session.execute(again.returning(Arrival.ref)).first():
        queue.after_commit(session, TaskName.FOLLOW_ARRIVAL, ref=ref)


def _bring(session: Session, ref: str, client: FhirClient, *, is_final: bool) -> None:
    if type_of(ref) == "Patient":
        if is_followed(session, ref, client):
            with suppress(Merged):  # which is known of the patient from here on
                refresh_chart(session, ref, client=client, is_final=is_final)
        return
    try:
        owner = owner_of(client, client.read(ref))
    except EhrNotFound as lost:
        _lose(session, ref, is_deleted=lost.http_status == 410)
        return
    if owner and is_followed(session, owner, client):
        note_arrivals(session, [owner])


def is_followed(session: Session, patient_ref: str, client: FhirClient) -> bool:
    """A patient of whom nothing is held is not our concern, unless the site says otherwise."""
    if client.profile.arrival.unknown_patients:
        return not left_alone(session, [patient_ref])
    is_known = session.get(Chart, patient_ref) is not None
    if not is_known:
        log.info("arrival.ignored", ref=patient_ref)
    return is_known


def _lose(session: Session, ref: str, *, is_deleted: bool) -> None:
    """A record that the EHR has no longer is no evidence any more, in whoever's chart it was."""
    held = select(SourceRecord.patient_ref).where(
        SourceRecord.resource_ref == ref, SourceRecord.is_latest
    )
    for patient_ref in session.scalars(held):
        if patient_ref:
            gone = frozenset({ref})
            exclude(
                session, patient_ref, Looked((), gone) if is_deleted else Looked((), missing=gone)
            )
            session.execute(
                update(Chart).where(Chart.patient_ref == patient_ref).values(changed_at=func.now())
            )
