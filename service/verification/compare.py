"""A claim beside one place of a source: what of it is borne out, and what is said otherwise."""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from service.verification.alike import has, opposite
from service.verification.anchors import ABOUT, Bond, beside, bonds
from service.verification.facts import Fact, agrees, is_time, taken_at_once
from service.verification.initials import spelled
from service.verification.lexicon import (
    DRUG,
    NAME,
    PLAIN,
    WORD,
    general,
    is_clinical,
    is_finding,
    is_lone,
    parts,
    within,
)
from service.verification.models import Reason
from service.verification.owners import of_another
from service.verification.pairs import differences
from service.verification.place import Place, bears, is_telling, is_thing, weight
from service.verification.slots import Run, runs, same_slot
from service.verification.terms import Reading, Term, is_clinical_term
from service.verification.words import STOP, stem

ENOUGH = 0.6  # below this share of its words in the source, a claim says something else
SAME_THINGS = 0.4  # enough where all that is missing is everyday words
_FIRST_PERSON = re.compile(
    r"(?<!bipolar )(?<!type )(?<!stage )(?<!grade )\bI\b|\b(?:my|me|mine|baby|infant|son)\b"
)
_KINDS = {"disorder", "disease", "syndrome", "illness", "infection"}  # said or left out at will
RETOLD = 0.25  # with this share of other words beside the one in doubt, a claim is no copy
_UNWILLING = re.compile(
    r"n['’]t\b|\b(?:not?|den\w+|without|never|unwilling|reject\w*|refus\w*)\b", re.I
)
_BESIDE = re.compile(r"[ -](?:(?:I{1,3}|[1-4]) )?")  # "bipolar II disorder"
_SCENES = {"discharge", "hospitalization", "emergency-department", "review-visit"}  # of a thing
_BARE = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Compared:
    """`doubts` are about terms that the place does not bear; `coverage` is the share that it
    does."""

    place: Place
    coverage: float
    doubts: tuple[Reason, ...]

    @property
    def contradicts(self) -> bool:
        return any(doubt.contradicts for doubt in self.doubts)

    @property
    def bears(self) -> bool:
        return not self.doubts and self.coverage >= ENOUGH


def compare(claim: Reading, place: Place) -> Compared:
    """Every term of the claim looked for in the place."""
    by = differences(claim.text, place.reading.text)
    borne = {id(t): bears(t, place) or _is_by(t, by) for t in claim.terms}
    _spell_out(borne, claim, place)
    misplaced = (
        *_misplaced(claim, borne, place),
        *_surplus(claim, place),
        *of_another(claim, place.reading),
    )
    if all(borne.values()):
        return Compared(place, 1.0, misplaced)
    total = sum(weight(term) for term in claim.terms)
    held = sum(weight(term) for term in claim.terms if borne[id(term)])
    missing = [term for term in claim.terms if not borne[id(term)]]
    doubts = (*_value_doubts(claim, missing, place), *_word_doubts(claim, borne, place))
    coverage = held / total if total else 1.0
    if coverage >= SAME_THINGS and _says_all_things(claim, borne):
        coverage = max(coverage, ENOUGH)
    return Compared(place, coverage, misplaced + doubts)


def _says_all_things(claim: Reading, borne: dict[int, bool]) -> bool:
    """Several things, each of them in the place: what is missing is how they are told."""
    things = [term for term in claim.terms if term.fact is not None or is_telling(term)]
    return len(things) >= 2 and all(borne[id(term)] for term in things)


def _spell_out(borne: dict[int, bool], claim: Reading, place: Place) -> None:
    """Capitals bear the words that they stand for; a bipolar disorder is what "bipolar" says."""
    missing = [term for term in claim.terms if not borne[id(term)] and term.fact is None]
    spans = spelled(claim.text, place.reading.text) if missing else ()
    for term in missing:
        borne[id(term)] = any(start <= term.start and term.end <= end for start, end in spans)
    for before, term in pairwise(claim.terms):
        if term.said.casefold() in _KINDS and not borne[id(term)]:
            is_illness = str(before.key) not in general() and _is_beside(before, term, claim)
            borne[id(term)] = borne[id(before)] and is_illness  # no "kidney disease" of a kidney


def _is_by(term: Term, by: Sequence[tuple[int, int]]) -> bool:
    """Does it tell a change that the place's values come to?"""
    return any(start <= term.start < end for start, end in by)


def _misplaced(claim: Reading, borne: dict[int, bool], place: Place) -> Iterator[Reason]:
    """Values that the place has, but of something else than the claim says."""
    mine = bonds(claim) if len(place.reading.terms) > 1 else []
    for bond in mine:
        held = place.bonds.get((bond.term.kind, bond.anchor))
        if _is_total(bond.term, place):
            continue
        if held and borne[id(bond.term)] and not any(_is_same(bond.term, each) for each in held):
            rival = next((each for each in held if not _says(claim, each, bond)), None)
            if rival or _is_traded(bond, held, mine, place):
                yield Reason(bond.term.kind, _said(bond.term), _said(rival or held[0]), True)


