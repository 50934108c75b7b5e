"""`python -m tests.benchmarks.risk_traps`: are altered statements on risk flagged?

Each hand-written trap of data/risk_traps.toml is a source with summaries. A summary is *flagged*
when `check_text` finds one of its statements contradicted or not found, or names risk of the
source that it does not carry. Every altered summary must be flagged, no faithful one may be.
The misses of all traps have been looked at since, so the table is no estimate for unseen text. At
first sight, before any of their misses was looked at, the even ones of the first 106 had 119 of 125
altered summaries flagged and 7 of 63 faithful ones; the next 20 had 45 of 46 and 3 of 21; half c,
51 traps, 148 of 165 and 26 of 63; half d, 12
traps written once these were mended, 35 of 37 and 4 of 12.
`--misses` lists the misses.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from service.verification.check import check_text
from tests.benchmarks.rates import shipped

TRAPS = Path(__file__).parent / "data" / "risk_traps.toml"
ALTERED = ("flip", "drop", "invent", "redate")
KINDS = (*ALTERED, "faithful")


class Tried(NamedTuple):
    """One summary of one trap. `why` says what flagged it, one line each."""

    number: int
    half: str
    how: str
    source: str
    summary: str
    why: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return bool(self.why) == (self.how != "faithful")


def tried() -> Iterator[Tried]:
    traps = tomllib.loads(TRAPS.read_text(encoding="utf-8"))["trap"]
    for number, trap in enumerate(traps, 1):
        texts = trap.get("sources") or [trap["source"]]
        for how in KINDS:
            for summary in trap.get(how, ()):
                yield Tried(
                    number,
                    trap.get("half", "ab"),
                    how,
                    " // ".join(texts),
                    summary,
                    flags(texts, summary),
                )


def flags(texts: list[str], summary: str) -> tuple[str, ...]:
    sources = [{"id": str(n), "text": text} for n, text in enumerate(texts, 1)]
    answer: dict[str, Any] = check_text(sources, summary, **shipped())
    doubted = [
        f"{each['support']}: {each['text']} {each['reasons'][:2]}"
        for each in answer["statements"]
        if each["support"] in ("contradicted", "not-found")
    ]
    missing = [f"omitted: {o['fact']}" for o in answer["omissions"] if o["kind"] == "risk"]
    return (*doubted, *missing)


def main() -> int:
    asked = argparse.ArgumentParser(description="Altered and faithful statements on risk.")
    asked.add_argument("--misses", action="store_true", help="list the misses")
    options = asked.parse_args()
    found = list(tried())
    _print_table(found)
    for each in found:
        if options.misses and not each.is_right:
            print(f"\n{each.number} {each.how}: {each.summary}\n   source: {each.source}")
            print("".join(f"   {why}\n" for why in each.why), end="")
    return 0 if all(each.is_right or each.how == "faithful" for each in found) else 1


def _print_table(found: list[Tried]) -> None:
    print("| half | traps | summaries | tried | flagged | by the statement itself |")
    print("|---|---|---|---|---|---|")
    for half in ("ab", "c", "d"):
        of_half = [each for each in found if each.half == half]
        traps = len({each.number for each in of_half})
        for how in KINDS:
            _print_row(f"{half} | {traps} | {how}", [each for each in of_half if each.how == how])


def _print_row(name: str, mine: list[Tried]) -> None:
    flagged = sum(bool(each.why) for each in mine)
    named = sum(any(not why.startswith("omitted") for why in each.why) for each in mine)
    print(f"| {name} | {len(mine)} | {flagged} | {named} |")


if __name__ == "__main__":
    sys.exit(main())
