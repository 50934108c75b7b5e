"""How the questions of a draft are put to an endpoint of this pace, so that they are answered."""

from dataclasses import dataclass

from service.drafting.model.endpoint import ANSWER_TOKENS
from service.drafting.model.limits import Limits
from service.drafting.model.pace import USUAL_ANSWER, Pace

SHORTEST_QUESTION = 2_000  # tokens: the rules, and some four passages; below that nothing is told


@dataclass(frozen=True)
class Plan:
    """How the questions of a draft are put: side by side, with how much silence borne, how long
    each may be, and in `parts` at most for one section (None: as many as its evidence takes)."""

    at_once: int
    patience_s: float
    context_tokens: int
    parts: int | None = None

    @property
    def question_tokens(self) -> int:
        return self.context_tokens - ANSWER_TOKENS


def plan(limits: Limits, pace: Pace | None, timeout_s: float) -> Plan:
    """As the settings say where the endpoint keeps up with them, or is not known. Where a whole
    question takes longer than `timeout_s` it is asked alone, of as much as is read in that time,
    and waited for as long as half of the draft."""
    if pace is None:
        return Plan(limits.at_once, timeout_s, limits.context_tokens)
    longest = limits.context_tokens - ANSWER_TOKENS
    whole_s = pace.seconds(longest, USUAL_ANSWER)
    at_once = limits.at_once if 2 * whole_s <= timeout_s else 2 if whole_s <= timeout_s else 1
    read_in_time = int(pace.reads * timeout_s)
    size = min(longest, max(SHORTEST_QUESTION, read_in_time))
    patience_s = min(2 * size / pace.reads, limits.seconds / 2)
    return Plan(
        min(at_once, limits.at_once),
        max(timeout_s, patience_s),
        size + ANSWER_TOKENS,
        None if size == longest else 1,
    )


def words(pace: Pace, planned: Plan) -> str:
    """What was measured and what follows from it, for `doctor`."""
    calls = "1 call" if planned.at_once == 1 else f"{planned.at_once} calls"
    parts = "" if planned.parts is None else ", the best evidence of a section alone"
    return (
        f"reads {pace.reads:,.0f} and writes {pace.writes:,.0f} tokens a second: {calls} at a "
        f"time, {planned.patience_s:,.0f} s of silence, questions of {planned.question_tokens:,} "
        f"tokens{parts}"
    )
