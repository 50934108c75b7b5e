"""In which tense a statement tells each thing: as present, as past or done, or in none."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from service.reading.assertions import Assertion, Kind, Tense
from service.reading.scope.line import Line
from service.reading.scope.phrases import listed, words
from service.reading.scope.tokens import tokens

_BEING = frozenset(("is", "are", "am", "be", "being"))
_HAVING = frozenset(("has", "have"))
_ANCHORED = frozenset(("on", "in", "to"))  # "on admission"; but "on lithium"
_DATING = frozenset((Kind.EVENT, Kind.PROCEDURE, Kind.SETTING))
_FAR = 40  # tokens between a thing and its verb
_LASTING = frozenset((Kind.SUBSTANCE, Kind.ALLERGY, Kind.LEGAL))
_SHORT = 12  # tokens of a statement that only names what is so
_NEAR = 4  # tokens between a preposition and what it stands before


def told(text: str, found: Iterable[Assertion]) -> Iterator[Assertion]:
    """The assertions of a statement, each with the tense in which `text` tells it."""
    line = Line.of(tokens(text))
    starts = [token.start for token in line.tokens]
    present = {line.clause[f.first] for f in listed("tense", "present_words").all(line.marks)}
    for each in found:
        first = max(0, bisect_right(starts, each.start) - 1)
        is_present = line.clause[first : first + 1] != [] and line.clause[first] in present
        yield replace(each, tense=_tense_of(line, first, each.concept.kind, is_present))


def _tense_of(line: Line, first: int, kind: Kind, is_present: bool) -> Tense:
    """How the thing at token `first` is told; NONE where it only dates or explains another.
    `is_present`: a word of its clause says so ("still")."""
    start, end = line.clause_span(first)
    for at in range(first - 1, max(start, first - _NEAR) - 1, -1):
        if _verb(line, at, start) is not None:
            break
        key = line.keys[at]
        if at > start and line.keys[at - 1] in words("tense", "leading"):
            continue  # "presented with", "went to": what follows is what is told
        if key in words("tense", "anchors") or (kind in _DATING and key in _ANCHORED):
            return Tense.NONE
    if is_present:
        return Tense.PRESENT
    told = next(_verbs(line, first, start, end), None)
    return _unsaid(line, first, kind) if told is None else told


def _unsaid(line: Line, first: int, kind: Kind) -> Tense:
    """ "Current smoker.", "On 1:1 observation.": what is told with no verb at all is so."""
    verbs = words("clauses", "finite") | words("tense", "open")
    has_verb = any(k in verbs or k.endswith("ed") for k in line.keys)
    is_short = len(line.keys) <= _SHORT and first <= _NEAR
    is_lasting = kind in _LASTING or line.keys[0] in ("on", "current", "active")
    return Tense.PRESENT if is_short and is_lasting and not has_verb else Tense.NONE


def _verbs(line: Line, first: int, start: int, end: int) -> Iterator[Tense]:
    """The tenses of the clause's verbs: those before the thing from near to far, then those
    behind it."""
    before, behind = max(start, first - _FAR), min(end, first + _FAR)
    for at in (*range(first - 1, before - 1, -1), *range(first, behind)):
        if (told := _verb(line, at, start)) is not None:
            yield told


def _verb(line: Line, at: int, start: int) -> Tense | None:
    """The tense that the word at a token has, None where it is no verb of any."""
    key = line.keys[at]
    before = line.keys[at - 1] if at > start else ""
    after = next((k for k in line.keys[at + 1 : at + 4] if k not in words("tense", "asides")), "")
    if key in words("tense", "open"):
        return Tense.NONE
    if key in _BEING and after == "to":
        return Tense.NONE  # "is to be given"
    if key in _HAVING:
        is_done = after in words("tense", "participles") or after.endswith("ed")
        return Tense.PAST if is_done else Tense.PRESENT
    if key in words("tense", "past") or (key.endswith("ed") and len(key) > 4):
        return None if before in _BEING or before in ("been", *_HAVING) else Tense.PAST
    is_third = key.endswith("s") and not key.endswith("ss") and before in words("tense", "subjects")
    return Tense.PRESENT if key in words("tense", "present") or is_third else None
