"""`python -m tests.benchmarks.speed`: statements checked a second, by the size of the chart.

A chart is made (seeded) of dated notes with 1,000 and with 10,000 different sentences. *Reading* is
the time that the sentences and their index take, once a record version. *60 statements* are those
of a draft, a third of them true, a third altered, a third about nothing in the chart, beside the
whole chart: without a scorer, and with the small one. All are seconds of the clock, once the word
lists and the network are loaded. *Memory* is what the chart read and indexed adds to the process
(tracemalloc, a run of its own, because it slows the clock).
"""

import random
import sys
import time
import tracemalloc
from collections.abc import Iterator

from service.reading.read import read_statement
from service.verification.bearing.assess import assess
from service.verification.bearing.closest import Closest
from service.verification.bearing.judge import judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_text
from tests.benchmarks.rates import shipped

SIZES = (1_000, 10_000)
STATEMENTS = 60
_DRUGS = ("sertraline", "lithium", "quetiapine", "trazodone", "prazosin", "metformin", "lisinopril")
_SIGNS = (
    "insomnia",
    "low mood",
    "panic attacks",
    "nausea",
    "headache",
    "tremor",
    "nightmares",
    "irritability",
    "poor appetite",
    "back pain",
    "fatigue",
    "dizziness",
)
_PEOPLE = ("mother", "sister", "wife", "case manager", "daughter", "therapist")
_SHAPES = (
    "{drug} {dose} mg {often} since {date}.",
    "Reports {sign} for {n} weeks, worse at night, and asked about {drug}.",
    "PHQ-9 {n} on {date}; {sign} improved.",
    "Denies {sign} and suicidal ideation; lives with {who}.",
    "{who} called on {date} about {sign} after {n} missed doses of {drug}.",
)


def main() -> int:
    print("| passages | reading, s | 60 statements, s | with the small scorer, s | memory, MB |")
    print("|---|---|---|---|---|")
    for size in SIZES:
        print("| " + " | ".join(_measured(size)) + " |", flush=True)
    return 0


def _measured(size: int) -> tuple[str, ...]:
    sentences = list(_chart(size, random.Random(size)))
    begin = time.perf_counter()
    pool = _pool(sentences)
    reading_s = time.perf_counter() - begin
    statements = _statements(sentences, random.Random(1))
    _seconds(statements[:3], pool, scored=True)
    plain, scored = (_seconds(statements, pool, scored=each) for each in (False, True))
    memory = _memory_mb(sentences)
    return f"{size:,}", f"{reading_s:.2f}", f"{plain:.2f}", f"{scored:.2f}", f"{memory:.0f}"


def _seconds(statements: list[str], pool: Pool, *, scored: bool) -> float:
    meaning = shipped()
    begin = time.perf_counter()
    judged = [judge(read_statement(each), pool) for each in statements]
    assess(judged, Closest(pool, meaning["embed"]), meaning["scorer"] if scored else None)
    return time.perf_counter() - begin


def _pool(sentences: list[str]) -> Pool:
    """Twenty sentences a note."""
    return Pool(
        [
            of_text(f"note-{at}", "\n\n".join(sentences[at : at + 20]), "2026-05-01")
            for at in range(0, len(sentences), 20)
        ]
    )


def _memory_mb(sentences: list[str]) -> float:
    tracemalloc.start()
    pool = _pool(sentences)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held / 1e6 if pool.units else 0.0


def _chart(size: int, rng: random.Random) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < size:
        text = _sentence(rng)
        if text not in seen:
            seen.add(text)
            yield text


def _sentence(rng: random.Random) -> str:
    return rng.choice(_SHAPES).format(
        drug=rng.choice(_DRUGS).capitalize(),
        dose=rng.randrange(25, 400, 25),
        n=rng.randint(1, 27),
        often=rng.choice(("daily", "twice daily", "at bedtime")),
        sign=rng.choice(_SIGNS),
        who=rng.choice(_PEOPLE).capitalize(),
        date=f"20{rng.randint(10, 26)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    )


def _statements(sentences: list[str], rng: random.Random) -> list[str]:
    true = rng.sample(sentences, STATEMENTS // 3)
    changed = [text.replace(".", " today.") for text in rng.sample(sentences, STATEMENTS // 3)]
    strange = [f"Had a hernia repaired in {1950 + n}." for n in range(STATEMENTS // 3)]
    return [f"Noted: {text}" for text in true] + changed + strange


if __name__ == "__main__":
    sys.exit(main())
