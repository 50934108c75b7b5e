"""Calls side by side in threads that can be left behind: a draft never waits for a lost one."""

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")
Job = Callable[[threading.Event], T]

LOOK_EVERY_S = 0.1  # how soon a cancelled draft stops


def side_by_side(
    jobs: Sequence[Job[T]], *, at_once: int, watch: Callable[[], None]
) -> Iterator[tuple[int, T | Exception]]:
    """The number and result (or exception) of each job, as they come.

    `watch` is called all the while and ends it by raising. Whoever stops listening, for that
    or another reason, leaves the threads behind: each job is told by its event, and no thread
    keeps the process alive.
    """
    halt = threading.Event()
    todo: SimpleQueue[tuple[int, Job[T]]] = SimpleQueue()
    done: SimpleQueue[tuple[int, T | Exception]] = SimpleQueue()
    for numbered in enumerate(jobs):
        todo.put(numbered)
    for _ in range(min(at_once, len(jobs))):
        threading.Thread(target=_work, args=(todo, done, halt), daemon=True).start()
    try:
        for _ in jobs:
            yield _next(done, watch)
    finally:
        halt.set()


def _next(done: SimpleQueue[T], watch: Callable[[], None]) -> T:
    """What has come is taken before anybody is asked whether to go on: it is paid for."""
    while True:
        try:
            return done.get(timeout=LOOK_EVERY_S)
        except Empty:
            watch()


def _work(
    todo: SimpleQueue[tuple[int, Job[T]]], done: SimpleQueue[tuple[int, T | Exception]],
    halt: threading.Event,
) -> None:  # fmt: skip
    while not halt.is_set():
        try:
            number, job = todo.get_nowait()
        except Empty:
            return
        try:
            done.put((number, job(halt)))
        except Exception as error:  # told to whoever asked, in their thread
            done.put((number, error))
