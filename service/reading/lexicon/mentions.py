"""Finding what a text names: every known thing, and each other telling word by its stem."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from service.reading.assertions import Concept
from service.reading.lexicon.abbreviations import by_context
from service.reading.lexicon.guess import guessed
from service.reading.lexicon.names import Concepts, Forms, Pairs, names
from service.reading.lexicon.stems import stem
from service.reading.lexicon.tokens import Token, tokens

_GAP = 2  # little words that may stand inside a name: "loss of his appetite", "mood: depressed"
_TURNED = frozenset(("of", "in", "to", "on", "for", "about"))  # "pain in the chest"
_BETWEEN = frozenset(("or", "and", "nor", ",", "/", "&"))
_NOT_SHARED = frozenset(("no", "not", "never", "without", "w/o", "denies", "denied", ";", ".", ":"))
_SHARED = 8  # words over which several share one head: "auditory, visual or tactile hallucinations"


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names `concept`; `said` are its words."""

    start: int
    end: int
    concept: Concept
    said: str


@lru_cache(maxsize=4_096)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every name and telling word in order, none overlapping, the longest name first. One name of
    several things ("AVH") gives one mention for each, which share its place out."""
    return tuple(_mentions(text, tokens(text)))


def _mentions(text: str, found: tuple[Token, ...]) -> Iterator[Mention]:
    at = 0
    while at < len(found):
        concepts, after = _name_at(text, found, at)
        if concepts and concepts[0].key not in names().unsaid_keys:
            yield from _shared_out(text, found[at].start, found[after - 1].end, concepts)
        at = after


def _shared_out(text: str, start: int, end: int, concepts: Concepts) -> Iterator[Mention]:
    """One mention for each concept; the place is cut so that none overlap."""
    last = len(concepts) - 1
    for number, concept in enumerate(concepts):
        stop = end if number == last else min(start + 1, end)
        yield Mention(start, stop, concept, text[start:stop] if not last else text[start:end])
        start = stop


def _name_at(text: str, found: tuple[Token, ...], at: int) -> tuple[Concepts, int]:
    """What is named at this word, and the number of the word after the name."""
    token = found[at]
    if not text[token.start].isalnum():
        return names().sign(text[token.start : token.end]), at + 1
    pairs, lone = _known(token.key)
    if pairs and (phrase := _longest(pairs, found, at)):
        return phrase
    short = by_context(text[token.start : token.end], found, at)
    if short is not None:
        return short, at + 1
    if pairs and (headed := _with_shared_head(pairs, found, at)):
        return headed, at + 1
    return lone, at + 1


@lru_cache(maxsize=50_000)
def _known(key: str) -> tuple[tuple[Pairs, ...], Concepts]:
    """The names of several words that may begin so, and what the word names by itself."""
    known = names()
    single = known.single(key)
    if not single and key[0].isalpha() and len(key) > 1 and key not in known.unsaid:
        single = (guessed(key),)
    return known.pairs(key), single


def _longest(
    pairs: tuple[Pairs, ...], found: tuple[Token, ...], at: int
) -> tuple[Concepts, int] | None:
    """The longest name of several words that begins here, and the word after it."""
    best: tuple[Concepts, int] | None = None
    glue = names().glue
    for here in _seconds(found, at, glue):
        key = found[here].key
        for seconds in pairs:
            forms: Forms = seconds.get(key, ())
            if (root := stem(key)) != key and root in seconds:
                forms = (*forms, *seconds[root])
            for form, concepts in forms:
                end = _reaches(form, found, at, here, glue)
                if end and (best is None or end > best[1]):
                    best = concepts, end
    return best


def _seconds(found: tuple[Token, ...], at: int, glue: frozenset[str]) -> Iterator[int]:
    """Where the second word of a name may stand: next, or behind little words."""
    for here in range(at + 1, min(at + 2 + _GAP, len(found))):
        yield here
        if found[here].key not in glue:
            return


def _reaches(
    form: tuple[str, ...], found: tuple[Token, ...], at: int, second: int, glue: frozenset[str]
) -> int:
    """The number of the word after this name, whose second word stands at `second`; 0 where it
    does not stand here. One turned round needs a little word such as "in" inside."""
    if form[0] == "":
        turned = any(found[n].key in _TURNED for n in range(at + 1, second))
        return second + 1 if turned else 0
    here, skipped = second + 1, second - at - 1
    for word in form[2:]:
        while not _is_word(found, here, word):
            if here >= len(found) or skipped >= _GAP or found[here].key not in glue:
                return 0
            here, skipped = here + 1, skipped + 1
        here += 1
    return here


def _is_word(found: tuple[Token, ...], at: int, word: str) -> bool:
    return at < len(found) and word in (found[at].key, stem(found[at].key))


def _with_shared_head(pairs: tuple[Pairs, ...], found: tuple[Token, ...], at: int) -> Concepts:
    """ "Auditory" in "auditory or visual hallucinations" names auditory hallucinations."""
    if at + 2 >= len(found) or found[at + 1].key not in _BETWEEN:
        return ()
    is_thing = bool(names().single(found[at].key))
    for here in range(at + 3, min(at + _SHARED, len(found))):
        if is_thing and found[here - 1].key in _NOT_SHARED:
            return ()  # "alcohol, no withdrawal" is two things
        for seconds in pairs:
            for key in (found[here].key, stem(found[here].key)):
                for form, concepts in seconds.get(key, ()):
                    if len(form) == 2:
                        return concepts
    return ()
