"""How many requests a minute one chart may cost the EHR, whatever its pages lead to."""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

MINUTE_S = 60.0


class Pace:
    """At most `a_minute` requests in any minute; `wait_s` says how long to hold the next."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._sent: deque[float] = deque(maxlen=a_minute)
        self._clock, self._lock = clock, Lock()

    def wait_s(self) -> float:
        """Takes the next place, which is that many seconds from now."""
        with self._lock:
            at = now = self._clock()
            if len(self._sent) == self._sent.maxlen:
                at = max(now, self._sent[0] + MINUTE_S)
            self._sent.append(at)
            return at - now
