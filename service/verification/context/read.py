"""Every content word of a text with its context: is it so, when, of whom, who says so."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from service.retrieval.sentences import sentence_spans
from service.verification.context.clauses import Line
from service.verification.context.cues import POLARITY, TIME, Found, find, listed
from service.verification.context.headings import heading_at, headings
from service.verification.context.people import FAMILY, tells, told
from service.verification.context.tokens import tokens
from service.verification.context.vocabulary import PATIENT, Polarity, Reading, Says, Time
from service.verification.lexicon import drug
from service.verification.words import load, stems

_PAST = re.compile(r"(?:19|20)\d\d|ago|was|were|had|did|\w{3,}ed|died|took|went|made|\d+/\d+.*")
_PLAN = re.compile(r"planned|scheduled|recommended|advised|arranged|proposed")
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{1,300})[”\"]")
_BESIDE = 3  # words within which an affirming verb is what a negation denies ("no longer reports")
_BACKWARDS = ("back", "closing", "beside")
_CONFIRMS = ("affirmed", Polarity.NEGATED)  # "no signs are seen": what is seen is the absence
_YEAR = re.compile(r"(?:19|20)\d\d")
# A lifelong illness stays so under "history of"; a habit may be over.
_OVER = {
    "lifelong": (Time.RECENT, Time.CURRENT, Time.HISTORICAL),
    "phrases": (Time.RECENT, Time.CURRENT),
}
_UNDATED = (Time.RECENT, Time.STANDING)
_ONGOING = frozenset({"since", "ongoing", "current", "currently"})
_LASTED = re.compile(r".*(?:hour|day|week|month|year)s?")
_SECTION_TIME = {
    "historical": Time.HISTORICAL,
    "standing": Time.STANDING,
    "hypothetical": Time.HYPOTHETICAL,
    "planned": Time.PLANNED,
}
_NOT_YET = ("hypothetical", "planned")
_SECTION_POLARITY = {"possible": Polarity.POSSIBLE, "negated": Polarity.NEGATED}


def read(text: str, section: str = "") -> list[Reading]:
    """The readings of a text in order, each sentence under its heading; `section` is what the
    heading of the whole text says (see headings.kind_of)."""
    found: list[Reading] = []
    clauses = 0
    for start, end in _stretches(text):
        heading = heading_at(text, start)
        line = read_sentence(text[start:end], heading.kind or section if heading else section)
        found += [_moved(each, start, clauses) for each in line]
        clauses += 1 + (line[-1].clause if line else 0)
    return found


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Its sentences, cut where a heading stands inside one."""
    labels = [heading.start for heading in headings(text)]
    for start, end in sentence_spans(text):
        cuts = [start, *(at for at in labels if start < at < end), end]
        yield from pairwise(cuts)


def _moved(each: Reading, start: int, clauses: int) -> Reading:
    return replace(
        each, start=each.start + start, end=each.end + start, clause=each.clause + clauses
    )


@lru_cache(maxsize=65_536)
def read_sentence(text: str, section: str = "") -> tuple[Reading, ...]:
    """The readings of one sentence; `section` is what its heading says (see headings.kind_of)."""
    line = Line.of(tokens(text))
    polarity, time = _polarity(line, section), _time(line, section)
    people = _people(line, section)
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    past = set(_past(line))
    headed, spent, dated = _SECTION_TIME.get(section), _cue_words(line), {*_years(line)}
    return tuple(
        Reading(
            token.start,
            token.end,
            word,
            line.clause[n],
            polarity[n],
            time[n],
            people[n][0],
            _says(people[n][1], token.start, quoted),
            line.piece[n] in past,
            time[n] is headed or n in dated,
        )
        for n, token in enumerate(line.tokens)
        if token.is_word and n not in spent
        for word in sorted(stems(text[token.start : token.end]))
    )


def _past(line: Line) -> Iterator[int]:
    """The pieces told in the past tense. "Was scheduled" tells a plan, not that it was done."""
    for n, key in enumerate(line.keys):
        is_plan = any(_PLAN.fullmatch(each) for each in line.keys[n : n + 2])
        if _PAST.fullmatch(key) and not is_plan:
            yield line.piece[n]


def _cue_words(line: Line) -> set[int]:
    """The tokens that are cues: they say how a thing is meant, they are no thing."""
    found = find(POLARITY, line.tokens) + find(TIME, line.tokens)
    return {
        at for f in found if not f.cue.gives.startswith("nothing") for at in range(f.first, f.last)
    }


def _polarity(line: Line, section: str) -> list[Polarity]:
    answers = [_SECTION_POLARITY.get(section, Polarity.AFFIRMED)] * len(line.keys)
    stops = {f.first for f in listed("stops", "polarity").all(line.keys)}
    found = find(POLARITY, line.tokens)
    for cue in sorted(found, key=lambda f: f.cue.reach in _BACKWARDS):
        if cue.cue.gives == "nothing" or _is_denied_itself(cue, found):
            continue
        reach = line.turned(cue) or cue.cue.reach
        for at in _degreed(line, cue, line.reach(cue, reach, stops)):
            if cue.cue.reach not in _BACKWARDS or (cue.cue.gives, answers[at]) != _CONFIRMS:
                answers[at] = Polarity(cue.cue.gives)
    return answers


