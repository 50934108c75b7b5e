"""One phrase as what it asserts: each thing that it names, meant as its words say."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from service.reading.assertions import (
    Act,
    Assertion,
    Concept,
    Kind,
    Polarity,
    Value,
)
from service.reading.layout import Section
from service.reading.lexicon import Mention, mentions
from service.reading.scope.acts import NOTHING, goes_to
from service.reading.scope.allergens import allergens, is_none_known, reactions
from service.reading.scope.attach import Named, attached, changed, day_of, series
from service.reading.scope.deeds import deeds
from service.reading.scope.doing import CHANGES, done_with, time_of
from service.reading.scope.grades import grades
from service.reading.scope.line import Line
from service.reading.scope.persons import persons, same_person
from service.reading.scope.phrases import words
from service.reading.scope.roles import EFFECT, reasons, roles
from service.reading.scope.sense import Frame, Sense, Senses, senses
from service.reading.scope.tokens import Token, tokens
from service.reading.values import values

_SUBSTANCES = frozenset((Kind.MEDICINE, Kind.SUBSTANCE))
_DEEDS = frozenset((Kind.WORD, Kind.RISK, Kind.PERSON))
_OPEN = ("allerg", "capacity", "not act")  # of which a name may hold its own denial
_MODIFIES = re.compile(r"-(?:related|induced|associated)\b")
_GIVEN = (Act.NONE, Act.TAKEN, Act.PRESCRIBED)
_AILING = frozenset((Kind.SYMPTOM, Kind.PROBLEM, Kind.FINDING))
_FROM = frozenset(("from", "with", "on", "to", "since", "while"))
_DENYING = ("no ", "without ")  # a name of one of these is no denial ("without side effects")

_OF_DOSES = frozenset(("dose", "strength", "quantity", "frequency", "route", "form"))
# "Metoprolol succinate" and "nicotine patch" tell them, and a doctor has a name.
_OF_NAMES = frozenset(("form", "route", "name"))


@lru_cache(maxsize=16_384)  # notes repeat themselves, and each other
def read_phrase(phrase: str, frame: Frame, on: str) -> tuple[Assertion, ...]:
    """The assertions of one phrase, in order; offsets are into the phrase."""
    of_phrase, told = tokens(phrase), values(phrase, on)
    doses = (_place(of_phrase, value) for value in told if value.what in _OF_DOSES)
    line = Line.of(of_phrase, (at for place in doses for at in place))
    placed = [
        (each, _place(line.tokens, each)) for each in mentions(phrase) if each.end > each.start
    ]
    found = allergens(line, placed, frame.section is Section.ALLERGIES)
    known = [place for each, place in found if _is_fixed(each)]
    read = senses(line, frame, known, on)
    valued = _outside(told, [each for each, _ in found])
    taken = {at for value in valued for at in range(value.start, value.end)}
    kept = [
        (each, place)
        for each, place in found
        if each.concept.kind is not Kind.WORD
        or not (len(each.concept.key) < 2 or each.start in taken or read.spent.issuperset(place))
    ]
    own = [value for value in valued if _is_own_age(phrase, value)]
    others = [value for value in valued if value not in own]
    return (*_ages(own, read), *_assertions(kept, read, frame, others))


def _is_own_age(phrase: str, value: Value) -> bool:
    """ "34-year-old", "47F"; not "at age 19"."""
    is_short = phrase[value.end : value.end + 1] in tuple("FfMm")
    return value.what == "age" and (is_short or not value.said.isdecimal())


def _ages(found: Sequence[Value], read: Senses) -> Iterator[Assertion]:
    """The patient's own age, or that of the relative who is spoken of."""
    for value in found:
        at = bisect_right(read.line.tokens, value.start, key=lambda token: token.start) - 1
        ahead = (same_person(k) for k in read.line.keys[at + 1 : at + 4] if k in persons())
        who = next(ahead, read.senses[at].person.subject)
        yield Assertion(
            Concept(Kind.PERSON, who), value.start, value.end, subject=who, values=(value,)
        )


