"""What a provider publishes: read once for many people, and not again while it is away."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from service.signin.errors import ProviderSilent

T = TypeVar("T")

PAUSE_S = 5.0  # a provider that hangs must not keep everybody's thread, one after the other


class Kept(Generic[T]):
    """Reads by the function given; side by side, one reads and the others wait for its answer."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._value: tuple[float, T] | None = None
        self._failure: tuple[float, str] | None = None

    def get(self, fresh_s: float) -> T:
        """What was read, at most so many seconds ago. Raises ProviderSilent, as the last reading
        did, for a few seconds without asking again."""
        with self._lock:
            if self._failure and _age(self._failure[0]) < PAUSE_S:
                raise ProviderSilent(self._failure[1])
            if self._value is None or _age(self._value[0]) > fresh_s:
                self._value = time.monotonic(), self._attempt()
            return self._value[1]

    def _attempt(self) -> T:
        try:
            value = self._read()
        except ProviderSilent as silent:
            self._failure = time.monotonic(), silent.sentence
            raise
        self._failure = None
        return value


def _age(since: float) -> float:
    return time.monotonic() - since
