"""How fast an endpoint reads and writes, as one call shows that was alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.database import now

USUAL_ANSWER = 500  # tokens: a section of eight statements with their quotes
KEPT = timedelta(days=1)  # a server may be moved to another machine
LEAST_S = 0.001  # for a clock that saw no time pass


@dataclass(frozen=True)
class Pace:
    """Tokens a second that one call, asked alone, was read and written with."""

    reads: float
    writes: float
    at: datetime = field(default_factory=now)

    @property
    def is_fresh(self) -> bool:
        return now() - self.at < KEPT

    def seconds(self, tokens_in: int, tokens_out: int) -> float:
        return tokens_in / self.reads + tokens_out / self.writes


def measured(tokens_in: int, tokens_out: int, first_s: float, seconds: float) -> Pace:
    """Of a call whose first words took `first_s` of its `seconds`. Where nothing was streamed,
    reading and writing are not told apart: both are then as slow as the whole."""
    is_streamed = 0 < first_s < seconds
    reading = first_s if is_streamed else seconds
    writing = seconds - first_s if is_streamed else seconds
    return Pace(
        max(1, tokens_in) / max(LEAST_S, reading),
        max(1, tokens_out) / max(LEAST_S, writing),
    )


def no_faster(tokens_in: int, seconds: float) -> Pace:
    """Of a question that was not answered in this time."""
    return Pace(max(1, tokens_in) / max(LEAST_S, seconds), USUAL_ANSWER / max(LEAST_S, seconds))