def _is_fixed(mention: Mention) -> bool:
    """Is a cue inside a name its own ("lack of energy")? "Lacks capacity" does deny it."""
    said = mention.said.casefold()
    is_name = mention.concept.kind is not Kind.WORD or said.startswith(_DENYING)
    is_open = any(each in said for each in _OPEN) and not mention.concept.key.startswith("lacks-")
    return is_name and not is_open


def _outside(found: Sequence[Value], named: Sequence[Mention]) -> list[Value]:
    """The values that are no part of a name ("PHQ-9" is no 9), nor the "on" before a day."""
    inside = {
        at
        for each in named
        if each.concept.kind is not Kind.WORD
        for at in range(each.start, each.end)
    }
    days = {value.start for value in found if value.what == "date"}
    return [
        value
        for value in found
        if (not {value.start, value.end - 1} <= inside or value.what in _OF_NAMES)
        and not (value.said.casefold() == "on" and value.end + 1 in days)
    ]


def _place(found: Sequence[Token], mention: Mention | Value) -> range:
    """The tokens of a mention or a value; the one that it stands in where it is part of one."""
    first = max(0, bisect_right(found, mention.start, key=lambda token: token.start) - 1)
    last = bisect_left(found, mention.end, key=lambda token: token.start)
    return range(first, max(last, first + 1))


def _assertions(
    kept: Sequence[tuple[Mention, range]], read: Senses, frame: Frame, valued: Sequence[Value]
) -> Iterator[Assertion]:
    if not kept:
        return
    line = read.line
    named = [
        Named(place.start, place.stop, each.concept.kind, each.concept.key) for each, place in kept
    ]
    of_each = attached(line, named, valued)
    for number, reason in reasons(line, named):
        of_each[number].append(reason)
    for number, grade in grades(line, named):
        of_each[number].append(grade)
    done = [*deeds(line)]
    role = roles(line, named, done)
    for number, shown, value in reactions(kept, frame.section is Section.ALLERGIES):
        of_each[number].append(value)
        role[shown] = EFFECT
    agents = {deed.at: deed.agent for deed in done if not deed.is_passive}
    telling = _telling(kept, read)
    unclear = _unclear(kept, read)
    # "Sertraline: nausea resolved" stops no sertraline.
    ailing = {line.piece[place.start] for e, place in kept if e.concept.kind in _AILING}
    days = _days(line, named, of_each)
    for number, (mention, place) in enumerate(kept):
        sense = _meant(read, place)
        clause = sense.clause
        if sense.done.at in unclear:
            sense = sense._replace(done=NOTHING)
        if mention.concept.kind in _SUBSTANCES and line.piece[place.start] in ailing:
            sense = sense._replace(answer=sense.answer._replace(is_over=False))
        if _is_modifier(line, mention, place, sense):
            continue
        for held in series(of_each[number]):
            yield _assertion(
                mention,
                sense,
                read,
                frame,
                values_of=held,
                role=role[number],
                said=telling[clause] - {mention.concept.key},
                agent=agents.get(place.start, ""),
                is_aside=_is_aside(line, named, number),
                on=day_of(held, _after(line, sense))
                or ("" if _has_lasted(held) else days.get(clause, "")),
            )


def _telling(kept: Sequence[tuple[Mention, range]], read: Senses) -> dict[int, frozenset[str]]:
    """The telling words of each clause, as stems, with those for a change ("increase")."""
    line = read.line
    found: dict[int, set[str]] = defaultdict(set)
    for sense in read.senses:
        if sense.done.act in CHANGES and not sense.answer.part:
            found[sense.clause].add(CHANGES[sense.done.act])
    for mention, place in kept:
        if mention.concept.kind is Kind.WORD:
            found[line.clause[place.start]].add(mention.concept.key)
        else:
            found[line.clause[place.start]]
    return {clause: frozenset(said) for clause, said in found.items()}


