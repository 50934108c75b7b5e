"""`python -m tests.benchmarks.unseen_omissions`: is what a summary drops named?

Notes with the facts that any safe summary must carry, written by somebody who had not seen the
rules. The note itself is the summary, then the note without one fact. *Named*: share of dropped
facts that an omission names; *false*: omissions told of an untouched note, a note. `--list` prints
what is not named.
"""

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.verification.check import check_text

NOTES = Path(__file__).parent / "data" / "unseen_omissions.toml"


def main() -> int:
    asked = argparse.ArgumentParser(description="Notes without one fact, and untouched.")
    asked.add_argument("--list", action="store_true", help="print the facts that are not named")
    options = asked.parse_args()
    notes = tomllib.loads(NOTES.read_text(encoding="utf-8"))["notes"]
    facts, named = Counter[str](), Counter[str]()
    for note, fact in _facts(notes):
        is_named = any(word in told for word in fact["names"] for told in _told(note, fact["drop"]))
        facts[fact["kind"]] += 1
        named[fact["kind"]] += is_named
        if options.list and not is_named:
            print(f"- {note['name']}, {fact['kind']}: {fact['drop']}")
    print("| kind | facts | named |\n|---|---|---|")
    for kind, count in facts.most_common():
        print(f"| {kind} | {count} | {named[kind] / count:.3f} |")
    print(f"| all | {facts.total()} | {named.total() / facts.total():.3f} |")
    false = sum(len(_told(note, "")) for note in notes)
    print(f"\nFalse omissions of {len(notes)} untouched notes: {false / len(notes):.2f} a note.")
    return 0


def _facts(notes: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    yield from ((note, fact) for note in notes for fact in note["facts"])


def _told(note: dict[str, Any], drop: str) -> list[str]:
    """Each omission of the note without `drop`, in small letters."""
    source = {"id": note["name"], "text": note["source"], "date": note["date"]}
    summary = note["source"].replace(drop, "") if drop else note["source"]
    answer = check_text([source], summary, summary_type=note["type"])
    return [f"{each['fact']} {each.get('reason', '')}".casefold() for each in answer["omissions"]]


if __name__ == "__main__":
    sys.exit(main())
