"""`python -m tests.benchmarks.injected`: planted errors found, and true sentences left alone.

Sentences and headlines of the stories' charts and, where they lie beside the project, of whole
Synthea patients are altered by one error each (tests/benchmarks/errors.py, seeded). *Cited*: the
statement cites the sentence that it was made from. *Chart*: it cites nothing and is checked against
every record of its patient. *Caught*: answered contradicted or not-found. *Flagged*: the same
answers for sentences that are untouched, or reworded by rules (tests/benchmarks/paraphrase.py).
Below stand the hand-written pairs of data/paraphrases.toml: `same` must be supported, `changed`
must not; half `a` was looked at while the engine was made, half `b` was not, half `c` was written
before the engine was asked and then looked at. `--list` prints misses and alarms (not of `b`),
`--quick` takes a tenth.
"""

import argparse
import json
import random
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fhir_fixtures import stories
from service.chart.models import SourceRecord
from service.reading.sentences import sentence_spans
from service.summary.document import Citation, Placed, Section, Statement
from service.summary.vocabulary import Support
from service.verification.charts import records_of
from service.verification.check import check_text
from service.verification.cited import Chart, assess_placed
from service.verification.models import Reason, Source, Span
from tests.benchmarks.errors import KINDS
from tests.benchmarks.paraphrase import lay, loose, turned, written
from tests.benchmarks.rates import shipped

SHARED = Path(__file__).parents[3] / "shared/data"
PAIRS = Path(__file__).parent / "data/paraphrases.toml"
SEED = 20261123
EACH = 180  # errors of a kind, where there are as many sentences that can bear one
TRUE = 600  # untouched sentences, and of each way to reword them
FORMS: dict[str, Callable[[str], str]] = {
    "untouched": str,
    "loose": loose,
    "turned": turned,
    "written": written,
    "lay words": lay,
}


@dataclass(frozen=True)
class Sentence:
    """A sentence of a chart, as what a statement cites."""

    chart: str
    record: SourceRecord
    span: Span

    @property
    def text(self) -> str:
        return self.span.quote


@dataclass(frozen=True)
class Case:
    """A statement made from a sentence. `kind` is of the error, or how it was reworded."""

    kind: str
    text: str
    of: Sentence


