"""A model's statements tied to the chart: a citation that is not there never survives."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from service.chart.models import SourceRecord
from service.drafting.citing import cite
from service.drafting.model.asked_for import only_asked_for
from service.drafting.model.carried import not_carried
from service.drafting.model.masking import PLACEHOLDER, Mask
from service.drafting.model.numbered import Numbered
from service.drafting.model.schema import CitationAnswer, SectionAnswer, StatementAnswer
from service.drafting.quotes import Match, find, has_words, nearest
from service.drafting.request import Dropped
from service.facts.fact import ReadRecord
from service.reading.invisible import visible
from service.retrieval.evidence import Evidence
from service.summary.document import Citation, Statement

LONGEST_STATEMENT = 1_000
# Tags, links and addresses: a statement on a patient has none, and each may act when it is shown.
ACTIVE = re.compile(r"<\s*+(?:[/!]\s*+)?[a-z]|\]\(|\b(?:https?://|mailto:|www\.)", re.IGNORECASE)
ONLY_ASKED = "The source asks for this to be written; it does not say that it is so."
ALIKE = 0.9  # an uncited statement is tied to evidence that has nearly its own words, never less


@dataclass(frozen=True)
class Ground:
    """What the statements of one answer may stand on. `evidence` by the id that the model saw."""

    section: str
    writer: str
    evidence: Mapping[str, Evidence]
    records: Mapping[str, SourceRecord]
    mask: Mask
    facts: Mapping[str, Numbered]
    read: Mapping[str, ReadRecord]


class Grounded(NamedTuple):
    """A statement with its citations, and the facts among these; `wrong` says what it has of its
    own that those do not, None where all is theirs."""

    statement: Statement
    facts: tuple[Numbered, ...] = ()
    wrong: str | None = None


def ground(answer: SectionAnswer, on: Ground) -> tuple[list[Grounded], list[Dropped]]:
    """Statements with citations that hold, and those that could not be cited, with the reason."""
    stated, dropped = [], []
    for each in answer.statements:
        text = " ".join(visible(on.mask.show(each.text)).split())[:LONGEST_STATEMENT]
        unfit = PLACEHOLDER.search(text) or ACTIVE.search(text)
        facts = [] if unfit else _facts(each, on)
        citations = [] if unfit else _citations(text, each, on, by_words=not facts)
        borne = [citation for citation in citations if not _is_order(text, citation, on)]
        if borne or facts:
            stated.append(_grounded(text, borne, tuple(facts), on))
        else:
            why = ONLY_ASKED if citations else _why(text, each, on)
            dropped.append(Dropped(on.section, text, why))
    return stated, dropped


def _grounded(
    text: str, quoted: list[Citation], facts: tuple[Numbered, ...], on: Ground
) -> Grounded:
    cited = dict.fromkeys([*quoted, *(c for fact in facts for c in fact.citations)])
    wrong = not_carried(text, facts, quoted, on.read) if facts else None
    return Grounded(Statement(text, tuple(cited), on.writer), facts, wrong)


def _facts(statement: StatementAnswer, on: Ground) -> list[Numbered]:
    """Those that it cites; the words of their sources need not be quoted."""
    named = (on.facts.get(_id(each)) for each in statement.citations)
    return list(dict.fromkeys(fact for fact in named if fact))


def _is_order(text: str, cited: Citation, on: Ground) -> bool:
    return only_asked_for(text, on.records[cited.record_id].text, cited.start, cited.end)


def _citations(
    text: str, statement: StatementAnswer, on: Ground, *, by_words: bool
) -> list[Citation]:
    found = [citation for each in statement.citations if (citation := _place(each, on))]
    if found or not by_words:
        return list(dict.fromkeys(found))
    matched = (_by_words(text, each, on) for each in on.evidence.values())
    return [citation for citation in matched if citation][:1]


def _place(answer: CitationAnswer, on: Ground) -> Citation | None:
    """The quote at its exact place in the record of the evidence that was named."""
    evidence = on.evidence.get(_id(answer))
    if evidence is None or not answer.quote.strip():
        return None
    return _cited(evidence, find(on.mask.show(answer.quote), _passage(evidence, on)), on)


def _by_words(text: str, evidence: Evidence, on: Ground) -> Citation | None:
    """Nearly its own words, and no other: one word more may be "mild" in the place of "severe"."""
    passage = _passage(evidence, on)
    if not has_words(text, passage):
        return None
    return _cited(evidence, nearest(text, passage, at_least=ALIKE), on)


def _passage(evidence: Evidence, on: Ground) -> str:
    return on.records[evidence.record_id].text[evidence.start : evidence.end]


def _cited(evidence: Evidence, match: Match | None, on: Ground) -> Citation | None:
    if match is None:
        return None
    start = evidence.start
    return cite(on.records[evidence.record_id], start + match.start, start + match.end)


def _id(answer: CitationAnswer) -> str:
    return answer.evidence_id.strip().strip("[]")


def _why(text: str, statement: StatementAnswer, on: Ground) -> str:
    if PLACEHOLDER.search(text):
        return "The writer named somebody whom the chart does not."
    if ACTIVE.search(text):
        return "The writer put markup or an address into it."
    if not statement.citations:
        return "The writer cited nothing, and no evidence has these words."
    if not any(_id(c) in on.evidence for c in statement.citations):
        return "The writer cited evidence that does not exist."
    return "The writer's quote is not in the evidence that it cited."
