"""What beat asks for: find owed work that nobody rang for, read records, mend the index."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from service import audit
from service.chart import uploads
from service.chart.arrival import keep as arrivals
from service.chart.arrival.follow import owed_arrivals
from service.chart.participations import look_for_participations
from service.chart.visits import appointments
from service.database import now
from service.queue import TaskName
from service.reading import keep
from service.retrieval import sync
from service.review import preparing
from service.summary import progress, shares
from service.summary.lifecycle import OWED
from service.writeback.hooks import send
from service.writeback.recall import recall
from workers.app import app
from workers.task import runtime

log = structlog.get_logger(__name__)

STEPS_A_RUN = 200  # bounds a run after a bulk import; the next one goes on
SWEEPS_IN_A_QUEUE = 40  # ten minutes at the default: longer than any single task is seen to take


@app.task(name=TaskName.SWEEP_OWED.value)  # type: ignore[untyped-decorator]
def sweep_owed() -> int:
    """Ring for every summary whose status has owed work for longer than a sweep.

    While messages wait in the queue little is lost, and ringing again makes the queue longer:
    then only what has waited for many sweeps is rung for, so that a standing queue starves
    nobody, and what was passed over, which has no message there.
    """
    sweep = timedelta(seconds=runtime().settings.sweep_every_s)
    before = now() - sweep * (SWEEPS_IN_A_QUEUE if messages_waiting() else 1)
    with runtime().transaction() as session:
        owed = {*progress.owed_since(session, before)}
        owed |= {*shares.passed_over(session, before=now() - sweep)}
        asked = [(OWED[s.status], {"summary_id": s.id}) for s in owed]
        left = uploads.owed_uploads(session, before=before)
        asked += [(TaskName.INGEST_UPLOAD, {"upload_id": each}) for each in left]
        news = owed_arrivals(session, before=before)
        asked += [(TaskName.FOLLOW_ARRIVAL, {"ref": each}) for each in news]
    runtime().under_way.tell_swept()
    for task, ids in asked:
        runtime().bell(task, ids)
    return len(asked)


def messages_waiting() -> int:
    """How many messages nobody has taken yet (in Redis a queue is a list for each priority)."""
    with app.connection_for_read() as connection:
        return int(connection.default_channel._size(app.conf.task_default_queue))


@app.task(name=TaskName.SYNC_INDEX.value)  # type: ignore[untyped-decorator]
def sync_index() -> None:
    """Index what is owed, a transaction a step, then mend the vector store."""
    for _ in range(STEPS_A_RUN):
        with runtime().transaction() as session:
            step = sync.index_step(session, index=runtime().index)
        if step.is_last:
            break
    with runtime().transaction() as session:
        sync.mend_index(session, index=runtime().index)


@app.task(name=TaskName.CLOSE_INDEX.value)  # type: ignore[untyped-decorator]
def close_index() -> None:
    """Take out of the index what a consent or a label has closed, a transaction a step."""
    for _ in range(STEPS_A_RUN):
        with runtime().transaction() as session:
            if not sync.close_step(session, index=runtime().index):
                break


@app.task(name=TaskName.READ_RECORDS.value)  # type: ignore[untyped-decorator]
def read_records() -> None:
    """Read what no reader, or another one, has read, a transaction a step; and who takes part in
    whose care, which is less, first."""
    zone = ZoneInfo(runtime().settings.time_zone)
    for _ in range(STEPS_A_RUN):
        with runtime().transaction() as session:
            if not look_for_participations(session, zone=zone):
                break
    for _ in range(STEPS_A_RUN):
        with runtime().transaction() as session:
            if not keep.read_step(session, zone=zone):
                break


@app.task(name=TaskName.KEEP_ARRIVALS.value)  # type: ignore[untyped-decorator]
def keep_arrivals() -> None:
    """See to it that we learn what has changed in the EHR."""
    own = runtime()
    if own.settings.fhir_url:
        arrivals.keep_arrivals(
            own.transaction, own.client, public_url=own.settings.public_url or ""
        )


@app.task(name=TaskName.STEP_RECALLS.value)  # type: ignore[untyped-decorator]
def step_recalls() -> None:
    """Bring what is recalled out of the EHR, as far as it can be now."""
    recall.step_recalls(runtime().transaction)


@app.task(name=TaskName.PREPARE_VISITS.value)  # type: ignore[untyped-decorator]
def prepare_visits() -> int:
    """Ask for drafts of tomorrow's appointments; what a half answered list has is asked for."""
    settings, zone = runtime().settings, ZoneInfo(runtime().settings.time_zone)
    if not settings.fhir_url:
        return 0
    tomorrow = (now().astimezone(zone) + timedelta(days=1)).date()
    listing = appointments(runtime().client, tomorrow, zone=zone)
    if listing.problem:
        log.warning("visits.not_all_listed", found=len(listing.visits))
    with runtime().transaction() as session:
        return preparing.prepare_visits(session, listing.visits, most=settings.prepare_most)


@app.task(name=TaskName.SEND_HOOKS.value)  # type: ignore[untyped-decorator]
def send_hooks() -> None:
    """Tell the site's other programs what became of summaries."""
    if hooks := runtime().settings.webhooks:
        send.send_hooks(runtime().transaction, hooks)


@app.task(name=TaskName.ANCHOR_AUDIT.value)  # type: ignore[untyped-decorator]
def anchor_audit() -> None:
    """Keep the head of the audit where the site says, out of the database's reach."""
    if path := runtime().settings.audit_anchor:
        with runtime().transaction() as session:
            audit.anchor(session, path)
