"""`python -m tests.benchmarks.risk_traps`: are altered statements on risk flagged?

Each hand-written trap of data/risk_traps.toml is a source with summaries. A summary is *flagged*
when `check_text` finds one of its statements contradicted or not found, or names risk of the
source that it does not carry. Every altered summary must be flagged, no faithful one may be.
Rules were written while looking at the odd traps only. `--misses` prints those of the odd traps,
`--all` of all.
"""

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from service.verification.check import check_text

TRAPS = Path(__file__).parent / "data" / "risk_traps.toml"
ALTERED = ("flip", "drop", "invent", "redate")
KINDS = (*ALTERED, "faithful")


class Tried(NamedTuple):
    """One summary of one trap. `why` says what flagged it, one line each."""

    number: int
    how: str
    source: str
    summary: str
    why: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return bool(self.why) == (self.how != "faithful")

    @property
    def is_seen(self) -> bool:
        return self.number % 2 == 1


def tried() -> Iterator[Tried]:
    traps = tomllib.loads(TRAPS.read_text(encoding="utf-8"))["trap"]
    for number, trap in enumerate(traps, 1):
        texts = trap.get("sources") or [trap["source"]]
        for how in KINDS:
            for summary in trap.get(how, ()):
                yield Tried(number, how, " // ".join(texts), summary, flags(texts, summary))


def flags(texts: list[str], summary: str) -> tuple[str, ...]:
    sources = [{"id": str(n), "text": text} for n, text in enumerate(texts, 1)]
    answer: dict[str, Any] = check_text(sources, summary)
    doubted = [
        f"{each['support']}: {each['text']} {each['reasons'][:2]}"
        for each in answer["statements"] if each["support"] in ("contradicted", "not-found")
    ]  # fmt: skip
    missing = [f"omitted: {o['fact']}" for o in answer["omissions"] if o["kind"] == "risk"]
    return (*doubted, *missing)


def main() -> int:
    asked = argparse.ArgumentParser(description="Altered and faithful statements on risk.")
    asked.add_argument("--misses", action="store_true", help="list the misses of the odd traps")
    asked.add_argument("--all", action="store_true", help="list all misses")
    options = asked.parse_args()
    found = list(tried())
    _print_table(found)
    for each in found:
        if not each.is_right and (options.all or (options.misses and each.is_seen)):
            print(f"\n{each.number} {each.how}: {each.summary}\n   source: {each.source}")
            print("".join(f"   {why}\n" for why in each.why), end="")
    return 0 if all(each.is_right for each in found) else 1


def _print_table(found: list[Tried]) -> None:
    print(f"{max(each.number for each in found)} traps\n")
    print("| summaries | seen (odd traps) | unseen (even) | all | by the statement itself |")
    print("|---|---|---|---|---|")
    for how in KINDS:
        cells = []
        for half in (True, False, None):
            mine = [e for e in found if e.how == how and half in (None, e.is_seen)]
            flagged = Counter(bool(e.why) for e in mine)[True]
            cells.append(f"{flagged} of {len(mine)} flagged")
        named = sum(any(not why.startswith("omitted") for why in e.why)
                    for e in found if e.how == how)  # fmt: skip
        print(f"| {how} | {' | '.join(cells)} | {named} |")


if __name__ == "__main__":
    sys.exit(main())
