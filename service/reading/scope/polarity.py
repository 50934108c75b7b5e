"""Is it so? Each token denied, doubted, left open or affirmed, and which part of it only."""

from collections.abc import Iterator, Sequence, Set
from itertools import takewhile
from typing import NamedTuple

from service.reading.assertions import Certainty, Polarity
from service.reading.scope.line import JOINS, Line
from service.reading.scope.phrases import Found, cues, listed, words

_BACKWARDS = ("back", "closing", "beside")
_BESIDE = 3  # words within which an affirming verb is what a negation denies ("no longer reports")
# Of these parts only the first thing of a list is spoken of.
_FIRST_ONLY = frozenset(("active", "increase", "worsening", "reduce", "improvement", "change"))
_OVER = 6  # words between "not true that" and the denial that it denies
_LACK = 2  # words between a negation and the lack that it denies ("not without", "denies any lack")


class Answer(NamedTuple):
    """`part` is what is denied of a thing where it is not the whole."""

    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.SURE
    part: str = ""
    is_over: bool = False


AFFIRMED = Answer()
UNKNOWN = Answer(Polarity.UNKNOWN)
_GIVES = {
    "affirmed": AFFIRMED,
    "except": AFFIRMED,
    "negated": Answer(Polarity.NEGATED),
    "negated-on": Answer(Polarity.NEGATED),
    "possible": Answer(certainty=Certainty.POSSIBLE),
    "unlikely": Answer(certainty=Certainty.UNLIKELY),
    "unknown": UNKNOWN,
    "over": Answer(is_over=True),
}


def polarities(
    line: Line, found: Sequence[Found], base: Answer, named: Set[int]
) -> tuple[list[Answer], list[Found], set[int]]:
    """The answer at each token, the cues that gave one, and the tokens that stand behind their
    denial; `base` is what the unit's label says of the whole, `named` where known things begin."""
    answers = _at_first(line, base)
    used: list[Found] = []
    denied: set[int] = set()
    ends = {f.first for f in listed("polarity", "stops").all(line.marks)}
    ends |= {f.last - 1 for f in listed("polarity", "reasons").all(line.marks)}
    stops, own = sorted(ends), words("polarity", "own")
    for cue in sorted(found, key=lambda f: f.cue.reach in _BACKWARDS):
        if _is_idle(cue, found, base) or _is_denied_doubt(line, cue, found, answers):
            continue
        is_name = cue.cue.gives == "negated-on"  # the denial in the name "no murmurs"
        reach = cue.cue.reach if is_name else line.turned(cue) or cue.cue.reach
        given = _given(line, cue, found)
        if given.part in _FIRST_ONLY and reach in ("piece", "clause"):
            # "no active ideation, plan or intent": the rest of the list is denied as a whole
            _paint(answers, line.reach(cue, reach, stops), cue, _GIVES["negated"])
            reach = "near"
        reached = _degreed(line, cue, _phrased(line, cue, line.reach(cue, reach, stops)))
        is_ahead = given.polarity is Polarity.NEGATED and reached.start >= cue.last
        aside = {at: answers[at] for at in _circumstances(line, cue, reached, named) if is_ahead}
        _paint(answers, reached, cue, given)
        for at, was in aside.items():
            answers[at] = was
        used += [cue] if reached else []
        if given == AFFIRMED and cue.cue.gives == "negated":
            denied.difference_update(reached)
        if is_ahead:
            for at in range(cue.first, cue.last):  # "drinks no ..." denies the drinking
                answers[at] = given if line.keys[at] in own else answers[at]
            denied.update(at for at in reached if at not in aside)
    for cue in used:
        if cue.cue.gives == "except":
            _leave_some(line, answers, cue)
    return answers, used, denied


def _leave_some(line: Line, answers: list[Answer], cue: Found) -> None:
    """ "No drugs except cannabis": of what is excepted the rest alone is denied."""
    start = line.pieces[line.piece[cue.first - 1]].start if cue.first else 0
    joins = (at + 1 for at in range(cue.first - 1, start, -1) if line.keys[at] in JOINS)
    for at in range(next(joins, start), cue.first):
        if answers[at] == _GIVES["negated"]:
            answers[at] = answers[at]._replace(part="rest")


def _at_first(line: Line, base: Answer) -> list[Answer]:
    """What the label says, up to a piece that says something of its own ("none, uses paracetamol"),
    and what single words deny."""
    never = words("polarity", "denied")
    ends = (p.start for p in line.pieces if p.start and p.is_finite)
    end = next(ends, len(line.keys)) if base.polarity is Polarity.NEGATED else len(line.keys)
    return [
        _GIVES["negated"]
        if key.endswith("-free") or key in never
        else (base if at < end else AFFIRMED)
        for at, key in enumerate(line.keys)
    ]


def _phrased(line: Line, cue: Found, reach: range) -> range:
    """ "MRI without contrast was normal": what is lacked ends at a verb."""
    if cue.cue.gives != "negated-lack" or cue.cue.reach != "piece":
        return reach
    finite = words("clauses", "finite")
    return range(
        reach.start, reach.start + len([*takewhile(lambda at: line.keys[at] not in finite, reach)])
    )


