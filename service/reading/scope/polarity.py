"""Is it so? Each token denied, doubted, left open or affirmed, and which part of it only."""

from collections.abc import Sequence
from typing import NamedTuple

from service.reading.assertions import Certainty, Polarity
from service.reading.scope.line import Line
from service.reading.scope.phrases import Found, cues, listed, words

_BACKWARDS = ("back", "closing", "beside")
_BESIDE = 3  # words within which an affirming verb is what a negation denies ("no longer reports")
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
    line: Line, found: Sequence[Found], base: Answer
) -> tuple[list[Answer], list[Found], set[int]]:
    """The answer at each token, the cues that gave one, and the tokens that stand behind their
    denial; `base` is what the unit's label says of the whole."""
    never = words("polarity", "denied")
    answers = [
        _GIVES["negated"] if key.endswith("-free") or key in never else base for key in line.keys
    ]
    used: list[Found] = []
    denied: set[int] = set()
    ends = {f.first for f in listed("polarity", "stops").all(line.marks)}
    ends |= {f.last - 1 for f in listed("polarity", "reasons").all(line.marks)}
    stops = sorted(ends)
    for cue in sorted(found, key=lambda f: f.cue.reach in _BACKWARDS):
        if _is_idle(cue, found, base) or _is_denied_doubt(line, cue, found, answers):
            continue
        is_name = cue.cue.gives == "negated-on"  # the denial in the name "no murmurs"
        reach = cue.cue.reach if is_name else line.turned(cue) or cue.cue.reach
        given = _given(cue, found)
        if given.part and given.polarity is Polarity.AFFIRMED and reach == "piece":
            # "no change in vision, diplopia or hearing": the rest of the list is denied as a whole
            _paint(answers, line.reach(cue, reach, stops), cue, _GIVES["negated"])
            reach = "near"
        reached = _degreed(line, cue, line.reach(cue, reach, stops))
        _paint(answers, reached, cue, given)
        used += [cue] if reached else []
        if given.polarity is Polarity.NEGATED and reached.start >= cue.last:
            denied.update(reached)
    return answers, used, denied


def _is_idle(cue: Found, found: Sequence[Found], base: Answer) -> bool:
    """Also a box's own words: an empty one before "endorses" denies."""
    is_boxed = base.polarity is Polarity.NEGATED and cue.cue.gives == "affirmed" and not cue.first
    is_open = base.polarity is Polarity.UNKNOWN
    return cue.cue.gives == "nothing" or is_boxed or is_open or _is_denied_itself(cue, found)


def _is_denied_doubt(
    line: Line, cue: Found, found: Sequence[Found], answers: Sequence[Answer]
) -> bool:
    """ "No lesion suspicious for cancer" denies the cancer; "no rash, possible flu" does not."""
    if cue.cue.gives != "possible" or answers[cue.first].polarity is not Polarity.NEGATED:
        return False
    here = line.piece[cue.first]
    return any(
        other.cue.gives.startswith("negated") and other.first < cue.first
        for other in found
        if line.piece[other.first] == here
    )


def found_cues(line: Line) -> list[Found]:
    return cues("polarity").all(line.marks)


def _paint(answers: list[Answer], reached: range, cue: Found, given: Answer) -> None:
    if cue.cue.reach not in _BACKWARDS or given != AFFIRMED:
        answers[reached.start : reached.stop] = [given] * len(reached)
        return
    for at in reached:  # "no signs are seen": what is seen is the absence
        if answers[at].polarity is not Polarity.NEGATED and not answers[at].is_over:
            answers[at] = given


def _given(cue: Found, found: Sequence[Found]) -> Answer:
    if cue.cue.gives == "negated-lack":
        return AFFIRMED if _behind_denial(cue, found, _LACK) else _GIVES["negated"]
    if cue.cue.part:
        return _GIVES[cue.cue.gives]._replace(part=cue.cue.part)
    return _GIVES[cue.cue.gives]


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
