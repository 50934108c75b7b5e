"""What one draft may cost: tokens, money, time; and what it has cost so far."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from service.drafting.model.endpoint import ANSWER_TOKENS, Reply
from service.settings import Settings

MILLION = 1_000_000


@dataclass(frozen=True)
class Limits:
    """The bounds of a draft. Prices are for a million tokens; no cost when None."""

    tokens: int = 400_000
    cost: float | None = None
    input_price: float = 0.0
    output_price: float = 0.0
    seconds: float = 300.0
    at_once: int = 4
    context_tokens: int = 8_192

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(
            settings.model_max_tokens,
            settings.model_max_cost,
            settings.model_input_price,
            settings.model_output_price,
            settings.model_draft_timeout_s,
            settings.model_at_once,
            settings.model_context_tokens,
        )

    def price(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.input_price + tokens_out * self.output_price) / MILLION


class LimitReached(Exception):
    """A bound of this draft does not allow another call. The words name it."""


class TimeUp(Exception):
    """The time for this draft is over; what is not answered is written without the model."""


@dataclass
class Spending:
    """What a draft under way has spent and set aside. One thread only."""

    limits: Limits
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    counted: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    _aside: tuple[int, int] = (0, 0)
    _began: float = field(default_factory=time.monotonic)

    def set_aside(self, tokens_in: int) -> None:
        """Take what a call may need. Raises LimitReached; the bound is never overrun."""
        wanted_in = self.tokens_in + self._aside[0] + tokens_in
        wanted_out = self.tokens_out + self._aside[1] + ANSWER_TOKENS
        if wanted_in + wanted_out > self.limits.tokens:
            raise LimitReached(f"the limit of {self.limits.tokens:,} tokens a draft was reached")
        if self.limits.cost is not None and self._price(wanted_in, wanted_out) > self.limits.cost:
            raise LimitReached(f"the limit of {self.limits.cost:g} a draft was reached")
        self._aside = (self._aside[0] + tokens_in, self._aside[1] + ANSWER_TOKENS)

    def settle(self, tokens_in: int, reply: Reply | None) -> None:
        """A call has ended: what it took instead of what was set aside for it."""
        self._aside = (self._aside[0] - tokens_in, self._aside[1] - ANSWER_TOKENS)
        if reply is not None:
            self.counted["calls"] += 1
            self.add(reply.tokens_in, reply.tokens_out)
            self.estimated = self.estimated or reply.estimated

    def write_off(self, tokens_in: int) -> None:
        """A call that was perhaps answered at length, and not to be read: it is taken to have
        used all that was set aside for it."""
        self.settle(tokens_in, Reply(None, tokens_in, ANSWER_TOKENS, estimated=True, seconds=0.0))

    def add(self, tokens_in: int, tokens_out: int) -> None:
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out

    def check_time(self) -> None:
        """Raise TimeUp once the draft has taken all the time that it may."""
        if time.monotonic() - self._began > self.limits.seconds:
            raise TimeUp(f"the limit of {self.limits.seconds:g} s a draft was reached")

    def to_json(self) -> dict[str, Any]:
        cost = self._price(self.tokens_in, self.tokens_out)
        return {
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "tokens_estimated": self.estimated,
            "cost": round(cost, 6),
            **{
                name: self.counted[name]
                for name in ("calls", "remembered", "repaired", "redrafted")
            },
            "seconds_by_stage": {name: round(s, 3) for name, s in self.seconds.items()},
        }

    def _price(self, tokens_in: int, tokens_out: int) -> float:
        return self.limits.price(tokens_in, tokens_out)