def main() -> int:
    asked = argparse.ArgumentParser(description="Planted errors and true sentences.")
    asked.add_argument("--list", action="store_true", help="print misses and alarms")
    asked.add_argument("--quick", action="store_true", help="a tenth of the cases")
    asked.add_argument("--pairs", action="store_true", help="only the hand-written pairs")
    options = asked.parse_args()
    part = 10 if options.quick else 1
    if not options.pairs:
        charts = dict(_charts())
        sentences = [each for name, records in charts.items() for each in _sentences(name, records)]
        random.Random(SEED).shuffle(sentences)
        _table("caught", list(_wrong(sentences, EACH // part)), charts, listed=options.list)
        _table("flagged", list(_true(sentences, TRUE // part)), charts, listed=options.list)
    _pairs(listed=options.list)
    return 0


def _charts() -> Iterator[tuple[str, list[SourceRecord]]]:
    for name in stories.names():
        yield name, records_of(stories.story(name).bundle)
    for folder in ("synthea-r4-behavioral", "synthea-r4-structured"):
        for path in sorted((SHARED / folder).glob("*.json"))[:3]:
            yield path.stem, records_of(json.loads(path.read_text(encoding="utf-8")))


def _sentences(chart: str, records: list[SourceRecord]) -> Iterator[Sentence]:
    """Each sentence once, of a length that a statement has; headlines of structured records."""
    seen: set[str] = set()
    for record in records:
        spans = sentence_spans(record.text) if record.is_note else [(0, record.text.find("\n"))]
        for start, end in spans:
            text = record.text[start:end]
            if text in seen or not 4 <= len(text.split()) <= 40 or "\n" in text:
                continue
            seen.add(text)
            span = Span(record.resource_ref, start, end, text, record.id)
            yield Sentence(chart, record, span)


def _wrong(sentences: list[Sentence], each: int) -> Iterator[Case]:
    rng = random.Random(SEED)
    for kind, inject in KINDS.items():
        made = ((inject(sentence.text, rng), sentence) for sentence in sentences)
        found = ((text, of) for text, of in made if text and text != of.text)
        yield from (Case(kind, text, of) for (text, of), _ in zip(found, range(each), strict=False))


def _true(sentences: list[Sentence], each: int) -> Iterator[Case]:
    for name, form in FORMS.items():
        made = ((form(sentence.text), sentence) for sentence in sentences)
        found = ((text, of) for text, of in made if name == "untouched" or text != of.text)
        yield from (Case(name, text, of) for (text, of), _ in zip(found, range(each), strict=False))


def _table(
    what: str, cases: list[Case], charts: dict[str, list[SourceRecord]], *, listed: bool
) -> None:
    """One row a kind: how many are flagged when cited, and against the whole chart."""
    cited = [_cited(case) for case in cases]
    whole = _in_chart(cases, charts)
    print(f"\n| kind | statements | {what}, cited | {what}, chart |\n|---|---|---|---|")
    for kind in [*dict.fromkeys(case.kind for case in cases), "all"]:
        at = [n for n, case in enumerate(cases) if kind in (case.kind, "all")]
        shares = (sum(bool(flags[n]) for n in at) / len(at) for flags in (cited, whole))
        print(f"| {kind} | {len(at)} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    for case, *flags in zip(cases, cited, whole, strict=True) if listed else ():
        for mode, flag in zip(("cited", "chart"), flags, strict=True):
            if bool(flag) != (what == "caught"):
                print(f"{mode} {case.kind}: {case.text!r} FROM {case.of.text!r} {flag}")


def _cited(case: Case) -> str:
    """Why a draft's statement is flagged; empty when it is not."""
    record, span = case.of.record, case.of.span
    cited = Citation(
        record.id, record.resource_ref, record.version, span.quote, span.start, span.end
    )
    statement = Statement(case.text, (cited,))
    placed = Placed(0, Section("all", "Everything"), statement, 0, len(case.text))
    found = assess_placed(placed, Chart([record], **shipped()))
    return "" if found.support in _QUIET else f"{found.support} {_told(found.reasons)}"


_QUIET = (Support.SUPPORTED, Support.NOT_CHECKABLE)


def _told(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(f"{r.check}: {r.said} / {r.source}" for r in reasons) or "few words"


def _in_chart(cases: list[Case], charts: dict[str, list[SourceRecord]]) -> list[str]:
    flags = [""] * len(cases)
    for name, records in charts.items():
        at = [n for n, case in enumerate(cases) if case.of.chart == name]
        sources = [Source(r.resource_ref, r.text, r.effective[:10]) for r in records]
        lines = [" ".join(cases[n].text.split()) for n in at]
        for number, flag in _flagged_lines(sources, lines):
            flags[at[number]] += flag
    return flags


def _flagged_lines(sources: list[Source], lines: list[str]) -> Iterator[tuple[int, str]]:
    """The number of each line that a flagged statement stands in, and why it is flagged."""
    starts = [sum(len(line) + 2 for line in lines[:n]) for n in range(len(lines))]
    for each in check_text(sources, "\n\n".join(lines), **shipped())["statements"]:
        if each["support"] not in _QUIET:
            number = max(n for n, start in enumerate(starts) if start <= each["start"])
            yield number, f"{each['support']} {each['reasons']}"


def _pairs(*, listed: bool) -> None:
    """The hand-written pairs, by half."""
    print("\n| half | pairs | paraphrase flagged | changed caught |\n|---|---|---|---|")
    for half, pairs in _halves().items():
        same = [_alone(text, source) for source, text, _ in pairs]
        changed = [_alone(text, source) for source, _, text in pairs]
        for number, (source, *texts) in enumerate(pairs) if listed and half != "b" else ():
            for kind, text, why in zip(
                ("same", "changed"), texts, (same[number], changed[number]), strict=True
            ):
                if bool(why) != (kind == "changed"):
                    print(f"{kind} ({half}): {text!r} FROM {source!r} {why}")
        shares = (sum(map(bool, flags)) / len(pairs) for flags in (same, changed))
        print(f"| {half} | {len(pairs)} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


def _halves() -> dict[str, list[list[str]]]:
    """`a` and `b` take turns in the first list; `c` was written after them."""
    written = tomllib.loads(PAIRS.read_text(encoding="utf-8"))
    return {"a": written["pairs"][::2], "b": written["pairs"][1::2], "c": written["later"]}


def _alone(text: str, source: str) -> str:
    """Why a text is flagged against this one source; empty when it is not."""
    return " ".join(why for _, why in _flagged_lines([Source("s", source)], [text]))


if __name__ == "__main__":
    sys.exit(main())
