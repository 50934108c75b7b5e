"""`python -m tests.benchmarks.unseen_omissions`: is what a summary drops named?

Notes with the facts that any safe summary must carry, written by somebody who had not seen the
rules. The note itself is the summary, then the note without one fact. *Named*: share of dropped
facts that an omission names; *false*: omissions told of an untouched note, a note.

`--retold`: other notes, each with a shorter summary in other words that carries every fact; then
the summary without one fact is counted too, and *false* is of the whole summary.

`--list` prints what is not named and what is false. Each set was counted once at first sight
(README); since then its misses have been read.
"""

import argparse
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from service.verification.check import check_text

DATA = Path(__file__).parent / "data"
FILES = {False: "unseen_omissions.toml", True: "omissions_retold.toml"}


def main() -> int:
    asked = argparse.ArgumentParser(description="Notes and summaries without one fact, and whole.")
    asked.add_argument("--retold", action="store_true", help="summaries in other words")
    asked.add_argument("--list", action="store_true", help="print what is not named, and the false")
    options = asked.parse_args()
    path = DATA / FILES[options.retold]
    notes = tomllib.loads(path.read_text(encoding="utf-8"))["notes"]
    _count("note", notes, show=options.list)
    if options.retold:
        _count("summary", notes, show=options.list)
    return 0


def _count(what: str, notes: list[dict[str, Any]], *, show: bool) -> None:
    facts, named = Counter[str](), Counter[str]()
    for note in notes:
        for fact in note["facts"]:
            drop = fact["cut"] if what == "summary" else fact["drop"]
            told = _omissions(note, _text(note, what).replace(drop, ""))
            is_named = any(word in each for word in fact["names"] for each in told)
            facts[fact["kind"]] += 1
            named[fact["kind"]] += is_named
            if show and not is_named:
                print(f"- {note['name']}, {what}, {fact['kind']}: {drop}")
    print(f"| kind, dropped from the {what} | facts | named |\n|---|---|---|")
    for kind, count in facts.most_common():
        print(f"| {kind} | {count} | {named[kind] / count:.3f} |")
    print(f"| all | {facts.total()} | {named.total() / facts.total():.3f} |")
    false = [(note["name"], each) for note in notes for each in _omissions(note, _text(note, what))]
    for name, told in false if show else ():
        print(f"- false, {name}: {told}")
    print(
        f"\nFalse omissions of {len(notes)}, each a whole {what}: {len(false) / len(notes):.2f}\n"
    )


def _text(note: dict[str, Any], what: str) -> str:
    return str(note["summary" if what == "summary" else "source"])


def _omissions(note: dict[str, Any], summary: str) -> list[str]:
    """In small letters."""
    source = {"id": note["name"], "text": note["source"], "date": note["date"]}
    answer = check_text([source], summary, summary_type=note["type"])
    return [f"{each['fact']} {each.get('reason', '')}".casefold() for each in answer["omissions"]]


if __name__ == "__main__":
    sys.exit(main())