def _is_total(term: Term, place: Place) -> bool:
    """150 mg, of which the place says that three tablets of 50 mg are taken."""
    fact = term.fact
    return fact is not None and agrees(fact, [*taken_at_once(place.reading.facts)])


def _is_traded(bond: Bond, held: list[Term], mine: list[Bond], place: Place) -> bool:
    """Both values are said in both: has one of the others gone to what this one belongs to?"""
    owners = {
        anchor
        for (kind, anchor), terms in place.bonds.items()
        if kind == bond.term.kind and any(_is_same(bond.term, each) for each in terms)
    }
    return any(each.anchor in owners and any(_is_same(each.term, h) for h in held) for each in mine)


def _surplus(claim: Reading, place: Place) -> Iterator[Reason]:
    """One person told of as often as two are in the place: "sister ... her sister" for "mother ...
    her sister"."""
    said = [term for term in claim.terms if term.kind == "person"]
    held = [term for term in place.reading.terms if term.kind == "person"]
    left = [term for term in held if term.key not in {each.key for each in said}]
    for term in {term.key: term for term in said}.values():
        count = sum(each.key == term.key for each in held)
        if left and 0 < count < sum(each.key == term.key for each in said):
            yield Reason("person", _said(term), left[0].said, True)


def _is_same(term: Term, other: Term) -> bool:
    if term.fact is not None and other.fact is not None:
        return agrees(term.fact, (other.fact,))
    return term.key == other.key or term.key in within().get(str(other.key), ())


def _says(claim: Reading, term: Term, bond: Bond) -> bool:
    return any(_is_same(each, term) for each in claim.terms if each.kind == bond.term.kind)


def _value_doubts(claim: Reading, missing: list[Term], place: Place) -> Iterator[Reason]:
    for term in missing:
        if term.fact is not None:
            rival = _rival(term.fact, claim.facts, place)
            yield Reason(term.kind, _said(term), rival.said.strip() if rival else "", bool(rival))
        elif term.kind not in (WORD, PLAIN, NAME):
            yield from _scale_doubt(term, claim, place)


def _rival(fact: Fact, said: Sequence[Fact], place: Place) -> Fact | None:
    """A value of the same kind that the place has and the claim does not: what it has instead."""
    rivals = [held for held in place.facts if _is_rival(fact, held)]
    others = [held for held in rivals if not agrees(held, said)]
    # Of two equal doses one may have been changed: as many said as held, but not the same ones.
    of_text = [held for held in place.reading.facts if _is_rival(fact, held)]
    is_one_changed = len(of_text) == sum(_is_rival(fact, each) for each in said) > 1
    return next(iter(others or (rivals if is_one_changed else ())), None)


def _is_rival(fact: Fact, other: Fact) -> bool:
    if fact.check != other.check:
        return {fact.check, other.check} == {"dose", "number"} and "mass" in str(other.value)
    spans = [v.value for v in (fact, other) if isinstance(v.value, tuple)]
    if fact.check in ("date", "dose") or len(spans) != 2:
        return True
    return bool(spans[0][0] == spans[1][0]) or all(map(is_time, spans))


def _scale_doubt(term: Term, claim: Reading, place: Place) -> Iterator[Reason]:
    """Another member of the scale in the place, which the claim does not say too."""
    said = claim.scales.get(term.kind, set())
    held = [t for t in place.reading.terms if t.kind == term.kind]
    is_one_changed = len(held) == sum(t.kind == term.kind for t in claim.terms)
    is_patients = term.kind == "person" and "patient" in {t.key for t in held}
    rivals = [t for t in held if t.key not in said or is_one_changed or is_patients]
    if term.kind in ABOUT:
        rivals = [t for t in rivals if _is_about_same(term, t, claim, place)]
    if term.key == "patient" and not rivals:  # every note is about the patient
        return
    if term.kind == "gender" and _tells_of_others(place):
        return
    if rivals:
        rival = min(rivals, key=lambda each: each.key == "patient")
        yield Reason(term.kind, _said(term), rival.said, True)
    elif is_lone(term.kind, term.key) or term.kind == DRUG or _is_refusal(term, place):
        yield Reason(term.kind, _said(term))


def _tells_of_others(place: Place) -> bool:
    """Where the patient speaks, or another person is named, "he" may be somebody else."""
    return bool(_FIRST_PERSON.search(place.reading.text)) or any(
        key != "patient" for key in place.reading.scales.get("person", ())
    )


