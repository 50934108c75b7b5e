"""A limit on time for one piece of work: a text, a document, a pass of patterns."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(Exception):
    """The work was broken off. Holds no words of what was worked on."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block when it takes longer than that by the clock.

    The kernel's alarm, which a pattern that never ends hears too. Only in a process's main thread,
    where workers and commands work; elsewhere (a request) it limits nothing. An inner block may
    be shorter than the one around it, not longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise)
    left, began = signal.getitimer(signal.ITIMER_REAL)[0], time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, min(seconds, left or seconds))
    try:
        yield
    finally:
        # What was left of the outer block's time, less what this one took; never 0, which is none.
        rest = max(left - (time.monotonic() - began), 0.001) if left else 0
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, rest)


def _raise(_signal: int, _frame: FrameType | None) -> None:
    raise TookTooLong
