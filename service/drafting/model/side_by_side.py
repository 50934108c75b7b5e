"""Calls side by side on one event loop: a draft that stops closes them and waits for none."""

import asyncio
import atexit
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import TypeVar

T = TypeVar("T")
Job = Callable[[], Awaitable[T]]

LOOK_EVERY_S = 0.1  # how soon a cancelled draft stops
CLOSE_S = 0.5  # for a call that is stopped to let go of its connection


def side_by_side(
    jobs: Sequence[Job[T]], *, at_once: int, watch: Callable[[], None]
) -> Iterator[tuple[int, T | Exception]]:
    """The number and result (or exception) of each job, as they come.

    `watch` is called all the while and ends it by raising. Whoever stops listening, for that or
    another reason, cancels the jobs that run. The loop runs only while somebody waits for it, in
    their thread. Threads of our own could not be stopped, and with them CPython 3.11.7 crashed
    within twenty drafts: a collection of garbage in another thread than the one that loads rows
    was enough.
    """
    waiting = list(enumerate(jobs))[::-1]
    running: dict[asyncio.Task[T | Exception], int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, job = waiting.pop()
                running[_loop().create_task(_result(job))] = number
            for task in _finished(running, watch):
                yield running.pop(task), task.result()
    finally:
        _stop(running)


async def _result(job: Job[T]) -> T | Exception:
    try:
        return await job()
    except Exception as error:  # told to whoever asked
        # The frames of a call hold its stream; kept, they would be closed by a collection of
        # garbage, in whichever thread that runs.
        error.__context__ = None
        return error.with_traceback(None)


def _finished(
    running: dict[asyncio.Task[T | Exception], int], watch: Callable[[], None]
) -> set[asyncio.Task[T | Exception]]:
    """What has come is taken before anybody is asked whether to go on: it is paid for."""
    while True:
        some = asyncio.wait(running, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        done, _ = _loop().run_until_complete(some)
        if done:
            return done
        watch()


def _stop(running: dict[asyncio.Task[T | Exception], int]) -> None:
    for task in running:
        task.cancel()
    if running:
        with suppress(asyncio.CancelledError):
            _loop().run_until_complete(asyncio.wait(running, timeout=CLOSE_S))


def run(job: Job[T]) -> T:
    """One job on the same loop."""
    return _loop().run_until_complete(job())


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The one loop of this process: a client's connections belong to the loop that opened them."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop
