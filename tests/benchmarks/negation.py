"""`python -m tests.benchmarks.negation`: polarity, time and subject of a finding, as it is read.

The rows and the measures are those of `negex`; what answers here is `service.reading`. What is over
("nausea, resolved") counts as denied and recent, which is how the set has it.
"""

import sys
from collections.abc import Iterator

from service.reading.assertions import PATIENT, Act, Assertion, Polarity, Time
from service.reading.read import read_statement
from tests.benchmarks.negex import FINDING, Row, place, report

_OURS = {
    Time.NOW: "recent",
    Time.PLANNED: "recent",
    Time.PAST: "historical",
    Time.EVER: "historical",
    Time.IF: "hypothetical",
}


def answers(row: Row) -> tuple[str, str, str]:
    """Polarity and subject of the finding as one word; its time also from its own words."""
    at = place(row)
    sentence = f"{row.sentence[:at]} {FINDING} {row.sentence[at + len(row.finding) :]}"
    found = next(a for a in read_statement(sentence).assertions if a.start <= at + 1 < a.end)
    times = [_time(found), *_own_times(row, at)]
    time = next((each for each in times if each != "recent"), "recent")
    return _polarity(found), time, PATIENT if found.subject == PATIENT else "other"


def _polarity(found: Assertion) -> str:
    is_over = found.act is Act.STOPPED and found.time is Time.PAST
    return "affirmed" if found.polarity is Polarity.AFFIRMED and not is_over else "negated"


def _time(found: Assertion) -> str:
    return "recent" if found.act is Act.STOPPED else _OURS[found.time]


def _own_times(row: Row, at: int) -> Iterator[str]:
    end = at + len(row.finding)
    for each in read_statement(row.sentence).assertions:
        if at <= each.start < end and each.time is Time.EVER:
            yield _OURS[each.time]


def main() -> int:
    return report("negation", answers)


if __name__ == "__main__":
    sys.exit(main())
