"""`python -m tests.benchmarks.story_facts`: which facts of the stories the drafts carry.

Prints, for each story and summary type that it suits, carried / expected facts by kind, the
number of statements, and every sentence stated that must not be. `--missing` lists the facts not
carried, `--text` prints the drafts. Exit 1 when something is stated that must not be.

Drafts are made from the bundle in memory, with access decided as by the service; no vector store
is asked, so what only semantic search would find counts as missing here.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from fhir_fixtures import stories
from fhir_fixtures.stories import Story
from service.chart.models import SourceRecord
from service.drafting.coverage import Unread
from service.drafting.draft import draft_request
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.drafting.quotes import find
from service.drafting.request import DraftRequest
from service.drafting.telling.compose import compose
from service.drafting.telling.given import with_facts
from service.drafting.telling.glue import BETWEEN, CONFLICT
from service.drafting.words import mentions
from service.reading.lexicon import stem, tokens
from service.reading.sentences import sentence_spans
from service.reading.values import agrees, values
from service.retrieval.evidence import Gathered, SectionQuery
from service.summary.document import Document, Statement
from service.summary.vocabulary import SummaryType
from service.verification.charts import records_of
from service.verification.omission.owing import owing

ENOUGH = 0.75  # a statement that has this share of a fact's words, and all its values, carries it
DATED = len(". (2026-08-26)")  # characters behind a quote in which its day stands
SHORTEST = 2  # characters; what is not longer joins words and tells nothing
COUNTED = ("dose", "date", "score", "level", "number", "frequency", "quantity")
FAMILY = (
    "mother",
    "father",
    "sister",
    "brother",
    "aunt",
    "uncle",
    "family history",
    "grand",
    "parent",
    "cousin",
    "wife",
    "husband",
)
DENYING = (
    "not",
    "no",
    "denies",
    "denied",
    "never",
    "wrong",
    "error",
    "declined",
    "disputed",
    "removed",
    "stopped",
    "ended",
)

CORRECTING = ("wrong", "chart said", "corrected", "error")


@dataclass(frozen=True)
class Opened:
    """A story's chart as drafting sees it, without a vector store."""

    records: list[SourceRecord]
    withheld: tuple[str, ...] = ()

    def gather(self, query: SectionQuery) -> Gathered:
        return Gathered([], 0, query.words)


@dataclass
class Scored:
    """One draft against what its story expects."""

    story: str
    summary_type: SummaryType
    document: Document
    seconds: float
    expected: Counter[str] = field(default_factory=Counter)
    carried: Counter[str] = field(default_factory=Counter)
    missing: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def scored(story: Story, summary_type: SummaryType) -> Scored:
    """The extractive draft of this type, and how it does."""
    request = request_for(story.name, summary_type)
    begin = time.perf_counter()
    told = with_facts(replace(request, owing=owing), on=_last_day(request))
    document = compose(told, ExtractiveWriter().write(told), Unread()).document
    seconds = time.perf_counter() - begin
    found = Scored(story.name, summary_type, document, seconds)
    stated = [placed.statement for placed in document.placed()]
    for fact in story.expected["carries"]:
        found.expected[fact["kind"]] += 1
        if is_carried(fact, stated):
            found.carried[fact["kind"]] += 1
        else:
            found.missing.append(fact)
    found.violations = list(violations(story, document))
    return found


def _last_day(request: DraftRequest) -> str:
    """A story's today is the day of its newest record."""
    stamps = [r.effective_at for r in request.records if r.effective_at]
    return max(stamps).date().isoformat()


def request_for(name: str, summary_type: SummaryType) -> DraftRequest:
    chart = opened(name)
    return draft_request(packaged_prompts()[summary_type], chart, Unread())  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def opened(name: str) -> Opened:
    """The story's records that may be used."""
    return Opened(records_of(stories.story(name).bundle))


def is_carried(fact: dict[str, Any], stated: list[Statement]) -> bool:
    """Is the fact's quote told, word for word by sentences or in substance by one statement?"""
    quote = fact["quote"]
    pieces = [quote[start:end] for start, end in sentence_spans(quote)]
    if all(any(find(piece, s.text) for s in stated) for piece in pieces):
        return True
    return any(_in_substance(words, s.text) for s in stated for words in (quote, fact["fact"]))


