"""How many requests of one caller are answered at once: nobody takes all the threads."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from service.web.errors import TooManyAtOnce

# Of the forty threads that answer. A browser asks six at once, and a person has two windows.
MOST = 12


class AtOnce:
    """The requests of each caller that are being answered now. Counted in the event loop alone."""

    def __init__(self) -> None:
        self._now: Counter[str] = Counter()

    @contextmanager
    def one_more(self, caller: str, most: int | None = None) -> Iterator[None]:
        """Raises TooManyAtOnce instead of letting the caller wait. `MOST` where not said."""
        self.check(caller, most)
        self._now[caller] += 1
        try:
            yield
        finally:
            self._now[caller] -= 1
            if not self._now[caller]:
                del self._now[caller]

    def check(self, caller: str, most: int | None = None) -> None:
        """Raise TooManyAtOnce where one more would be refused."""
        most = most or MOST
        if self._now[caller] >= most:
            raise TooManyAtOnce(f"{most} requests of yours are being answered. Wait for one.")
