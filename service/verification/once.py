"""What takes long and is the same each time, made once and kept in this process for a while."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

FOR_EVER = float("inf")

T = TypeVar("T")


@dataclass
class _Entry:
    lock: threading.RLock = field(default_factory=threading.RLock)
    is_made: bool = False
    value: Any = None
    weight: int = 0
    used_at: float = 0.0


class Once(Generic[T]):
    """Values by key. Who asks for one that another makes waits for it; the least lately used is
    let go first, once they weigh more than `most` together, and what nobody asks for within
    `keep_s`. Shared between threads."""

    def __init__(
        self,
        most: int,
        weigh: Callable[[T], int] = lambda _: 1,
        *,
        keep_s: float = FOR_EVER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._weigh, self._keep_s, self._clock = most, weigh, keep_s, clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._whole = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key; whatever `make` raises is raised, and nothing is kept."""
        entry = self._entry(key)
        with entry.lock:
            if not entry.is_made:
                entry.value, entry.is_made = make(), True
                self._keep(key, entry)
        value: T = entry.value
        return value

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            entry.used_at = self._clock()
            self._let_go(entry)
            return entry

    def _keep(self, key: Hashable, made: _Entry) -> None:
        with self._lock:
            if self._entries.get(key) is made:  # else it was let go while it was made
                made.weight = self._weigh(made.value)
                self._whole += made.weight
                self._let_go(made)

    def _let_go(self, asked: _Entry) -> None:
        """Of others than what is asked for: its asker has that anyway, however much it weighs."""
        old = self._clock() - self._keep_s
        while (oldest := next(iter(self._entries.items())))[1] is not asked:
            if self._whole <= self._most and oldest[1].used_at >= old:
                return
            self._whole -= oldest[1].weight
            del self._entries[oldest[0]]
