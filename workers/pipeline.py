"""From a request to a draft in review: one task a stage."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service.bootstrap import Runtime
from service.chart import pull, uploads
from service.chart.arrival import follow
from service.chart.participations import look_for_participations
from service.drafting import draft
from service.drafting.closing import when_closed
from service.queue import TaskName
from service.reading import keep
from service.retrieval import indexing
from service.retrieval.gather import refresh_chart
from service.summary import progress
from service.verification import verify
from service.verification.doubts import doubts
from service.verification.omission.owing import owing
from workers.app import app
from workers.task import runtime, summary_task


@app.task(name=TaskName.INGEST_UPLOAD.value)  # type: ignore[untyped-decorator]
def ingest_upload(upload_id: str) -> None:
    own = runtime()
    bases = tuple(filter(None, [own.settings.fhir_url]))
    uploads.ingest_upload(own.transaction, upload_id, bases=bases)


@app.task(name=TaskName.FOLLOW_ARRIVAL.value)  # type: ignore[untyped-decorator]
def follow_arrival(ref: str) -> None:
    follow.follow_arrival(runtime().transaction, ref, client=runtime().client)


@summary_task(TaskName.PULL_CHART)
def pull_chart(session: Session, runtime: Runtime, summary_id: str) -> None:
    pull.pull_chart(session, summary_id, client=runtime.client)


@summary_task(TaskName.INDEX_CHART)
def index_chart(session: Session, runtime: Runtime, summary_id: str) -> None:
    patient_ref = progress.find_summary(session, summary_id).patient_ref
    zone = ZoneInfo(runtime.settings.time_zone)
    look_for_participations(session, patient_ref, zone=zone)
    keep.read_chart(session, patient_ref, zone=zone)
    indexing.index_chart(session, summary_id, index=runtime.index)


@summary_task(TaskName.DRAFT_SUMMARY)
def draft_summary(session: Session, runtime: Runtime, summary_id: str) -> None:
    # What changed since is indexed in a transaction of its own: a model may write for minutes,
    # and nobody else could index the patient meanwhile.
    with runtime.transaction() as own:
        patient_ref = progress.find_summary(own, summary_id).patient_ref
        refresh_chart(own, patient_ref, index=runtime.index)
    watch = runtime.under_way.watch(summary_id, progress.run_of(session, summary_id))
    is_closed = when_closed(runtime.transaction, patient_ref)
    draft.draft_summary(
        session,
        summary_id,
        index=runtime.index,
        writer=runtime.writer,
        prompts=runtime.prompts,
        settings=runtime.settings,
        check=doubts,
        owing=owing,
        report=watch.report,
        cancelled=lambda: watch.cancelled() or is_closed(),
    )


@summary_task(TaskName.VERIFY_SUMMARY)
def verify_summary(session: Session, runtime: Runtime, summary_id: str) -> None:
    watch = runtime.under_way.watch(summary_id, progress.run_of(session, summary_id))
    verify.verify_summary(session, summary_id, prompts=runtime.prompts, watch=watch)
    runtime.under_way.forget(summary_id)