def _circumstances(line: Line, cue: Found, reach: range, named: Set[int]) -> Iterator[int]:
    """Where and when only: "no mania on lithium", "no visitors at home"."""
    leads, places = words("polarity", "circumstances"), words("polarity", "places")
    is_noun = line.keys[cue.first : cue.last] in (["no"], ["without"])
    is_named, is_aside, is_told = False, False, False
    for at in reach:
        key = line.keys[at]
        if key in JOINS or line.piece[at] != line.piece[at - 1]:
            is_aside = False
        is_told = is_told or (is_named and key == ":")  # "no mania: YMRS 2"
        is_place = (
            is_noun and at > reach.start and not places.isdisjoint(line.keys[at + 1 : at + 3])
        )
        is_aside = is_told or is_aside or (key in leads and (is_named or is_place))
        is_named = is_named or at in named
        if is_aside:
            yield at


def _is_idle(cue: Found, found: Sequence[Found], base: Answer) -> bool:
    """Also a box's own words: an empty one before "endorses" denies."""
    is_boxed = base.polarity is Polarity.NEGATED and cue.cue.gives == "affirmed" and not cue.first
    is_open = base.polarity is Polarity.UNKNOWN
    return cue.cue.gives == "nothing" or is_boxed or is_open or _is_denied_itself(cue, found)


def _is_denied_doubt(
    line: Line, cue: Found, found: Sequence[Found], answers: Sequence[Answer]
) -> bool:
    """ "No lesion suspicious for cancer" denies the cancer; "no rash, possible flu" does not."""
    if cue.cue.gives != "possible":
        return False
    here, clause = line.piece[cue.first], line.clause[cue.first]
    if any(_is_verdict(line, other, cue) for other in found if line.clause[other.first] == clause):
        return True
    if answers[cue.first].polarity is not Polarity.NEGATED:
        return False
    return any(
        other.cue.gives.startswith("negated") and other.first < cue.first
        for other in found
        if line.piece[other.first] == here
    )


def _is_verdict(line: Line, other: Found, doubt: Found) -> bool:
    """The "negative" of "screened for violence: negative"."""
    is_told = other.cue.gives.startswith("negated") or other.cue.gives == "affirmed"
    return is_told and other.first > doubt.last and line.is_answer(other)


def found_cues(line: Line) -> list[Found]:
    return cues("polarity").all(line.marks)


def _paint(answers: list[Answer], reached: range, cue: Found, given: Answer) -> None:
    is_over = given.is_over and cue.cue.reach == "back"
    if not is_over and (cue.cue.reach not in _BACKWARDS or given != AFFIRMED):
        answers[reached.start : reached.stop] = [given] * len(reached)
        return
    for at in reached:  # "no signs are seen": what is seen is the absence; "no SI, none since May"
        if answers[at].polarity is not Polarity.NEGATED and not answers[at].is_over:
            answers[at] = given


def _given(line: Line, cue: Found, found: Sequence[Found]) -> Answer:
    if cue.cue.gives == "negated-lack":
        is_there = _behind_denial(cue, found, _LACK) or _is_never_without(line, cue)
        return AFFIRMED if is_there else _GIVES["negated"]
    if cue.cue.gives == "negated" and (_is_denied_denial(line, cue) or _is_until(line, cue)):
        return AFFIRMED
    if cue.cue.part:
        return _GIVES[cue.cue.gives]._replace(part=cue.cue.part)
    return _GIVES[cue.cue.gives]


def _is_never_without(line: Line, cue: Found) -> bool:
    """ "Never goes out without her frame", "hardly a night without nightmares"."""
    start = line.pieces[line.piece[cue.first]].start
    before = listed("polarity", "never_without").all(line.marks[start : cue.first])
    return bool(before) and cue.cue.reach == "piece"


def _is_denied_denial(line: Line, cue: Found) -> bool:
    """ "It is not true that he never drinks"."""
    before = line.marks[max(0, cue.first - _OVER) : cue.first]
    return bool(listed("polarity", "untrue").all(before))


def _is_until(line: Line, cue: Found) -> bool:
    """ "Did not fall until the second week" tells of a fall; "must not drive until" of none."""
    start, end = line.clause_span(cue.first)
    if line.keys[end : end + 1] != ["until"] or not {"not", "never"} & {
        *line.keys[cue.first : cue.last]
    }:
        return False
    return words("polarity", "orders").isdisjoint(line.keys[start : cue.first])


def _is_denied_itself(cue: Found, found: Sequence[Found]) -> bool:
    """An affirming verb right behind a negation is what it negates."""
    return cue.cue.gives == "affirmed" and _behind_denial(cue, found, _BESIDE - 1)


def _behind_denial(cue: Found, found: Sequence[Found], within: int) -> bool:
    return any(
        0 <= cue.first - other.last <= within
        and other.cue.gives.startswith("negated")
        and other.cue.reach not in _BACKWARDS
        for other in found
    )


def _degreed(line: Line, cue: Found, reach: range) -> range:
    """`not sleeping well` denies the `well`, not the sleep."""
    if line.keys[cue.first : cue.last] != ["not"]:
        return reach
    degree = words("polarity", "degree")
    here = line.piece[cue.first]
    places = [at for at in reach if line.piece[at] == here and line.keys[at] in degree]
    return range(places[0], places[0] + 1) if places else reach
