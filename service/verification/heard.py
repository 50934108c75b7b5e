"""What the sources of a statement say in other people's words: quotations, idioms, diagnoses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from service.drafting.quotation import quotations
from service.verification.lists import load

SHORTEST = 4  # words; fewer are said by everybody and are nobody's quotation
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_GAP = re.compile(r"\.\.\.|…|\[[^\]\n]{0,80}\]")


@dataclass(frozen=True)
class Heard:
    """`words` are all words of a text in order; `quoted` maps the first words of each of its
    quotations to the quotation; the rest are keys of idioms.toml."""

    words: str
    quoted: dict[tuple[str, ...], str]
    idioms: frozenset[int]
    diagnoses: frozenset[str]

    def says(self, quotation: str) -> bool:
        """Are the quotation's words there in order? What it leaves out with "..." may differ."""
        parts = (plain(part) for part in _GAP.split(quotation))
        return all(part in self.words for part in parts if part.strip())


def heard(texts: Iterable[str]) -> Heard:
    """Of several texts together."""
    each = [_heard(text) for text in texts]
    return Heard(
        " ".join(one.words for one in each),
        {start: words for one in each for start, words in one.quoted.items()},
        frozenset().union(*(one.idioms for one in each)),
        frozenset().union(*(one.diagnoses for one in each)),
    )


def plain(text: str) -> str:
    """Its words and nothing else, small, a space round each."""
    return f" {' '.join(_words(text))} "


def starts_in(text: str) -> Iterable[tuple[str, ...]]:
    """Every run of words that is long enough to begin a quotation."""
    words = _words(text)
    return (tuple(words[at : at + SHORTEST]) for at in range(len(words) - SHORTEST + 1))


@lru_cache(maxsize=512)
def _heard(text: str) -> Heard:
    words = plain(text)
    quoted = (text[start + 1 : end - 1] for start, end in quotations(text))
    starts = ((tuple(_words(each)[:SHORTEST]), each) for each in quoted)
    found = frozenset(n for n, idiom in enumerate(idioms()) if idiom.said.search(words))
    return Heard(
        words,
        {start: said for start, said in starts if len(start) == SHORTEST},
        found,
        frozenset(name for name, each in diagnoses().items() if each.search(words)),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'"))


@dataclass(frozen=True)
class Idiom:
    """How it is said, and the names of the diagnoses that summaries make of it."""

    said: re.Pattern[str]
    into: tuple[str, ...]


@lru_cache(maxsize=1)
def idioms() -> tuple[Idiom, ...]:
    written = load("idioms.toml")["idioms"]
    return tuple(
        Idiom(re.compile(rf"\b(?:{each['said']})"), tuple(each["into"])) for each in written
    )


@lru_cache(maxsize=1)
def diagnoses() -> dict[str, re.Pattern[str]]:
    written = load("idioms.toml")["diagnoses"]
    return {name: re.compile(rf"\b(?:{each})", re.IGNORECASE) for name, each in written.items()}