def carrying(fact: dict[str, Any], document: Document) -> set[str]:
    """The sections of which a statement alone carries the fact."""
    return {p.section.key for p in document.placed() if is_carried(fact, [p.statement])}


def _in_substance(words: str, text: str) -> bool:
    wanted, said = _stems(words), _stems(text)
    if len(wanted & said) < ENOUGH * len(wanted):
        return False
    held = values(text)
    return all(agrees(each, held) for each in values(words) if each.what in COUNTED)


def _stems(text: str) -> set[str]:
    return {stem(token.key) for token in tokens(text) if len(token.key) > SHORTEST}


def violations(story: Story, document: Document) -> Iterator[str]:
    """What the draft states that it must not, each as one line."""
    barred = {*story.expected["withheld"], *story.expected["not_evidence"]}
    for placed in document.placed():
        text, where = placed.statement.text, placed.section.key
        if text.startswith(f"{CONFLICT}: "):
            continue  # both sides are told, and that they cannot both be so
        for citation in placed.statement.citations:
            if citation.source_ref in barred:
                yield f"[{where}] cites {citation.source_ref}"
        for bait in story.expected["must_not_state"]:
            if any(is_stated(bait, each) for each in text.split(BETWEEN)):
                yield f"[{where}] {bait['fact']} <- {text}"
    yield from (
        f"old name {name}" for name in old_names(story) if mentions(document.text(), [name])
    )


def is_stated(bait: dict[str, Any], text: str) -> bool:
    """Does the statement have the bait's words as a fact about the patient?

    A relative's illness told as the relative's, words that deny or correct the fact, and a dated
    event where only "now" is wrong, are no violation.
    """
    quote = bait.get("quote")
    if not quote or not find(quote, text):
        return False
    is_familys = mentions(text[: text.find(quote) + len(quote)], FAMILY)
    denies = mentions(quote, DENYING) and not mentions(bait["fact"], DENYING)
    dated = quote + text[text.find(quote) + len(quote) :][:DATED]
    is_past = mentions(bait["fact"], ("now", "is pregnant")) and bool(re.search(r"\d", dated))
    return not (is_familys or denies or is_past or mentions(text, CORRECTING))


def old_names(story: Story) -> set[str]:
    """Given names that the patient has left."""
    (patient,) = story.of_type("Patient")
    used = {g for n in patient.get("name", ()) if n.get("use") != "old" for g in n.get("given", ())}
    old = {g for n in patient.get("name", ()) if n.get("use") == "old" for g in n.get("given", ())}
    return old - used


def all_scored() -> Iterator[Scored]:
    for name in stories.names():
        story = stories.story(name)
        for each in story.expected["summary_types"]:
            yield scored(story, SummaryType(each))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--missing", action="store_true", help="list the facts not carried")
    asked.add_argument("--text", metavar="STORY", help="print this story's drafts")
    options = asked.parse_args()
    found = list(all_scored())
    if options.text:
        for each in (s for s in found if s.story == options.text):
            print(each.document.text(), "\n" + "=" * 80)
        return 0
    for each in found:
        _print(each, missing=options.missing)
    _print_totals(found)
    return 1 if any(each.violations for each in found) else 0


def _print(each: Scored, *, missing: bool) -> None:
    statements = len(each.document.placed())
    print(
        f"{each.story} / {each.summary_type}: {each.carried.total()}/{each.expected.total()} "
        f"carried, {statements} statements, {each.seconds:.2f} s"
    )
    print("   " + ", ".join(f"{k} {each.carried[k]}/{n}" for k, n in each.expected.items()))
    for line in each.violations:
        print(f"   MUST NOT STATE {line}")
    for fact in each.missing if missing else ():
        print(f"   missing {fact['kind']}: {fact['quote']!r} ({fact['source']})")


def _print_totals(found: list[Scored]) -> None:
    print("\n| kind | carried | expected |\n|---|---|---|")
    carried = sum((each.carried for each in found), Counter())
    expected = sum((each.expected for each in found), Counter())
    for kind, count in sorted(expected.items()):
        print(f"| {kind} | {carried[kind]} | {count} |")
    print(f"| all | {carried.total()} | {expected.total()} |")
    print(f"\nmust not state: {sum(len(each.violations) for each in found)}")


if __name__ == "__main__":
    sys.exit(main())
