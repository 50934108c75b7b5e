"""A denial that was put in or left out where the words are otherwise the source's own."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from service.verification.context.read import read as read_context
from service.verification.context.vocabulary import Polarity
from service.verification.lexicon import DRUG, WORD, general, tests
from service.verification.models import Reason
from service.verification.place import Place, bears, is_telling, is_thing, weight
from service.verification.terms import Reading, Term
from service.verification.terms import read as read_terms
from service.verification.words import STOP, stem, words_and_values, written_out

COPIED = 0.85  # all but this share of the words are the same
LONGEST = 300  # words of a text that are laid beside another's
_CUE = re.compile(
    r"(?<![\w-])(?:no|not|non|den(?:y|ies|ied|ying)|never|none|nothing|nil|without|w/o|cannot|neither|nor"
    r"|absent|absence|free of|lacks?|ruled out|refus\w+|declin\w+)(?!\w)|n['’]t\b",
    re.IGNORECASE,
)
# Other ways to say that a thing is not so, or no longer: what they leave is no flip of a "no".
_SOFT = re.compile(
    r"(?<![\w-])(?:negative|normal|unremarkable|exclu\w+|miss\w*|unable|fail\w*|hardly|resolv\w+|gone"
    r"|went away|clear(?:s|ed)?|stop\w*|quit|discontinu\w*|switched|little|few|only|less"
    r"|independent\w*|held|contraindicated|abstinent|sober|remission|(?:un|non-?|in|im|dis)\w{4,})(?!\w)",
    re.IGNORECASE,
)
_OVER = re.compile(r"resolv|remi(?=t|ss)")
_DAY = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")  # a draft adds the day on which it was said
_EXCEPT = re.compile(r"\b(?:except|other than|apart from|aside from|but for)\b", re.IGNORECASE)
_FINE = re.compile(r"\b(?:normal|unremarkable|clear)\b", re.IGNORECASE)
_NOT = re.compile(r"no|not|never|without|w/o|cannot|den(?:y|ies|ied|ying)|neither|nor|.+n['’]t")
# These deny what stands before them, or in words of their own: the place of the "not" says nothing.
_BEHIND = re.compile(
    r"none|negative|absent|nil|excluded|absence|free|lacks?|ruled|refus\w*|declin\w*|unable"
    r"|resolv\w*|no longer|no more|stopped|quit|miss\w*|skipp\w*|ran out|fail\w*",
    re.IGNORECASE,
)
_ANSWER = re.compile(  # "intent - no;", "SI denied."
    r"(?<=\w)[ :-]+(?:no|not|never|none|denied|denies)(?=\s*(?:[;,.()]|$))", re.IGNORECASE
)
_SIGN = re.compile(r"\([-–]\)|(?<!\w)[-–](?=[A-Z]{2})|\bneg\b", re.IGNORECASE)
_FIRST = re.compile(r"(?:^|(?<=[.!?]\s))\s*(?:no|never),\s", re.IGNORECASE)  # "No, I sleep well."
_TWICE = re.compile(
    r"\b(?:not|never|cannot|\w+n['’]t)\s+(?:\w+\s)?(?:den(?:y|ies|ied)|without|un\w{4,})",
    re.IGNORECASE,
)
_NON = re.compile(r"\bnon-(?=[a-z])", re.IGNORECASE)
_PIECE = re.compile(r"[^;,.]+")
_BRACKETS = re.compile(r"\([^()]*\)")
_ANSWERS = {Polarity.AFFIRMED, Polarity.NEGATED}


def denial(claim: Reading, place: Place) -> list[Reason]:
    """One of the two denies and the other does not, though they say the same otherwise."""
    place = _without_asides(place, claim)
    if not (
        _drops_exception(claim, place)
        if _EXCEPT.search(place.meant)
        else (
            (_denies_otherwise(claim, place) or has_other_nots(claim.text, place.meant))
            and not _is_read_alike(claim.text, place.meant)
        )
        or _is_told_otherwise(claim, place)
    ):
        return []
    said, held = claim.text.strip()[:160], place.meant.strip()[:160]
    return [Reason("polarity", said, held, True)]


def _without_asides(place: Place, claim: Reading) -> Place:
    """Without what it denies in brackets, unless the claim speaks of that: "CT (no contrast)"."""
    asides = [m[0] for m in _BRACKETS.finditer(place.reading.text) if _CUE.search(m[0])]
    text = place.reading.text
    for aside in asides:
        if not read_terms(aside).keys & claim.keys:
            text = text.replace(aside, "")
    return place if text == place.reading.text else Place(read_terms(text), place.dated)


def _drops_exception(claim: Reading, place: Place) -> bool:
    """ "No known allergies", where the source goes on: "except sulfa"."""
    is_plain_denial = _CUE.search(written_out(claim.text)) and not _EXCEPT.search(claim.text)
    return bool(is_plain_denial) and _share(claim, place) >= COPIED


def turned(text: str, places: Iterable[Place]) -> list[Reason]:
    """Of a text that says nothing of the field: the "not" that it has put in or left out."""
    return [
        Reason("polarity", text.strip()[:160], place.meant.strip()[:160], True)
        for place in places
        if has_other_nots(text, place.meant)
    ][:1]


def _denies_otherwise(claim: Reading, place: Place) -> bool:
    """One has a denial and the other none, and each bears all that the other speaks of."""
    said, held = _unnamed(claim), _unnamed(place.reading)
    if bool(_CUE.search(said)) == bool(_CUE.search(held)) or is_softened(said, held):
        return False
    if _is_over(said, held) or _denies_other_things(claim.text, place.meant):
        return False
    return min(_share(claim, place), _share(place.reading, Place(claim, place.dated))) >= COPIED


def _denies_other_things(said: str, held: str) -> bool:
    """Is all that the one denies something that the other does not speak of?"""
    mine, theirs = _polarity(said), _polarity(held)
    denied = {
        word for each in (mine, theirs) for word, told in each.items() if Polarity.NEGATED in told
    }
    return bool(denied) and not denied & mine.keys() & theirs.keys()


def _is_over(said: str, held: str) -> bool:
    """Do both say that it resolved, or both that it is in remission?"""
    return bool({*_OVER.findall(said.casefold())} & {*_OVER.findall(held.casefold())})


def is_softened(said: str, held: str) -> bool:
    """Does one of the two say in a word of its own that a thing is not so, or no longer?"""
    return bool(_SOFT.search(said)) != bool(_SOFT.search(held))


def is_same_denial(said: str, held: str) -> bool:
    """One denies where the other has a softer word: "no more delusions", "delusions resolved";
    or the one calls normal what the other calls negative."""
    hard = [bool(_CUE.search(text)) for text in (said, held)]
    soft = [bool(_SOFT.search(text)) for text in (said, held)]
    is_normal = [bool(_FINE.search(text)) for text in (said, held)]
    if _is_over(said, held):
        return True
    is_negative = [bool(re.search(r"\bneg(?:ative)?\b", text, re.I)) for text in (said, held)]
    return (hard != soft and hard == soft[::-1] and hard[0] != hard[1]) or (
        is_normal != is_negative and is_normal == is_negative[::-1] and is_normal[0] != is_normal[1]
    )


def _is_read_alike(said: str, held: str) -> bool:
    """Does the reader of context find the same denied in both? It knows "-HI" and "not without"."""
    mine, theirs = _polarity(said), _polarity(held)
    shared = mine.keys() & theirs.keys()
    if not shared or any(mine[word] != theirs[word] for word in shared):
        return False
    if _TWICE.search(said) or _TWICE.search(held):
        return True
    is_denied = any(Polarity.NEGATED in mine[word] for word in shared)
    if not (is_denied and _is_followed(said) and _is_followed(held)):
        return False
    nots = [bool(_apart(text)[1]) for text in (said, held)]
    return all(nots) or _is_answered(said) != _is_answered(held)


def _is_answered(text: str) -> bool:
    """Does it deny from behind, or by a sign?"""
    return _apart(text)[2] or bool(_SIGN.search(text))


def _is_followed(text: str) -> bool:
    """Does the reader deny every word that has a "not" before it?"""
    words, before, _ = _apart(text)
    read = _polarity(text)
    return all(
        Polarity.NEGATED in read.get(word, ()) and nots == 1
        for word, nots in _denied(words, before).items()
    )


@lru_cache(maxsize=4_096)
def _polarity(text: str) -> dict[str, set[Polarity]]:
    found: dict[str, set[Polarity]] = {}
    for each in read_context(written_out(text)):
        found.setdefault(each.stem, set()).add(each.polarity)
    return found


def _share(reading: Reading, place: Place) -> float:
    """How much of the things that a text speaks of the other does too."""
    words = [t for t in reading.terms if not _CUE.fullmatch(t.said)]
    things = [t for t in words if is_telling(t)] or words
    total = sum(map(weight, things))
    return sum(weight(t) for t in things if bears(t, place)) / total if total else 0.0


def _unnamed(reading: Reading) -> str:
    """The text without the phrases that have one name: "without housing" is homelessness."""
    text = reading.text
    for term in reading.terms:
        if term.kind == WORD and " " in term.said:
            text = text[: term.start] + "\0" * (term.end - term.start) + text[term.end :]
    return written_out(text)


def has_other_nots(claim: str, source: str) -> bool:
    """Are nearly all the claim's words the source's own, in its order, but for a "not" put in or
    left out among them?

    Other denials beside it do not settle that: "not more than 3 nights; no refills".
    """
    said, mine, is_mine_behind = _apart(claim)
    held, theirs, is_theirs_behind = _apart(source)
    if not said or mine == theirs == {} or is_mine_behind != is_theirs_behind:
        return False
    if _denied(said, mine) == _denied(held, theirs):
        return False
    pairs = _beside(said, held)
    if len(pairs) < COPIED * len(said):
        return False
    listed = _listed(theirs, set(pairs.values()))
    return _differ(
        {a: mine[a] for a in pairs if a in mine},
        {a: listed[b] for a, b in pairs.items() if b in listed},
    )


def _denied(words: tuple[str, ...], before: dict[int, str]) -> dict[str, int]:
    """How many "not"s each word has before it."""
    return {words[at]: len(nots.split()) for at, nots in before.items() if at < len(words)}


def _listed(before: dict[int, str], used: set[int]) -> dict[int, str]:
    """A "no" before things that the claim leaves out belongs to the next that it has: "no AVH"."""
    moved = dict(before)
    for at, word in before.items():
        if word == "no" and at not in used and (behind := [n for n in used if n > at]):
            moved.setdefault(min(behind), word)
    return moved


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
    if any(len(mine[n].split()) != len(theirs[n].split()) for n in both):
        return True
    return any(
        word != "no" or not any(at < n for at in both)
        for n, word in (*mine.items(), *theirs.items())
        if n not in both
    )


@lru_cache(maxsize=4_096)
def _apart(text: str) -> tuple[tuple[str, ...], dict[int, str], bool]:
    """The words that bear something, without their "not"s; by the number of a word the "not"
    before it; and whether something is denied from behind."""
    rest: list[str] = []
    before: dict[int, str] = {}
    text = _NON.sub("not ", written_out(text))
    written = words_and_values(_FIRST.sub(" ", _ANSWER.sub(" ", text)))
    for word in written.split()[:LONGEST]:
        if _NOT.fullmatch(word):
            word = "no" if word.startswith(("no", "den")) and word != "not" else word
            before[len(rest)] = f"{before.get(len(rest), '')} {word}".strip()
        elif word not in STOP and not _DAY.fullmatch(word):
            rest.append(stem(word))
    return tuple(rest), before, bool(_BEHIND.search(written) or _ANSWER.search(text))


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
    text = _NON.sub("non", written_out(text))  # "non-contrast CT" denies no CT
    found: dict[object, set[Polarity]] = {}
    readings = read_context(text)
    behind = [m.span() for m in _PIECE.finditer(text) if _BEHIND.search(m[0])]
    for term in _named(text):
        if any(start <= term.start < end for start, end in behind):
            continue
        told = {r.polarity for r in readings if r.start < term.end and term.start < r.end}
        if told:
            found.setdefault(term.key, set()).update(told)
    return {key: told for key, told in found.items() if told <= _ANSWERS}


def _named(text: str) -> Iterator[Term]:
    """The things that can be so or not: no tests, and no phrases that deny by themselves."""
    for term in read_terms(text).terms:
        is_named = term.kind == DRUG or (term.kind == WORD and is_thing(term))
        is_no_thing = term.key in tests() or term.key in general() or _CUE.search(term.said)
        if is_named and not is_no_thing:
            yield term
