"""How often a task was begun and ended its worker, so that it is not begun for ever."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.queue import TaskName
from service.summary.models import BegunTask, Summary

MAX_TIMES = 3  # a worker is also ended by a deployment, or by another task that took its memory


def begin(session: Session, task: TaskName, summary_id: str) -> int | None:
    """How often it was begun and not ended, this time too; None while another worker is at it,
    or where nothing of that id is held. For a transaction of its own: it must outlast the task."""
    free = select(Summary.id).where(Summary.id == summary_id).with_for_update(skip_locked=True)
    if session.scalar(free) is None:
        return None
    adding = insert(BegunTask).values(task=task.value, summary_id=summary_id, times=1)
    again = adding.on_conflict_do_update(
        index_elements=[BegunTask.task, BegunTask.summary_id],
        set_={"times": BegunTask.times + 1},
    )
    return session.scalar(again.returning(BegunTask.times))


def end(session: Session, task: TaskName, summary_id: str) -> None:
    """It came to its end, well or in words."""
    mine = delete(BegunTask).where(BegunTask.task == task.value)
    session.execute(mine.where(BegunTask.summary_id == summary_id))
