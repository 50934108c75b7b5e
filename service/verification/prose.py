"""What must not be lost of sources that are only prose: allergies, medicines with dose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.drafting.words import mentions
from service.retrieval.sentences import sentence_spans
from service.summary.vocabulary import Severity
from service.verification.facts import drugs, facts
from service.verification.lexical import Source
from service.verification.models import Omission, Span
from service.verification.words import stem, stems

ALLERGY = ("allerg", "anaphyla")


@dataclass(frozen=True)
class MustSay:
    """Something prose says that a summary must carry: it does when it has all of `words`."""

    words: frozenset[str]
    omission: Omission


def must_say(sources: Iterable[Source]) -> list[MustSay]:
    """Each thing once, by the words that name it."""
    found: dict[tuple[str, frozenset[str]], MustSay] = {}
    for source in sources:
        for start, end in sentence_spans(source.text):
            for each in _sentence(source, start, end):
                found.setdefault((each.omission.kind, each.words), each)
    return list(found.values())


def _sentence(source: Source, start: int, end: int) -> Iterator[MustSay]:
    text = source.text[start:end]
    if mentions(text, ALLERGY):
        yield from _allergies(source, start, end)
    elif any(fact.check == "dose" for fact in facts(text)):
        for drug in drugs(text):
            yield _must(source, start, end, "medication", stems(drug.said), Severity.MAJOR)


def _allergies(source: Source, start: int, end: int) -> Iterator[MustSay]:
    named = list(drugs(source.text[start:end]))
    for drug in named:
        yield _must(source, start, end, "allergy", stems(drug.said), Severity.MAJOR)
    if not named:
        words = frozenset({stem("allergies")})
        yield _must(source, start, end, "allergy", words, Severity.MAJOR)


def _must(
    source: Source, start: int, end: int, kind: str, words: frozenset[str], severity: Severity
) -> MustSay:
    quote = source.text[start:end]
    span = Span(source.id, start, end, quote)
    fact = " ".join(quote.split())[:300]
    return MustSay(words, Omission(kind, fact, severity, "The sources say so.", (span,)))
