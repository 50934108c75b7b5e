"""From a signature to the EHR, and back out of it."""

from sqlalchemy.orm import Session

from service.bootstrap import Runtime
from service.queue import TaskName
from service.writeback import filing, retracting
from workers.task import summary_task


@summary_task(TaskName.FILE_SUMMARY)
def file_summary(session: Session, runtime: Runtime, summary_id: str) -> None:
    filing.file_summary(session, summary_id, client=runtime.client, prompts=runtime.prompts)


@summary_task(TaskName.RECONCILE_FILING)
def reconcile_filing(session: Session, runtime: Runtime, summary_id: str) -> None:
    filing.reconcile_filing(session, summary_id, client=runtime.client, prompts=runtime.prompts)


@summary_task(TaskName.RETRACT_SUMMARY)
def retract_summary(session: Session, runtime: Runtime, summary_id: str) -> None:
    retracting.retract_summary(session, summary_id, client=runtime.client)
