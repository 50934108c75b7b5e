"""`python -m tests.benchmarks.hostile`: bad input for the check, from empty to hostile.

Each case is answered or refused in words; a crash, or a case over the bound, makes exit 1. Then
charts and texts damaged at random for `--seconds` (seeded): no exception but a refusal may come.
"""

import argparse
import copy
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fhir_fixtures import stories
from service.errors import BadInput
from service.verification.check import check_text

BOUND_S = 120.0  # for 5,000,000 characters on one core
NOTE = (
    "Maria takes sertraline 50 mg daily. Denies SI. Allergic to penicillin (anaphylaxis). "
    "PHQ-9 was 14 on 05/01/2026. "
)
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    "",
    "\x00",
    "\u202e",
    "9" * 5_000,
    "a" * 50_000,
    [],
    {},
    [[]],
    {"a": {}},
    "2026-99-99",
    "Patient/../../x",
    "urn:uuid:",
    "data:;base64,####",
]


def cases() -> Iterator[tuple[str, str, str]]:
    """(name, source, summary)."""
    yield from (("empty", "", ""), ("empty summary", NOTE, ""), ("empty source", "", NOTE))
    yield "binary", "".join(map(chr, range(256))) * 1_000, "".join(map(chr, range(256))) * 60
    yield "NUL", NOTE, "\x00" * 1_000_000
    yield "halves of surrogate pairs", NOTE + "\ud800", "Takes \udfff sertraline 50 mg. " * 300
    yield "right to left", NOTE, "\u202eמריה נוטלת סרטרלין 50 מ״ג ביום.\n" * 2_000
    yield "mixed scripts", NOTE, "Мария takes セルトラリン 50 mg Ὀλίγα. " * 2_000
    yield "combining marks", NOTE, "e\u0301" * 300_000
    yield "10,000 statements", NOTE, NOTE * 2_500
    yield "10,001 statements", NOTE, "Well.\n" * 10_001
    yield "one sentence of 1 MB", NOTE, "takes sertraline " * 58_000
    yield "one sentence of 1 MB as source", "takes sertraline " * 58_000, NOTE
    yield "one number of 1 MB as source", "9" * 1_000_000, NOTE
    yield "one word of 1 MB as source", "x" * 1_000_000, NOTE
    yield "4 MB of blanks", NOTE, " " * 4_000_000
    yield "quotation marks", '"a b c d" ' * 100_000, '"' * 500_000
    yield "brackets", NOTE, "(" * 200_000 + ")" * 200_000
    yield "negations", "no not without never " * 20_000, "No not without never. " * 500
    yield "titles", NOTE, "Mr. " * 4_900
    yield "5 MB, one note again and again", NOTE * 35_000, NOTE * 3
    yield "over 5 MB", NOTE * 50_000, NOTE


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--seconds", type=float, default=20.0, help="how long to damage at random")
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    print("| case | characters | seconds | answer |\n|---|---|---|---|")
    good = [_print(*each) for each in cases()]
    return int(not all(good) or not _damaged(options.seconds, random.Random(options.seed)))


def _print(name: str, source: str, summary: str) -> bool:
    begin = time.perf_counter()
    said, is_good = answered([{"id": "s", "text": source}], summary)
    seconds = time.perf_counter() - begin
    print(f"| {name} | {len(source) + len(summary):,} | {seconds:.2f} | {said} |", flush=True)
    return is_good and seconds <= BOUND_S


def answered(sources: list[Any], summary: str, chart: Any = None) -> tuple[str, bool]:
    """What came of it in a few words, and whether that is an answer or a refusal."""
    try:
        answer = check_text(sources, summary, chart=chart)
    except BadInput as refusal:
        return f"refused: {refusal}", True
    except Exception as error:
        return f"CRASHED: {type(error).__name__}", False
    return f"{len(answer['statements']):,} statements", True


def _damaged(seconds: float, chance: random.Random) -> bool:
    bundles = [stories.story(name).bundle for name in stories.names()]
    until, outcomes = time.monotonic() + seconds, Counter[str]()
    while time.monotonic() < until:
        chart = small(chance.choice(bundles), chance)
        for _ in range(chance.randint(1, 6)):
            damage(chart, chance)
        said, is_good = answered([], mangled(NOTE, chance), chart)
        outcomes[said if not is_good else said.partition(":")[0].partition(" ")[2] or said] += 1
    print(
        f"\n{outcomes.total()} charts damaged at random: "
        + ", ".join(f"{number} {said}" for said, number in outcomes.most_common())
    )
    return not any(said.startswith("CRASHED") for said in outcomes)


def small(bundle: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A few entries of a chart, so that many charts a second can be damaged."""
    entries = chance.sample(bundle["entry"], min(8, len(bundle["entry"])))
    return copy.deepcopy({**bundle, "entry": entries})


def damage(chart: dict[str, Any], chance: random.Random) -> None:
    """Put something odd in place of a value somewhere, take it out, or nest it deep."""
    holder: Any = chart["entry"]
    for _ in range(chance.randint(1, 9)):
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return
        key = chance.choice(keys)
        inside = holder[key]
        if not isinstance(inside, dict | list) or not inside or chance.random() < 0.15:
            _spoil(holder, key, chance)
            return
        holder = inside


def _spoil(holder: Any, key: Any, chance: random.Random) -> None:
    how = chance.random()
    if how < 0.2:
        del holder[key]
    elif how < 0.3:
        holder[key] = nested(chance.choice([5, 200, 900]))
    else:
        holder[key] = copy.deepcopy(chance.choice(ODD))


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"extension": [found]}
    return found


def mangled(text: str, chance: random.Random) -> str:
    """Characters of any kind thrown into a text."""
    kept = list(text)
    for _ in range(chance.randint(0, 30)):
        kept[chance.randrange(len(kept))] = chr(chance.choice([0, 10, 34, 0x202E, 0xD800, 0x1F642]))
    return "".join(kept)


if __name__ == "__main__":
    sys.exit(main())