def _is_about_same(term: Term, rival: Term, claim: Reading, place: Place) -> bool:
    """Not where the place says the rival of one thing, and of another what the claim is about."""
    mine, theirs = beside(claim, term), beside(place.reading, rival)
    return bool(mine & theirs) or not mine & place.reading.keys


def _is_refusal(term: Term, place: Place) -> bool:
    """Refused, where nothing in the place is."""
    return term.key == "refuse" and not _UNWILLING.search(place.reading.text)


def _contrary(term: Term, place: Place) -> Iterator[Reason]:
    if contrary := opposite(term.key, place.reading.keys):
        held = next((t.said for t in place.reading.terms if t.key == contrary), contrary)
        yield Reason("words", term.said, held, True)


def _word_doubts(claim: Reading, borne: dict[int, bool], place: Place) -> Iterator[Reason]:
    """Words in the place of other words, opposites, and clinical words that are only here."""
    for term in claim.terms:
        if term.kind == PLAIN:
            yield from _contrary(term, place)
    keys = claim.keys | {part for key in claim.keys for part in parts(str(key))}
    mine = [
        r for r in runs(claim.terms, lambda t: borne[id(t)]) if any(_is_word(t) for t in r.terms)
    ]
    if not mine:
        return
    others = runs(place.reading.terms, lambda term: _is_said(term, claim, keys))
    changed = _changed_words(claim.text, place.reading.text)
    for run in mine:
        rest = changed - {word for term in run.terms for word in _bare_words(term.said)}
        if len(rest) > RETOLD * len(_bare_words(claim.text)):
            run = replace(run, terms=tuple(t for t in run.terms if is_thing(t)))
        if any(_is_word(term) for term in run.terms):
            yield from _run_doubt(run, others, claim, place, is_only=len(mine) == 1)


def is_retold(claim: str, source: str) -> bool:
    """In words of its own, no copy."""
    return len(_changed_words(claim, source)) > RETOLD * len(_bare_words(claim))


def _changed_words(claim: str, source: str) -> frozenset[str]:
    """The words of the claim that the source does not have as they are written."""
    return _bare_words(claim) - _bare_words(source)


@lru_cache(maxsize=8_192)
def _bare_words(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _BARE.findall(text.casefold()) if word not in STOP)


def _is_said(term: Term, claim: Reading, keys: frozenset[Hashable]) -> bool:
    if term.fact is not None:
        return agrees(term.fact, claim.facts)
    return has(term.key, keys)


def _run_doubt(
    run: Run, others: Sequence[Run], claim: Reading, place: Place, *, is_only: bool
) -> Iterator[Reason]:
    telling = [other for other in others if any(is_telling(term) for term in other.terms)]
    words = [term for term in run.terms if _is_word(term)]
    check = "name" if words and all(term.kind == NAME for term in words) else "words"
    for term in words:
        if term.kind != PLAIN and (contrary := [*_contrary(term, place)]):
            yield from contrary
            return
    if all(str(term.key) in _SCENES for term in words):
        telling = [t for t in telling if any(str(each.key) in _SCENES for each in t.terms)]
    other = same_slot(run, telling, at_an_end=_is_near_copy(claim, place))
    if other is None and is_only and len(telling) == 1 and _shares_a_term(claim, place):
        other = telling[0]  # all else is the same: this stands for that, wherever it stands
    if other:
        yield Reason(check, run.said(claim.text), other.said(place.reading.text), True)
        return
    if any(term.kind == NAME or _is_new(term, claim, place) for term in words):
        yield Reason(check, " ".join(run.said(claim.text).split()))


def _is_near_copy(claim: Reading, place: Place) -> bool:
    """Does the place say most of the claim? Beside one shared word anything may stand."""
    total = sum(weight(term) for term in claim.terms) or 1.0
    return sum(weight(term) for term in claim.terms if bears(term, place)) >= ENOUGH * total


def _shares_a_term(claim: Reading, place: Place) -> bool:
    return any(is_telling(term) and bears(term, place) for term in claim.terms)


def _is_new(term: Term, claim: Reading, place: Place) -> bool:
    """A clinical word, one of those that make another thing of a clinical word beside it, or the
    part of an abbreviation that the place does not have."""
    if is_finding(str(term.key)) or is_clinical_term(term):
        return True
    beside = [each for each in claim.terms if each is not term and _is_beside(term, each, claim)]
    return any(
        each.start == term.start or is_clinical(each.said) for each in beside if bears(each, place)
    )


def _is_beside(term: Term, other: Term, claim: Reading) -> bool:
    """Do the two stand in one abbreviation, or the other right behind this one?"""
    between = claim.text[term.end : other.start]
    return other.start == term.start or bool(_BESIDE.fullmatch(between))


def _is_word(term: Term) -> bool:
    return term.kind in (WORD, NAME)


def _said(term: Term) -> str:
    return " ".join(term.said.split())