def _is_aside(line: Line, named: Sequence[Named], number: int) -> bool:
    """Is this only what another thing is from, with, on or to ("no side effects from lithium")?"""
    this = named[number]
    before = named[number - 1] if number else None
    is_led = not _FROM.isdisjoint(line.keys[max(0, this.first - 2) : this.first])
    return bool(before and is_led and line.piece[before.first] == line.piece[this.first])


def _unclear(kept: Sequence[tuple[Mention, range]], read: Senses) -> set[int]:
    """Where an "increase to 100 mg" stands that could be of several medicines."""
    of: dict[int, set[str]] = defaultdict(set)
    for mention, place in kept:
        at = _meant(read, place).done.at
        if at > place.start and mention.concept.kind in _SUBSTANCES and goes_to(read.line, at):
            of[at].add(mention.concept.key)
    return {at for at, keys in of.items() if len(keys) > 1}


def _is_modifier(line: Line, mention: Mention, place: range, sense: Sense) -> bool:
    """ "No alcohol-related falls" says nothing of drinking."""
    said = "-".join(line.keys[place.start : place.stop + 1])
    is_of = mention.concept.kind in _SUBSTANCES and bool(_MODIFIES.search(said))
    return is_of and sense.answer.polarity is Polarity.NEGATED


def _is_total(held: Sequence[Value], sense: Sense, read: Senses) -> bool:
    """ "Received haloperidol 1.5 mg in total" is over; "takes 900 mg in total" goes on."""
    what = {value.what for value in held}
    is_going = sense.done.at >= 0 and read.line.keys[sense.done.at] in words("acts", "goes_on")
    return "total" in what and "frequency" not in what and not is_going


def _after(line: Line, sense: Sense) -> int:
    """From where in the phrase its act stands: "started in 2019, stopped in 2020"."""
    return line.tokens[sense.done.at].start if sense.done.at >= 0 else 0


def _has_lasted(held: Sequence[Value]) -> bool:
    return any(value.what in ("duration", "age") for value in held)


def _days(line: Line, named: Sequence[Named], of_each: Sequence[Sequence[Value]]) -> dict[int, str]:
    """The first day said in each clause."""
    days: dict[int, str] = {}
    for each, held in zip(named, of_each, strict=True):
        if day := day_of(held):
            days.setdefault(line.clause[each.first], day)
    return days


def _meant(read: Senses, place: range) -> Sense:
    """The sense of a thing of several words: denied where one of them is."""
    here = [read.senses[at] for at in place]
    return next((s for s in here if s.answer.polarity is Polarity.NEGATED), here[0])


def _assertion(
    mention: Mention,
    sense: Sense,
    read: Senses,
    frame: Frame,
    *,
    values_of: Sequence[Value],
    role: str,
    said: frozenset[str],
    agent: str,
    is_aside: bool,
    on: str,
) -> Assertion:
    concept = mention.concept
    act, polarity, part = done_with(concept.kind, sense, read.base, values_of, is_aside=is_aside)
    if concept.kind is Kind.MEDICINE and act in _GIVEN and _is_total(values_of, sense, read):
        act = Act.ONCE
    if is_none_known(mention) and polarity is Polarity.AFFIRMED:
        polarity = Polarity.NEGATED
    person = sense.person
    return Assertion(
        concept,
        mention.start,
        mention.end,
        clause=sense.clause,
        polarity=polarity,
        certainty=sense.answer.certainty,
        time=time_of(concept.kind, sense, act, frame.section, values_of),
        subject=(agent if concept.kind in _DEEDS else "") or person.subject,
        says=person.says,
        says_who=person.who,
        act=act,
        values=changed(values_of) if act in CHANGES else tuple(values_of),
        negated_part="" if concept.key.startswith(f"{part}-") else part,
        role=role,
        words=said,
        on=on,
    )
