"""A denial that was put in or left out where the words are otherwise the source's own."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from service.verification.compare import Place, compare
from service.verification.context.read import read as read_context
from service.verification.context.vocabulary import Polarity
from service.verification.lexicon import DRUG, WORD
from service.verification.models import Reason
from service.verification.terms import Reading, Term
from service.verification.terms import read as read_terms
from service.verification.words import STOP, stem, words_and_values, written_out

COPIED = 0.85  # all but this share of the words are the same
LONGEST = 300  # words of a text that are laid beside another's
_CUE = re.compile(
    r"(?<![\w-])(?:no|not|non|den(?:y|ies|ied|ying)|never|none|without|w/o|cannot|negative|neither"
    r"|nor|absent|absence|free of|lacks?|ruled out|excluded|refus\w+|declin\w+|miss\w*|unable"
    r"|fail\w*|hardly|has yet|aborted)(?!\w)|n['’]t\b", re.IGNORECASE,
)  # fmt: skip
_NOT = re.compile(r"no|not|never|without|w/o|cannot|den(?:y|ies|ied|ying)|neither|nor|.+n['’]t")
# These deny what stands before them, or in words of their own: the place of the "not" says nothing.
_BEHIND = re.compile(
    r"none|negative|absent|nil|excluded|absence|free|lacks?|ruled|refus\w*|declin\w*|unable"
)
_ANSWERS = {Polarity.AFFIRMED, Polarity.NEGATED}


def denial(claim: Reading, place: Place) -> list[Reason]:
    """One of the two denies and the other does not, though they say the same otherwise."""
    if not (_denies_otherwise(claim, place) or has_other_nots(claim.text, place.meant)
            or _is_told_otherwise(claim, place)):  # fmt: skip
        return []
    said, held = claim.text.strip()[:160], place.meant.strip()[:160]
    return [Reason("polarity", said, held, True)]


def turned(text: str, places: Iterable[Place]) -> list[Reason]:
    """Of a text that says nothing of the field: the "not" that it has put in or left out."""
    return [Reason("polarity", text.strip()[:160], place.meant.strip()[:160], True)
            for place in places if has_other_nots(text, place.meant)][:1]  # fmt: skip


def _denies_otherwise(claim: Reading, place: Place) -> bool:
    if _has_cue(claim) == _has_cue(place.reading):
        return False
    back = compare(place.reading, Place(claim, place.dated))
    return min(compare(claim, place).coverage, back.coverage) >= COPIED


def _has_cue(reading: Reading) -> bool:
    """A denial outside the phrases that have one name: "without housing" is homelessness."""
    text = reading.text
    for term in reading.terms:
        if term.kind == WORD and " " in term.said:
            text = text[: term.start] + "\0" * (term.end - term.start) + text[term.end :]
    return bool(_CUE.search(written_out(text)))


def has_other_nots(claim: str, source: str) -> bool:
    """Are nearly all the claim's words the source's own, in its order, but for a "not" put in or
    left out among them?

    Other denials beside it do not settle that: "not more than 3 nights; no refills".
    """
    said, mine, is_mine_behind = _apart(claim)
    held, theirs, is_theirs_behind = _apart(source)
    if not said or mine == theirs == {} or is_mine_behind != is_theirs_behind:
        return False
    pairs = _beside(said, held)
    if len(pairs) < COPIED * len(said):
        return False
    return _differ({a: mine[a] for a in pairs if a in mine},
                   {a: theirs[b] for a, b in pairs.items() if b in theirs})  # fmt: skip


def _beside(said: tuple[str, ...], held: tuple[str, ...]) -> dict[int, int]:
    """Which word of the source each word of the claim is, in order; a whole run where there is."""
    for at in range(len(held) - len(said) + 1):
        if held[at : at + len(said)] == said:
            return {n: at + n for n in range(len(said))}
    blocks = SequenceMatcher(None, said, held, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}


def _differ(mine: dict[int, str], theirs: dict[int, str]) -> bool:
    """A "no" of one of the two counts unless both have one before it: "SI, no HI, AVH"."""
    both = mine.keys() & theirs.keys()
    return any(word != "no" or not any(at < n for at in both)
               for n, word in (*mine.items(), *theirs.items()) if n not in both)  # fmt: skip


@lru_cache(maxsize=4_096)
def _apart(text: str) -> tuple[tuple[str, ...], dict[int, str], bool]:
    """The words that bear something, without their "not"s; by the number of a word the "not"
    before it; and whether something is denied from behind."""
    rest: list[str] = []
    before: dict[int, str] = {}
    written = words_and_values(re.sub(r"\bnon-?(?=[a-z])", "not ", written_out(text)))
    for word in written.split()[:LONGEST]:
        if _NOT.fullmatch(word):
            before[len(rest)] = "no" if word.startswith(("no", "den")) and word != "not" else word
        elif word not in STOP:
            rest.append(stem(word))
    return tuple(rest), before, bool(_BEHIND.search(written))


def _is_told_otherwise(claim: Reading, place: Place) -> bool:
    """Is a thing denied in one and affirmed in the other under another of its names?"""
    theirs = _answers(place.meant)
    return any(
        key in theirs and len(answers | theirs[key]) == 2 and len(answers) == len(theirs[key]) == 1
        for key, answers in _answers(claim.text).items()
    )


@lru_cache(maxsize=4_096)
def _answers(text: str) -> dict[object, set[Polarity]]:
    """Of each thing that has a name whether it is so; only what is plainly yes or no."""
    found: dict[object, set[Polarity]] = {}
    readings = read_context(text)
    for term in _named(text):
        told = {r.polarity for r in readings if r.start < term.end and term.start < r.end}
        if told:
            found.setdefault(term.key, set()).update(told)
    return {key: told for key, told in found.items() if told <= _ANSWERS}


def _named(text: str) -> Iterator[Term]:
    terms = read_terms(text).terms
    return (
        term for term in terms if term.kind == DRUG or (term.kind == WORD and term.fact is None)
    )
