"""Which named thing is one that the patient is allergic to, and how it showed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.reading.assertions import Concept, Kind, Value
from service.reading.lexicon import Mention
from service.reading.scope.line import Line
from service.reading.scope.phrases import Cue, Found, listed, words
from service.reading.scope.pieces import STRONG

Placed = tuple[Mention, range]
ALLERGY = "allergy"
_SUBSTANCES = frozenset((Kind.MEDICINE, Kind.SUBSTANCE, Kind.ALLERGY))
_SHOWN = frozenset((Kind.PROBLEM, Kind.SYMPTOM, Kind.FINDING))
_WHAT = (
    ("drug", ("drug", "medication", "medicine", "nkda")),
    ("food", ("food",)),
    ("latex", ("latex",)),
    ("environmental", ("environmental", "seasonal")),
)
_SIGNS = (["-"], ["–"], [":"], ["("], ["->"])
_REACH = Cue("", "piece")


def allergens(line: Line, found: Sequence[Placed], is_listed: bool) -> list[Placed]:
    """The named things, those that the patient is allergic to as such; `is_listed` under a heading
    of allergies."""
    reached = set(_reached(line, found))
    spared = set(_spared(line))
    has_substance = any(each.concept.kind in _SUBSTANCES for each, _ in found)
    answers: list[Placed] = []
    for mention, place in found:
        is_substance = mention.concept.kind in _SUBSTANCES and place.start not in spared
        is_word = mention.concept.kind is Kind.WORD and not has_substance
        first = is_listed and is_word and not any(_is_allergy(m) for m, _ in answers)
        if (
            (is_substance and (is_listed or place.start in reached))
            or first
            or (is_word and place.start in reached)
        ):
            mention = replace(mention, concept=Concept(Kind.ALLERGY, mention.concept.key))
        if is_none_known(mention) or mention.concept.key == ALLERGY:
            mention = replace(mention, concept=Concept(Kind.ALLERGY, _what(line)))
        answers.append((mention, place))
    return _without_word(answers)


def is_none_known(mention: Mention) -> bool:
    """Does the name itself deny ("NKDA", "no known allergies")?"""
    said = mention.said.casefold()
    return said.startswith(("nk", "no ", "denies")) and ("allerg" in said or said[:2] == "nk")


def _is_allergy(mention: Mention) -> bool:
    return mention.concept.kind is Kind.ALLERGY


def _what(line: Line) -> str:
    """What kind of allergy is spoken of where no substance is named."""
    return next((what for what, said in _WHAT if not set(said).isdisjoint(line.keys)), "any")


def _without_word(found: list[Placed]) -> list[Placed]:
    """ "Penicillin allergy" is one thing, not an allergy beside penicillin."""
    kinds = {"any", *(what for what, _ in _WHAT)}
    is_named = any(
        _is_allergy(each) and (each.concept.key not in kinds or is_none_known(each))
        for each, _ in found
    )
    return [
        (each, place)
        for each, place in found
        if is_none_known(each) or not (is_named and _is_allergy(each) and each.concept.key in kinds)
    ]


def _spared(line: Line) -> Iterator[int]:
    """What is told as no allergy: "no benefit (not allergy)", "cephalosporins tolerated"."""
    stops = [n for n, key in enumerate(line.keys) if key in STRONG]
    for cue in listed("roles", "no_allergy").all(line.marks):
        start = max((n for n in stops if n < cue.first), default=-1)
        yield from range(start + 1, cue.first)
    for cue in listed("roles", "tolerated").all(line.marks):
        yield from range(line.pieces[line.piece[cue.first]].start, cue.first)


def _reached(line: Line, found: Sequence[Placed]) -> Iterator[int]:
    for cue in listed("roles", "allergic").all(line.marks):
        yield from line.reach(Found(_REACH, cue.first, cue.last), "piece")
    for at, key in enumerate(line.keys):
        if key in words("roles", "allergy"):
            before = at - (line.keys[at - 1 : at] in _SIGNS)  # "penicillin - anaphylaxis"
            yield from (n for _, place in found if place.stop == before for n in place)
            yield from _listed_before(line, found, at)


def _listed_before(line: Line, found: Sequence[Placed], at: int) -> Iterator[int]:
    """ "Penicillin and sulfa allergies"."""
    here = line.pieces[line.piece[at]]
    if {"and", "/"}.isdisjoint(line.keys[here.start : at]):
        return
    for mention, place in found:
        if here.start <= place.start < at and mention.concept.kind in _SUBSTANCES:
            yield from place


def reactions(found: Sequence[Placed], is_listed: bool) -> Iterator[tuple[int, int, Value]]:
    """What an allergy did: its number, the number of the reaction, and that as its value."""
    last = None
    for number, (mention, _) in enumerate(found):
        if _is_allergy(mention):
            last = number
        elif last is not None and is_listed and mention.concept.kind in _SHOWN:
            shown = mention.concept.key
            value = Value("reaction", shown, mention.said, start=mention.start, end=mention.end)
            yield last, number, value
