"""`python -m tests.benchmarks.negation`: polarity, time and subject of a finding in real sentences.

Each row of the NegEx/ConText test kit is a sentence with one finding in it and three answers by
people. The finding is read as one word, so that a cue inside it does not count. `historical` is
what began before this visit (past, habits, allergies); `not particular` is hypothetical; what is
planned, which the set does not know, counts as recent. Sentences are
split by a hash of their text (equal ones fall on one side): rules were written while looking at
the first half only; `--misses` prints its misses.

What is over ("nausea, resolved") counts as denied and recent, which is how the set has it.

Precision, recall and F1 of each answer; `macro` is their plain mean over the answers that people
gave at least once, `micro` is over all rows (with one answer a row it equals accuracy).
"""

import argparse
import csv
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from service.reading.assertions import PATIENT, Act, Assertion, Polarity, Time
from service.reading.read import read_statement

SENTENCES = Path(__file__).parents[3] / "shared" / "data" / "negex" / "sentences-1-1400.tsv"
FINDING = "findingx"
QUESTIONS = ("polarity", "time", "subject")
_POLARITY = {"Negated": "negated", "Affirmed": "affirmed", "Possible": "possible"}
_TIME = {"Recent": "recent", "Historical": "historical", "Not particular": "hypothetical"}
_OURS = {
    Time.NOW: "recent",
    Time.PLANNED: "recent",
    Time.PAST: "historical",
    Time.EVER: "historical",
    Time.IF: "hypothetical",
}


class Row(NamedTuple):
    """`gold` answers the three QUESTIONS."""

    finding: str
    sentence: str
    gold: tuple[str, str, str]

    @property
    def is_seen(self) -> bool:
        return zlib.crc32(self.sentence.casefold().encode()) % 2 == 0


def rows(path: Path = SENTENCES) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(reader)
        for _, finding, sentence, polarity, time, subject in reader:
            gold = (_POLARITY[polarity], _TIME[time], PATIENT if subject == "Patient" else "other")
            yield Row(" ".join(finding.split()), " ".join(sentence.split()), gold)


def answers(row: Row) -> tuple[str, str, str]:
    """Polarity and subject of the finding as one word; its time also from its own words."""
    at = place(row)
    sentence = f"{row.sentence[:at]} {FINDING} {row.sentence[at + len(row.finding) :]}"
    found = next(a for a in read_statement(sentence).assertions if a.start <= at + 1 < a.end)
    times = [_time(found), *_own_times(row, at)]
    time = next((each for each in times if each != "recent"), "recent")
    return _polarity(found), time, PATIENT if found.subject == PATIENT else "other"


def place(row: Row) -> int:
    """The set writes the finding in capitals; a few sentences were cut before its end."""
    exact = row.sentence.rfind(row.finding.upper())
    anywhere = row.sentence.casefold().find(row.finding.casefold())
    return max(0, exact if exact >= 0 else anywhere)


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


def scores(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[int, float, float, float]]:
    """By answer: how many people gave it, precision, recall, F1; then `macro` and `micro`."""
    counted = Counter(pairs)
    total, right = sum(counted.values()), sum(n for (a, b), n in counted.items() if a == b)
    found = {}
    for name in sorted({gold for gold, _ in counted}):
        hit = counted[name, name]
        gold = sum(n for (a, _), n in counted.items() if a == name)
        said = sum(n for (_, b), n in counted.items() if b == name)
        precision, recall = hit / said if said else 0.0, hit / gold
        found[name] = (gold, precision, recall, 2 * hit / (gold + said))
    macro = sum(f1 for *_, f1 in found.values()) / len(found)
    accuracy = right / total
    return found | {
        "macro": (total, 0.0, 0.0, macro),
        "micro": (total, accuracy, accuracy, accuracy),
    }


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
    print(
        "| question | answer | half | rows | precision | recall | F1 |\n"
        "|---|---|---|---|---|---|---|"
    )
    for number, question in enumerate(QUESTIONS):
        for half in ("seen", "unseen", "all"):
            pairs = [
                (row.gold[number], said[number])
                for row, said in read_rows
                if half == "all" or row.is_seen == (half == "seen")
            ]
            for name, (count, precision, recall, f1) in scores(pairs).items():
                shown = "- | -" if name == "macro" else f"{precision:.3f} | {recall:.3f}"
                print(f"| {question} | {name} | {half} | {count} | {shown} | {f1:.3f} |")


if __name__ == "__main__":
    sys.exit(main())
