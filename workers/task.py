"""The base of every task: the runtime, one transaction, and what to do when it fails."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import structlog
from celery import Task
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_process_init
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from service import queue
from service.bootstrap import Runtime, look_for_garbage_seldom
from service.drafting.model.failures import ModelWaiting
from service.drafting.progress import DraftCancelled
from service.errors import Conflict, CountersignError, NotFound
from service.queue import TaskName
from service.review import cancelling
from service.settings import load_settings
from service.summary import jobs, progress, shares, tries
from service.summary.lifecycle import OWED
from service.summary.people import SYSTEM, Person
from service.summary.vocabulary import SummaryStatus
from workers.app import app

log = structlog.get_logger(__name__)

RETRIES = 5
MAX_MEMORY = 6 * 2**30  # bytes of one worker process: with its models it is seen to have 1 GB
TOO_LONG = "It took longer than a task may ({} minutes). Try again, or tell IT."
TOO_MUCH = "It needed more memory than a task may have. Try again, or tell IT."
ENDED = (
    "It ended the process that worked on it, {} times. Tell IT; ask again when they have looked."
)
FAILABLE = (
    SummaryStatus.REQUESTED,
    SummaryStatus.CHARTED,
    SummaryStatus.INDEXED,
    SummaryStatus.DRAFTED,
)


@cache
def runtime() -> Runtime:
    """One for a worker process."""
    return Runtime(load_settings())


@worker_process_init.connect  # type: ignore[untyped-decorator]
def forget_parent(**_: Any) -> None:
    """A forked child must not share its parent's connections, nor take the machine's memory."""
    runtime.cache_clear()
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    mine = MAX_MEMORY if most == resource.RLIM_INFINITY else min(MAX_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (mine, most))
    look_for_garbage_seldom()


class SummaryTask(Task):  # type: ignore[misc]
    """Runs `verb(session, runtime, summary_id)` in one transaction.

    A failure that may pass is tried again, then left to the sweep; any other is written on
    the summary, in words, for a person. A draft that waits for its model is the sweep's at once:
    with retries of its own too, messages would multiply. A step that somebody cancelled is not
    begun, nor one under which worker after worker was ended.
    """

    abstract = True

    def __call__(self, summary_id: str) -> None:
        if owing(TaskName(self.name)) not in FAILABLE:
            self._begin(summary_id)  # what was signed waits for nobody's share
            return
        with place(summary_id) as is_ours:
            if is_ours:
                self._begin(summary_id)

    def _begin(self, summary_id: str) -> None:
        with bound_contextvars(request_id=note_attempt(TaskName(self.name), summary_id)):
            try:
                self._check_wanted(summary_id)
                with counted(TaskName(self.name), summary_id), runtime().transaction() as session:
                    self.run(session, runtime(), summary_id)
            except DraftCancelled:
                note_cancelled(TaskName(self.name), summary_id)
            except Exception as error:
                self._failed(summary_id, error)

    def _check_wanted(self, summary_id: str) -> None:
        """Raise DraftCancelled when somebody stopped what is being prepared."""
        if owing(TaskName(self.name)) in FAILABLE and stopped_by(summary_id):
            raise DraftCancelled

    def _failed(self, summary_id: str, error: Exception) -> None:
        passing = may_pass(error)
        log.warning(
            "task.failed",
            task=self.name,
            summary_id=summary_id,
            error=type(error).__name__,
            passing=passing,
        )
        note_failure(TaskName(self.name), summary_id, sentence_of(error), passing=passing)
        waits = isinstance(error, ModelWaiting)
        if waits:
            runtime().under_way.tell_waiting(summary_id)
        if passing and not waits and self.request.retries < RETRIES:
            wished = getattr(error, "retry_after_s", None) or 0.0
            raise self.retry(countdown=max(2**self.request.retries, wished), max_retries=RETRIES)


@contextmanager
def place(summary_id: str) -> Iterator[bool]:
    """Whether this process may work on it, or as much of the same person or patient is under way
    as one may have. Then the message is let go, and whoever of them ends rings for the next."""
    is_ours = False
    try:
        with runtime().sessions() as held:
            is_ours = has_place(held, summary_id)
            yield is_ours
    finally:
        if is_ours:
            ring_for_next(summary_id)


def has_place(held: Session, summary_id: str) -> bool:
    most = runtime().settings.worker_share or max(runtime().settings.worker_processes - 1, 1)
    try:
        if shares.takes_place(held, summary_id, most=most):
            return True
        with runtime().transaction() as session:
            shares.pass_over(session, summary_id)
        # Who ended between the two looked for what is passed over before this was.
        return shares.takes_place(held, summary_id, most=most)
    except (OperationalError, InterfaceError):
        return True  # the work itself will say that the database is away


def ring_for_next(summary_id: str) -> None:
    with suppress(OperationalError, InterfaceError), runtime().transaction() as session:
        for each in shares.next_ones(session, summary_id):
            queue.after_commit(session, OWED[each.status], summary_id=each.id)


class EndedWorkers(CountersignError):
    """This task has ended its worker again and again."""


@contextmanager
def counted(task: TaskName, summary_id: str) -> Iterator[None]:
    """The work of one task, counted while it lasts. Raises EndedWorkers instead of beginning it
    once more. What was signed is begun however often: its filing is owed to somebody."""
    if owing(task) not in FAILABLE:
        yield
        return
    with runtime().transaction() as session:
        times = tries.begin(session, task, summary_id)
    try:
        if times is not None and times > tries.MAX_TIMES:
            raise EndedWorkers(ENDED.format(times - 1))
        yield
    finally:
        if times is not None:
            with suppress(OperationalError), runtime().transaction() as session:
                tries.end(session, task, summary_id)


def may_pass(error: Exception) -> bool:
    """Whether the same task may succeed later: a part is away, or a connection was lost."""
    if isinstance(error, CountersignError):
        return error.can_retry
    return isinstance(error, OperationalError | InterfaceError)


def sentence_of(error: Exception) -> str:
    """The error in words for a person. Of a library's exception only the class is told: its
    message may hold chart text."""
    if isinstance(error, CountersignError):
        return error.sentence
    if isinstance(error, SoftTimeLimitExceeded):
        return TOO_LONG.format(round(runtime().settings.task_timeout_s / 60))
    if isinstance(error, MemoryError):
        return TOO_MUCH
    return f"Something unforeseen failed ({type(error).__name__}). Try again, or tell IT."


def note_failure(task: TaskName, summary_id: str, sentence: str, *, passing: bool) -> None:
    """Write the failure on the summary, where a person sees it, if it still owes this task.

    What may pass, and what was signed, stays owed and says what it waits for; the rest fails.
    """
    status = owing(task)
    with suppress(OperationalError, Conflict), runtime().transaction() as session:
        summary = progress.lock_owed(session, summary_id, status)
        if summary is None:
            return
        jobs.note_failure(session, summary_id, sentence)
        if status in FAILABLE and not passing:
            progress.advance(session, summary, SummaryStatus.FAILED, actor=SYSTEM, reason=sentence)
        else:
            summary.status_reason = sentence


def note_attempt(task: TaskName, summary_id: str) -> str:
    """Count it, in a transaction of its own, so that one that never comes back is seen too; the id
    of the request that asked. A message about what has moved on counts for nothing."""
    gone = NotFound  # the patient was erased meanwhile
    with suppress(OperationalError, InterfaceError, gone), runtime().transaction() as session:
        if progress.find_summary(session, summary_id).status is owing(task):
            return jobs.note_attempt(session, summary_id)
    return ""


def note_cancelled(task: TaskName, summary_id: str) -> None:
    """Write down who stopped it, unless they have done so themselves by now. What nobody stopped
    had read what is closed since: it is begun anew, with what is open now."""
    person = stopped_by(summary_id)
    if person is None:
        log.info("task.begun_anew", task=task, summary_id=summary_id)
        runtime().bell(task, {"summary_id": summary_id})
        return
    with suppress(OperationalError, Conflict), runtime().transaction() as session:
        summary = progress.lock_owed(session, summary_id, owing(task))
        if summary is not None:
            cancelling.stop(session, summary, by=person)
            runtime().under_way.forget(summary_id)


def stopped_by(summary_id: str) -> Person | None:
    """Who wants no more of what is prepared now."""
    with runtime().transaction() as session:
        run = progress.run_of(session, summary_id)
    return runtime().under_way.stopped_by(summary_id, run)


def owing(task: TaskName) -> SummaryStatus:
    """The status that owes this task."""
    (status,) = (status for status, owed in OWED.items() if owed is task)
    return status


def summary_task(name: TaskName) -> Callable[[Callable[[Session, Runtime, str], None]], Task]:
    """Register a verb as the task of this name."""
    return app.task(name=name.value, base=SummaryTask, bind=False)  # type: ignore[no-any-return]
