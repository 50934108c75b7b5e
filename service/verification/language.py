"""Words that judge, quotations that changed, idioms made diagnoses; a rewrite is only offered."""

from collections.abc import Iterator

from service.drafting.language import Judgement, is_negated, judgements
from service.drafting.quotation import quotations
from service.drafting.quotes import find, nearest
from service.summary.vocabulary import FindingKind, Severity
from service.verification.heard import Heard, diagnoses, idioms, starts_in
from service.verification.models import FindingDraft

# The check of each kind of language finding. `source` of such a finding holds the words that are
# offered in place of `said`, or nothing where only a person can find them.
JUDGES, QUOTATION, UNMARKED, IDIOM = "language", "quotation", "unmarked-quotation", "idiom"
LONGEST = 100_000  # characters in which the nearest wording of a quotation is looked for


def language_findings(index: int, text: str) -> Iterator[FindingDraft]:
    """A minor finding for each judging word, except in quoted words or its clinical sense."""
    for each in judgements(text):
        yield FindingDraft(
            FindingKind.LANGUAGE,
            Severity.MINOR,
            JUDGES,
            _message(each),
            index,
            each.said,
            each.rewrite,
        )


def _message(judgement: Judgement) -> str:
    offered = (
        f"Offered instead: “{judgement.rewrite}”"
        if judgement.rewrite
        else (f"Consider: {judgement.advice}")
    )
    return f"“{judgement.said}” {judgement.why}. {offered}. ({'; '.join(judgement.sources)})"


def in_offered_words(text: str) -> str:
    """The text as it reads with every offered rewrite taken."""
    for each in reversed(judgements(text)):
        if each.rewrite:
            text = text[: each.start] + each.rewrite + text[each.end :]
    return text


def faithful_words(index: int, text: str, sources: Heard) -> Iterator[FindingDraft]:
    """Whether people's own words came through: quotations exact and marked, idioms as said."""
    if sources.words:
        yield from _altered(index, text, sources)
        yield from _unmarked(index, text, sources)
        yield from _made_diagnoses(index, text, sources)


def _altered(index: int, text: str, sources: Heard) -> Iterator[FindingDraft]:
    """Major: the words in quotation marks were not said so."""
    for start, end in quotations(text):
        quotation = text[start:end]
        if len(quotation.split()) > 1 and not sources.says(quotation):
            yield FindingDraft(
                FindingKind.LANGUAGE,
                Severity.MAJOR,
                QUOTATION,
                f"{quotation} stands in quotation marks, but no source has these words. Put the "
                "words of the source there, or take the marks out.",
                index,
                quotation,
                _as_said(quotation, sources),
            )


def _as_said(quotation: str, sources: Heard) -> str:
    """The quotation of the sources that reads most like it, in the same marks; or nothing."""
    inside = quotation[1:-1]
    for said in sources.quoted.values():
        if len(said) <= LONGEST and (match := nearest(inside, said, at_least=0.8)):
            return f"{quotation[0]}{said[match.start : match.end].strip()}{quotation[-1]}"
    return ""


def _unmarked(index: int, text: str, sources: Heard) -> Iterator[FindingDraft]:
    marked = quotations(text)
    for said in dict.fromkeys(sources.quoted.get(start, "") for start in starts_in(text)):
        place = find(said.strip(" .,;"), text) if said else None
        if place and not any(a < place.end and place.start < b for a, b in marked):
            words = text[place.start : place.end]
            yield FindingDraft(
                FindingKind.LANGUAGE,
                Severity.MINOR,
                UNMARKED,
                "These words stand in quotation marks in the source: somebody said them. Mark "
                "them as theirs.",
                index,
                words,
                f"“{words}”",
            )


def _made_diagnoses(index: int, text: str, sources: Heard) -> Iterator[FindingDraft]:
    """Major: a diagnosis that no source makes, where a source has an idiom read as it."""
    made = {name for number in sources.idioms for name in idioms()[number].into}
    for name in sorted(made - sources.diagnoses):
        match = diagnoses()[name].search(text)
        if match and not is_negated(text[: match.start()]):
            yield FindingDraft(
                FindingKind.LANGUAGE,
                Severity.MAJOR,
                IDIOM,
                f"“{match[0]}” is said by no source. The source has the person’s own words of "
                "distress, which are no diagnosis. Quote them.",
                index,
                match[0],
            )


def offers_rewrite(kind: FindingKind, source: str) -> bool:
    """Does a finding of this kind hold words that may be taken as they stand?"""
    return kind is FindingKind.LANGUAGE and bool(source)


def with_rewrite(text: str, said: str, rewrite: str) -> str | None:
    """The statement with the offered words in place, what is quoted left alone; None where the
    judging words are not there (any more)."""
    marked = quotations(text)
    at = text.find(said)
    while at >= 0 and any(a < at < b for a, b in marked):
        at = text.find(said, at + 1)
    return None if at < 0 else text[:at] + rewrite + text[at + len(said) :]
