"""`python -m tests.benchmarks.negation`: polarity, time and subject of a finding, as it is read.

The rows and the measures are those of `negex`; what answers here is `service.reading`. What is over
("nausea, resolved") counts as denied and recent, which is how the set has it.
"""

import argparse
import sys
from collections.abc import Iterator

from service.reading.assertions import PATIENT, Act, Assertion, Polarity, Time
from service.reading.read import read_statement
from tests.benchmarks.negex import FINDING, QUESTIONS, SENTENCES, Row, _place, rows, scores

_OURS = {
    Time.NOW: "recent",
    Time.PLANNED: "recent",
    Time.PAST: "historical",
    Time.EVER: "historical",
    Time.IF: "hypothetical",
}


def answers(row: Row) -> tuple[str, str, str]:
    """Polarity and subject of the finding as one word; its time also from its own words."""
    at = _place(row)
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


def caught(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """The share of denied findings read as denied, and of affirmed ones wrongly read as denied."""
    denied = [ours for gold, ours in pairs if gold == "negated"]
    affirmed = [ours for gold, ours in pairs if gold == "affirmed"]
    return denied.count("negated") / len(denied), affirmed.count("negated") / len(affirmed)


def main() -> int:
    asked = argparse.ArgumentParser(description="Polarity, time and subject of a finding.")
    asked.add_argument("--misses", action="store_true", help="list the misses of the seen half")
    options = asked.parse_args()
    if not SENTENCES.exists():
        print("negation: skipped, its sentences are not on this machine.")
        return 0
    read_rows = [(row, answers(row)) for row in rows()]
    _print_table(read_rows)
    for row, said in read_rows if options.misses else ():
        if row.is_seen and said != row.gold:
            print(f"{row.finding} | {row.sentence}\n    people {row.gold}\n    ours   {said}")
    return 0


def _print_table(read_rows: list[tuple[Row, tuple[str, str, str]]]) -> None:
    for half in ("seen", "unseen"):
        some = [(row, said) for row, said in read_rows if row.is_seen == (half == "seen")]
        hit, held_up = caught([(row.gold[0], said[0]) for row, said in some])
        print(f"{half}: denied caught {hit:.3f}, affirmed read as denied {held_up:.3f}")
        for number, question in enumerate(QUESTIONS):
            pairs = [(row.gold[number], said[number]) for row, said in some]
            for name, (count, *_, f1) in scores(pairs).items():
                print(f"    {question:9} {name:13} {count:5} F1 {f1:.3f}")


if __name__ == "__main__":
    sys.exit(main())
