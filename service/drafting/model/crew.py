"""Calls side by side in threads that can be left behind: a draft never waits for a lost one."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[threading.Event], T]

LOOK_EVERY_S = 0.1  # how soon a cancelled draft stops


class Crew:
    """The threads of one writer. They live as long as their process, and never keep it alive.

    With threads that came and went with each draft, CPython 3.11.7 crashed in its garbage
    collector after ten drafts or so; with these it ran for hundreds.
    """

    def __init__(self) -> None:
        self._todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = threading.Semaphore(0)

    def side_by_side(
        self, jobs: Sequence[Job[T]], *, at_once: int, watch: Callable[[], None]
    ) -> Iterator[tuple[int, T | Exception]]:
        """The number and result (or exception) of each job, as they come.

        `watch` is called all the while and ends it by raising. Whoever stops listening, for that
        or another reason, leaves running jobs behind: each is told by its event, and its thread
        is at hand again when the job ends.
        """
        halt = threading.Event()
        done: SimpleQueue[tuple[int, T | Exception]] = SimpleQueue()
        waiting = [partial(_run, number, job, halt, done) for number, job in enumerate(jobs)]
        waiting.reverse()
        try:
            for _ in range(min(at_once, len(jobs))):
                self._hand_over(waiting.pop())
            for _ in jobs:
                came = _next(done, watch)
                if waiting:
                    self._hand_over(waiting.pop())
                yield came
        finally:
            halt.set()

    def _hand_over(self, work: Callable[[], None]) -> None:
        """To a thread that is idle, or to a new one."""
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._work, daemon=True).start()
        self._todo.put(work)

    def _work(self) -> None:
        while True:
            self._todo.get()()
            self._idle.release()


def _next(done: SimpleQueue[Any], watch: Callable[[], None]) -> Any:
    """What has come is taken before anybody is asked whether to go on: it is paid for."""
    while True:
        try:
            return done.get(timeout=LOOK_EVERY_S)
        except Empty:
            watch()


def _run(
    number: int, job: Job[T], halt: threading.Event, done: SimpleQueue[tuple[int, T | Exception]]
) -> None:
    try:
        done.put((number, job(halt)))
    except Exception as error:  # told to whoever asked, in their thread
        done.put((number, error))
