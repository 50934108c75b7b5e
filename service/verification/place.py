"""A place of a source that may bear out a claim, and what it bears."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from service.verification.alike import has
from service.verification.anchors import bonds
from service.verification.facts import Fact, agrees, taken_at_once
from service.verification.lexicon import (
    DRUG,
    NAME,
    PLAIN,
    WORD,
    is_known,
    parts,
    within,
)
from service.verification.terms import Reading, Term, is_clinical_term

_WEIGHTS = {PLAIN: 0.4, WORD: 1.0, NAME: 1.0, DRUG: 1.5}
_OTHER_WEIGHT = 0.6  # scales; values count as drugs do
_SAYS_WHO = {"person", "gender"}
_PARTS_OF_DAY = {"in the morning": {"morning"}, "at bedtime": {"night", "evening"}}


@dataclass(frozen=True, eq=False)
class Place:
    """A place in a source: its terms, what its record's date adds, and which source it is of."""

    reading: Reading
    dated: tuple[Fact, ...] = ()
    day: str = ""
    of: str = ""
    told: Callable[[], str] | None = None

    @cached_property
    def meant(self) -> str:
        """Its words behind the heading that decides how they are meant, read when first asked."""
        return self.told() if self.told else self.reading.text

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        told = {f.value[1] for f in self.dated if isinstance(f.value, tuple) and f.value[0]}
        own = (fact for fact in self.reading.facts if not _is_yearless(fact, told))
        return (*own, *taken_at_once(self.reading.facts), *self.dated)

    @cached_property
    def bonds(self) -> dict[tuple[str, Hashable], list[Term]]:
        """The values of each kind that belong to one thing."""
        found: dict[tuple[str, Hashable], list[Term]] = {}
        for bond in bonds(self.reading):
            found.setdefault((bond.term.kind, bond.anchor), []).append(bond.term)
        return found


def _is_yearless(fact: Fact, months: set[object]) -> bool:
    """ "Since March", whose year the record's date tells."""
    value = fact.value
    is_month = fact.check == "date" and isinstance(value, tuple) and value[::2] == (None, None)
    return is_month and isinstance(value, tuple) and value[1] in months


def weight(term: Term) -> float:
    """How much of a claim a term is."""
    if term.fact is not None:
        return _WEIGHTS[DRUG]
    return 0.0 if term.kind == "gender" else _WEIGHTS.get(term.kind, _OTHER_WEIGHT)


def bears(term: Term, place: Place) -> bool:
    """Does the place say this one thing?"""
    if term.fact is not None:
        if term.kind == "side" and term.key in place.reading.keys:
            return True
        return agrees(term.fact, place.facts) or _is_part_of_day(term, place)
    if term.kind in (WORD, PLAIN, NAME):
        names = parts(str(term.key))
        is_spelled_out = bool(names) and all(has(name, place.reading.keys) for name in names)
        return is_spelled_out or has(term.key, place.reading.keys)
    held = place.reading.scales.get(term.kind, set())
    return term.key in held or any(term.key in within().get(str(key), ()) for key in held)


def _is_part_of_day(term: Term, place: Place) -> bool:
    """ "In the morning" is how often of a dose, and when of what happens early in the morning."""
    parts_told = place.reading.scales.get("part-of-day", set())
    return bool(_PARTS_OF_DAY.get(str(term.key), set()) & parts_told)


def is_telling(term: Term) -> bool:
    """Is it not phrasing, a value or a person: a word that can be the point of the sentence."""
    return term.fact is None and term.kind not in (PLAIN, "sequence", *_SAYS_WHO)


def is_thing(term: Term) -> bool:
    """Not a word that a retelling may choose for itself, but a name of the field."""
    if term.kind == WORD:
        return is_known(str(term.key)) or is_clinical_term(term)
    return True