def _is_denied_itself(cue: Found, found: list[Found]) -> bool:
    """An affirming verb right behind a negation is what it negates."""
    return cue.cue.gives == "affirmed" and any(
        0 <= cue.first - other.last < _BESIDE
        and other.cue.gives == "negated"
        and other.cue.reach not in _BACKWARDS
        for other in found
    )


def _degreed(line: Line, cue: Found, reach: range) -> range:
    """`not sleeping well` denies the `well`, not the sleep."""
    if line.keys[cue.first : cue.last] != ["not"]:
        return reach
    words = _degree()
    places = [
        at for at in reach if line.keys[at] in words and line.piece[at] == line.piece[cue.first]
    ]
    return range(places[0], places[0] + 1) if places else reach


@lru_cache(maxsize=1)
def _degree() -> frozenset[str]:
    return frozenset(load("context.toml")["degree"]["words"])


def _time(line: Line, section: str) -> list[Time]:
    goes_on = any(key in _ONGOING for key in line.keys[:-2])  # a history "since May" is no past
    is_told = section in _NOT_YET and tells(line)  # a report below a plan is none of its steps
    told = Time.RECENT if goes_on or is_told else _SECTION_TIME.get(section, Time.RECENT)
    answers = [told] * len(line.keys)
    found = [f for f in find(TIME, line.tokens) if not _is_no_time(f, line)]
    for cue in sorted(found, key=lambda f: f.cue.gives == "hypothetical"):
        for at in (*line.reach(cue, cue.cue.reach, _time_stops(line, cue)), *_if_so(line, cue)):
            answers[at] = Time(cue.cue.gives)
    for at in _background(line):
        answers[at] = Time.STANDING if answers[at] is Time.RECENT else answers[at]
    for at in _years(line):
        answers[at] = Time.HISTORICAL if answers[at] in _UNDATED else answers[at]
    for at in _taken(line):
        answers[at] = Time.STANDING if answers[at] in _OVER["lifelong"] else answers[at]
    for kind, over in _OVER.items():
        for found_at in listed("standing", kind).all(line.keys):
            for at in range(found_at.first, found_at.last):
                answers[at] = Time.STANDING if answers[at] in over else answers[at]
    return answers


def _if_so(line: Line, cue: Found) -> range:
    """What comes to be only then, told first: "would leave if", "call 988 if suicidal"."""
    keys, first = line.keys, cue.first
    if keys[first] not in ("if", "unless", "should"):
        return range(0)
    start = next(n for n, clause in enumerate(line.clause) if clause == line.clause[first])
    before = keys[start:first]
    is_order = before[:1] and before[0] in load("context.toml")["conditional"]["orders"]
    is_supposed = not {*before}.isdisjoint(load("context.toml")["conditional"]["modals"])
    return range(start, first) if is_order or is_supposed else range(0)


def _background(line: Line) -> range:
    """What the patient is introduced with, up to why they are here now."""
    keys, table = line.keys, load("context.toml")["background"]
    for at in range(1, len(keys)):
        if keys[at] == "with" and keys[at - 1] in table["persons"]:
            ends = (n for n in range(at, len(keys)) if keys[n] in table["now"])
            return range(at + 1, next(ends, at + 1))
    return range(0)


def _years(line: Line) -> list[int]:
    """The tokens of comma pieces with "in 2019" or "in May 2019" that ask or plan nothing."""
    keys = line.keys
    pieces = {
        line.piece[n]
        for n, key in enumerate(keys)
        if _YEAR.fullmatch(key) and "in" in keys[max(0, n - 2) : n]
    }
    return [n for n, piece in enumerate(line.piece) if piece in pieces]


def _taken(line: Line) -> list[int]:
    """The medicine and dose of "hypothyroidism on levothyroxine": taken now, in a history too."""
    pieces = {
        line.piece[n]
        for n, (key, behind) in enumerate(pairwise(line.keys))
        if key in ("on", "takes", "taking") and drug(behind)
    }
    return [n for n, piece in enumerate(line.piece) if piece in pieces]


def _is_no_time(found: Found, line: Line) -> bool:
    """Also "a two-day history of pain": how long something has lasted."""
    before = line.keys[found.first - 1] if found.first else ""
    lasted = line.keys[found.first] in ("history", "hx") and _LASTED.fullmatch(before)
    goes_on = found.cue.gives == "historical" and any(
        key in _ONGOING and line.piece[n] == line.piece[found.first]
        for n, key in enumerate(line.keys)
        if n >= found.last
    )
    return bool(lasted) or goes_on or found.cue.gives.startswith("nothing")


def _time_stops(line: Line, cue: Found) -> set[int]:
    kind = "planned" if cue.cue.gives == "planned" else "time"
    return {found.first for found in listed("stops", kind).all(line.keys)}


def _people(line: Line, section: str) -> list[tuple[str, Says]]:
    subject = FAMILY if section == "family" else PATIENT
    says = Says.COLLATERAL if section == "collateral" else Says.UNSAID
    answers = [(subject, says)] * len(line.keys)
    for each in told(line, section):
        for at in range(each.first, each.last):
            was, by = answers[at]
            answers[at] = (each.subject or was, each.says if each.says is not Says.UNSAID else by)
    return answers


def _says(says: Says, start: int, quoted: list[tuple[int, int]]) -> Says:
    return Says.QUOTED if any(a <= start < b for a, b in quoted) else says
