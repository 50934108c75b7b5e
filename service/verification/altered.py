"""What was changed in words taken from a source: statement and quote laid side by side."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from service.verification.facts import Fact, agrees, facts
from service.verification.models import Reason
from service.verification.words import is_clinical, stem, stems

LIKE = 0.6  # at this likeness a statement is the quote with changes, not a paraphrase of it
LONGEST_WORDS = 400  # the comparison costs the product of both lengths
_WORD = re.compile(r"[^\W_]+(?:[.,/'’-][^\W_]+)*|[<>≤≥↑↓%+]")


def changes(body: str, quote: str) -> list[Reason]:
    """Values that a statement has otherwise than the quote that it is made from.

    Empty when the two are too unlike to be laid beside each other.
    """
    said, held = _WORD.findall(body), _WORD.findall(quote)
    if not said or max(len(said), len(held)) > LONGEST_WORDS:
        return []
    match = SequenceMatcher(
        None, [w.casefold() for w in held], [w.casefold() for w in said], autojunk=False
    )
    if match.ratio() < LIKE:
        return []
    return [reason for tag, *at in match.get_opcodes() if tag != "equal"
            for reason in _change(held, said, *at)]  # fmt: skip


def _change(
    held: list[str], said: list[str], i1: int, i2: int, j1: int, j2: int
) -> Iterator[Reason]:
    """One place where the two differ: held[i1:i2] became said[j1:j2]."""
    was, now = _piece(held, i1, i2), _piece(said, j1, j2)
    old, new = facts(was), facts(now)
    lost = [f for f in old if not agrees(f, new)]
    for fact in (f for f in new if not agrees(f, old)):
        if rival := next((f for f in lost if f.check in (fact.check, "number", "dose")), None):
            yield Reason(fact.check, _words(fact, now), _words(rival, was), True)


def _piece(words: list[str], start: int, end: int) -> str:
    """The words with the one behind, which may be the unit of a number."""
    return " ".join(words[start : end + 1]) if end > start else ""


def _words(fact: Fact, piece: str) -> str:
    return fact.said.strip() or piece


def new_clinical_words(body: str, quotes: str, near: str) -> list[Reason]:
    """Diagnoses, symptoms and treatments that neither the quote nor what is round it names."""
    held = stems(quotes) | stems(near)
    words = dict.fromkeys(w for w in _WORD.findall(body) if is_clinical(w))
    return [Reason("words", w) for w in words if stem(w) not in held]
