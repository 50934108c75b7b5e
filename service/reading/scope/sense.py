"""How each token of a phrase is meant, all questions together."""

from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from service.reading.assertions import PATIENT, Act, Certainty, Polarity, Says, Time
from service.reading.layout import Section, Stance
from service.reading.scope.acts import Done, acts
from service.reading.scope.line import Line
from service.reading.scope.people import people
from service.reading.scope.persons import Person, persons, same_person
from service.reading.scope.phrases import Cue, Found, load, words
from service.reading.scope.polarity import Answer, found_cues, polarities
from service.reading.scope.when import found_times, times

_QUOTES = {'"': '"', "“": "”"}
_DENYING = frozenset(("no", "without", "denies", "denied"))  # before a list of things
_LONGEST_QUOTE = 80  # tokens
ASKED = Answer(Polarity.UNKNOWN, Certainty.POSSIBLE)  # what could not be found out is not asked
DOUBTED = Answer(certainty=Certainty.POSSIBLE)


class Frame(NamedTuple):
    """What a unit says of everything in it. `is_question`: it asks."""

    section: Section = Section.OTHER
    stance: Stance = Stance.PLAIN
    speaker: str = ""
    is_question: bool = False


class Sense(NamedTuple):
    """The answers at one token."""

    clause: int
    answer: Answer
    time: Time
    person: Person
    done: Done
    is_done_denied: bool = False


class Senses(NamedTuple):
    """`spent` are the tokens that only say how another is meant."""

    line: Line
    senses: Sequence[Sense]
    spent: frozenset[int]
    base: Act


def senses(line: Line, frame: Frame, named: Sequence[range], on: str) -> Senses:
    """`named` are the tokens of each known thing of several words: a cue inside one is its own."""
    inside = {at: each.stop for each in named if len(each) > 1 for at in each}
    starts = {each.start for each in named}
    cues = [
        each
        for found in found_cues(line)
        if (each := _outside(line, found, inside, starts)) is not None
    ]
    timed = [f for f in found_times(line) if not _is_part(f, inside, starts)]
    answers, cues, denied = polarities(line, cues, _answer(line, frame), starts)
    when, timed = times(line, timed, _time(line, frame), on)
    done = acts(line)
    who = _quoted(line, people(line, _person(frame)))
    found = [
        Sense(clause, answer, time, person, act, act.at in denied - _saved(line, cues, at))
        for at, (clause, answer, time, person, act) in enumerate(
            zip(line.clause, answers, when, who, done, strict=True)
        )
    ]
    return Senses(line, found, _spent(cues, timed, done), _act(frame))


def _saved(line: Line, cues: Sequence[Found], at: int) -> Set[int]:
    """The tokens whose denial an exception takes from this one: "no drug use except cannabis"."""
    excepted = (cue.first for cue in cues if cue.cue.gives == "except" and cue.last <= at)
    here = (first for first in excepted if line.clause[first] == line.clause[at])
    return {*range(max(here, default=0))}


def _is_part(cue: Found, inside: Mapping[int, int], starts: Set[int]) -> bool:
    """Does a cue stand inside a name without being all of it?"""
    is_whole = cue.first in starts and inside.get(cue.first) == cue.last
    return not is_whole and inside.keys() >= {*range(cue.first, cue.last)}


def _outside(line: Line, cue: Found, inside: Mapping[int, int], starts: Set[int]) -> Found | None:
    """A cue that is no part of a name; of "no murmurs, rubs" the denial goes on behind the name."""
    if not _is_part(cue, inside, starts):
        return cue
    goes_on = cue.first in starts and line.keys[cue.first] in _DENYING
    on = Cue("negated-on", "piece")
    return Found(on, cue.first, inside[cue.first]) if goes_on else None


def _spent(cues: Sequence[Found], timed: Sequence[Found], done: Sequence[Done]) -> frozenset[int]:
    at = {n for f in (*cues, *timed) for n in range(f.first, f.last)}
    return frozenset(at.union(*(range(d.at, d.end) for d in {*done} if d.at >= 0)))


@lru_cache(maxsize=256)
def _of(frame: Frame, what: str) -> str:
    """What the stance says, else the section."""
    table = load("frames")
    for part in (table["stance"].get(frame.stance, {}), table["section"].get(frame.section, {})):
        if what in part:
            return str(part[what])
    return ""


def _answer(line: Line, frame: Frame) -> Answer:
    if frame.stance is Stance.YES:
        return Answer()
    if frame.is_question:
        is_asked = not words("frames", "asks").isdisjoint(line.keys[:4])
        is_turn = frame.section is Section.TALK or bool(frame.speaker)
        return ASKED if is_asked or is_turn else DOUBTED
    polarity, certainty = _of(frame, "polarity"), _of(frame, "certainty")
    return Answer(Polarity(polarity or "affirmed"), Certainty(certainty or "sure"))


def _time(line: Line, frame: Frame) -> Time:
    time = Time(_of(frame, "time") or "now")
    if time is not Time.PLANNED or not line.keys:
        return time
    first = set(line.keys[: line.clause_span(0)[1]])
    tells = (words("clauses", "finite") | words("frames", "told", "words")) & first
    return Time.NOW if tells - words("frames", "told", "ordered") else time


def _act(frame: Frame) -> Act:
    return Act(_of(frame, "act"))


def _person(frame: Frame) -> Person:
    subject = _of(frame, "subject") or PATIENT
    if frame.speaker in ("", "clinician"):
        return Person(subject, Says(_of(frame, "says") or "clinician"))
    if frame.speaker == PATIENT:
        return Person(subject, Says.PATIENT)
    is_known = frame.speaker in persons()
    return Person(
        subject, Says.COLLATERAL, same_person(frame.speaker) if is_known else frame.speaker
    )


def _quoted(line: Line, who: Sequence[Person]) -> list[Person]:
    answers = list(who)
    if _QUOTES.keys().isdisjoint(line.keys):
        return answers
    at = 0
    while at < len(answers):
        closing = _QUOTES.get(line.keys[at])
        ends = range(at + 1, min(len(answers), at + _LONGEST_QUOTE)) if closing else ()
        end = next((n for n in ends if line.keys[n] == closing), 0)
        for n in range(at, end):
            was = answers[n]
            teller = was.who or (PATIENT if was.says is Says.PATIENT else "")
            answers[n] = Person(was.subject, Says.QUOTED, teller)
        at = max(at, end) + 1
    return answers
