"""Words that judge a person, in context: what drafts avoid and verification points at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from service.drafting.quotation import doubting_marks, quotations
from service.drafting.wordlist import Term, starts, terms

LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # unlike lower(), moves no offset
AROUND = 60  # characters on each side in which a term shows its ordinary clinical sense
_NEGATED = re.compile(
    r"\b(?:no|not|never|nor|neither|without|denie[sd]|denying|negative for|rather than|n['’]t)\b"
    r"(?:(?!\bbut\b|\bhowever\b|\balthough\b)[^.;:!?\n]){0,30}$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^an? (?=(\w))", re.IGNORECASE)


@dataclass(frozen=True)
class Judgement:
    """A judging word at text[start:end], why it judges, and what may stand in its place.

    `rewrite` takes the place of the words as they stand; it is "" where only a person can know
    what was meant, which `advice` then says.
    """

    start: int
    end: int
    said: str
    rewrite: str
    why: str
    advice: str
    sources: tuple[str, ...]
    leave_out: bool


def judgements(text: str) -> list[Judgement]:
    """Each judging word in order, except in quoted words or in its ordinary clinical sense."""
    quoted = quotations(text)
    found: list[Judgement] = []
    for start in (match.start() for match in starts().finditer(text.translate(LOWER))):
        begins_inside = any(a < start < b for a, b in quoted)
        if not begins_inside and (not found or start >= found[-1].end):
            longest = max(_at(text, start), key=lambda each: each.end, default=None)
            found += [longest] if longest else []
    doubts = [_doubt(text, *span) for span in doubting_marks(text)]
    return sorted([*found, *doubts], key=lambda each: each.start)


@lru_cache(maxsize=20_000)
def is_slur(text: str) -> bool:
    """Does the text judge the person's character or motive, and say nothing else by it?"""
    return any(each.leave_out for each in judgements(text))


def is_negated(before: str) -> bool:
    """Is what follows these words said not to be so?"""
    return bool(_NEGATED.search(before[-AROUND:]))


def _at(text: str, start: int) -> Iterator[Judgement]:
    for term in terms():
        match = term.pattern.match(text, start)
        if match and match.end() > start and _judges(term, text, match):
            yield Judgement(
                start,
                match.end(),
                match[0],
                _as_cased(match, term.rewrite),
                term.why,
                term.advice,
                term.sources,
                term.leave_out,
            )


def _judges(term: Term, text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - AROUND) : match.start()]
    return not (
        (term.before and not term.before.search(before))
        or (term.after and not term.after.match(text, match.end()))
        or (term.spares_negated and is_negated(before))
        or any(_overlaps(each, text, match) for each in term.unless)
    )


def _overlaps(sense: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    low, high = max(0, match.start() - AROUND), match.end() + AROUND
    near = sense.finditer(text, low, high)
    return any(each.start() < match.end() and each.end() > match.start() for each in near)


def _as_cased(match: re.Match[str], template: str) -> str:
    """The rewrite with "a" or "an" as it needs, begun with a capital where the words were."""
    rewrite = _ARTICLE.sub(lambda a: "an " if a[1] in "aeiou" else "a ", match.expand(template))
    return rewrite[:1].upper() + rewrite[1:] if match[0][:1].isupper() else rewrite


def _doubt(text: str, start: int, end: int) -> Judgement:
    return Judgement(
        start,
        end,
        text[start:end],
        text[start + 1 : end - 1],
        "casts doubt by its quotation marks on what the person has or is",
        "leave the marks out, or say whose words they are",
        ("Goddu 2018", "Park 2021"),
        False,
    )
