"""When? Each token before, over time, now, planned, or only if."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from service.reading.assertions import Time
from service.reading.scope.line import Line
from service.reading.scope.phrases import Found, cues, listed, words

_YEAR = re.compile(r"(?:19|20)\d\d")
_BEING = frozenset(("is", "are"))
_DATING = frozenset(("in", "until"))
_SINCE = frozenset(
    (
        "since",
        "from",
        "dx",
        "diagnosed",
        "started",
        "began",
        "onset",
        "married",
        "sober",
        "born",
        "lives",
    )
)
_ONGOING = frozenset({"since", "ongoing", "current", "currently"})
_LASTED = re.compile(r".*(?:hour|day|week|month|year)s?")


def times(
    line: Line, found: Sequence[Found], base: Time, on: str
) -> tuple[list[Time], list[Found]]:
    """The time at each token, and the cues that gave one; `base` is what the unit's section says
    of the whole."""
    goes_on = any(key in _ONGOING for key in line.keys[:-2])  # a history "since May" is no past
    answers = [Time.NOW if goes_on and base is not Time.IF else base] * len(line.keys)
    told = [f for f in found if not _is_no_time(f, line)]
    for cue in sorted(told, key=lambda f: f.cue.gives == "if"):
        given = Time(cue.cue.gives)
        own = range(cue.first, cue.last if given is Time.IF else cue.first)
        is_last = given is Time.PLANNED and line.ends(cue)  # "clozapine level pending"
        ahead = line.reach(cue, "back" if is_last else cue.cue.reach, _stops(line, cue))
        for reached in (ahead, own, _if_so(line, cue)):
            answers[reached.start : reached.stop] = [given] * len(reached)
    for at in _background(line):
        answers[at] = Time.EVER if answers[at] is Time.NOW else answers[at]
    for at in _years(line, on):
        answers[at] = Time.PAST if answers[at] in (Time.NOW, Time.EVER) else answers[at]
    _standing(line, answers)
    return answers, told


def found_times(line: Line) -> list[Found]:
    return cues("time").all(line.marks)


def _standing(line: Line, answers: list[Time]) -> None:
    """A lifelong illness stays so under "history of" too."""
    for found in listed("time", "standing", "illness").all(line.marks):
        for at in range(found.first, found.last):
            if answers[at] in (Time.NOW, Time.PAST):
                answers[at] = Time.EVER


def _if_so(line: Line, cue: Found) -> range:
    """What comes to be only then, told first: "would leave if", "call 988 if suicidal"."""
    keys, first = line.keys, cue.first
    if keys[first] not in ("if", "unless", "should"):
        return range(0)
    start, _ = line.clause_span(first)
    before = keys[start:first]
    is_order = before[:1] and before[0] in words("time", "conditional", "orders")
    is_supposed = not words("time", "conditional", "modals").isdisjoint(before)
    is_supposed |= any(to == "to" and be in _BEING for be, to in pairwise(before))
    return range(start, first) if is_order or is_supposed else range(0)


def _background(line: Line) -> range:
    """What the patient is introduced with, up to why they are here now."""
    keys = line.keys
    for at in range(1, len(keys)):
        if keys[at] == "with" and keys[at - 1] in words("time", "background", "persons"):
            now = words("time", "background", "now")
            ends = (n for n in range(at, len(keys)) if keys[n] in now)
            return range(at + 1, next(ends, at + 1))
    return range(0)


def _years(line: Line, on: str) -> Iterator[int]:
    """The tokens of comma pieces with "in May 2019", "until 2019" or a bare year before the
    note's own, where nothing says that it goes on since."""
    years = [n for n, key in enumerate(line.keys) if key.isdecimal() and _YEAR.fullmatch(key)]
    for n in years:
        piece = line.pieces[line.piece[n]]
        before = line.keys[piece.start : n]
        is_old = line.keys[n] < on[:4] and _SINCE.isdisjoint(before)
        if is_old or not _DATING.isdisjoint(before[-2:]):
            yield from range(piece.start, piece.end)


def _is_no_time(found: Found, line: Line) -> bool:
    """Also "a two-day history of pain": how long something has lasted."""
    gives = found.cue.gives
    before = line.keys[found.first - 1] if found.first else ""
    lasted = line.keys[found.first] in ("history", "hx") and _LASTED.fullmatch(before)
    end = line.pieces[line.piece[found.first]].end
    goes_on = gives == "past" and any(key in _ONGOING for key in line.keys[found.last : end])
    return bool(lasted) or goes_on or gives.startswith("nothing")


def _stops(line: Line, cue: Found) -> list[int]:
    kind = "planned" if cue.cue.gives == "planned" else "time"
    return [found.first for found in listed("time", "stops", kind).all(line.marks)]
