"""What the records say, one thing after the other: the day of each, and which are only copies."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from service.facts.fact import FactSource, ReadRecord
from service.reading.assertions import (
    PATIENT,
    Act,
    Assertion,
    Certainty,
    Kind,
    Polarity,
    Says,
    Time,
    Value,
)

# Held by another, they are the patient's: "his wife has power of attorney".
_ANYBODYS = frozenset(("power-of-attorney", "guardianship", "restraining-order"))
_NEAR = 80  # characters between a medicine and what befell, where they are told together
_LONG = 6  # things said in one unit from which the same words again are a copy, not a new look

_LEAD = 12  # characters before a date that tell since when
_SINCE = re.compile(r"\bsince (?:the )?$", re.IGNORECASE)
_GOES_ON = frozenset((Act.NONE, Act.TAKEN, Act.CONTINUED, Act.AS_NEEDED))
_LASTING = frozenset((Kind.MEDICINE, Kind.PROBLEM, Kind.SUBSTANCE))
_ALLERGY = "AllergyIntolerance"
_TELLERS = {
    Says.CLINICIAN: "",
    Says.PATIENT: "the patient",
    Says.COLLATERAL: "somebody close",
    Says.DEVICE: "a device",
    Says.OUTSIDE: "another source",
    Says.QUOTED: "the patient, quoted",
}


# Text that a person brought and nobody here wrote: what it claims is no finding of anybody.
_BROUGHT = ("printout", "chatbot", "ai assistant", "brought by the patient", "from the internet")


def is_brought(title: str) -> bool:
    return any(word in title.casefold() for word in _BROUGHT)


class Said(NamedTuple):
    """One assertion in its record. `day` is when it was so, as far as told, else the record's."""

    a: Assertion
    record: ReadRecord
    day: str
    copies: int = 0

    @property
    def is_affirmed(self) -> bool:
        return self.a.polarity is Polarity.AFFIRMED

    @property
    def is_negated(self) -> bool:
        return self.a.polarity is Polarity.NEGATED and not self.a.negated_part

    @property
    def is_unknown(self) -> bool:
        return self.a.polarity is Polarity.UNKNOWN

    @property
    def is_sure(self) -> bool:
        return self.a.certainty is Certainty.SURE

    @property
    def is_meant(self) -> bool:
        """Is it told of what is or was, and not of what may come?"""
        return self.a.time not in (Time.IF, Time.PLANNED)

    @property
    def begun(self) -> str:
        """The day that it is told of, also where it goes on since."""
        return self.a.on if self.a.on[:1].isdecimal() and self.a.on < self.day else self.day

    @property
    def source(self) -> FactSource:
        a = self.a
        return FactSource(self.record.id, a.start, a.end, self.day, self.teller, self.copies)

    @property
    def teller(self) -> str:
        """ "" for the clinician who wrote it."""
        return self.a.says_who or _TELLERS[self.a.says]

    @property
    def by(self) -> str:
        """Who says so, the author by name."""
        return self.teller or self.record.author

    @property
    def words(self) -> str:
        """As it stands in the record."""
        return " ".join(self.record.text[self.a.start : self.a.end].split())

    def value(self, what: str) -> Value | None:
        return next((v for v in self.a.values if v.what == what), None)

    def told(self, what: str) -> str:
        """The words of a value, "" where there is none."""
        value = self.value(what)
        return value.said if value else ""


VACCINE = "Immunization"
STATEMENT = "MedicationStatement"
LOOKED_FOR = frozenset(("Observation", "DiagnosticReport"))  # what these name was looked for


class Chart(NamedTuple):
    """All that counts, by the kind of its concept, oldest first; the family's apart."""

    of: dict[Kind, list[Said]]
    family: list[Said]
    together: dict[tuple[str, int, int], list[Said]]  # by record, unit and clause
    last: str  # the day of the newest note
    on: str  # of the draft

    def near(self, said: Said) -> list[Said]:
        """What is told within some words of it, in the clauses of its unit."""
        places = ((said.record.id, said.a.unit, said.a.clause + n) for n in (-1, 0, 1))
        found = [each for place in places for each in self.together.get(place, ())]
        return [e for e in found if abs(e.a.start - said.a.start) <= _NEAR]


def in_order(records: Iterable[ReadRecord]) -> list[ReadRecord]:
    """By day, then by what they are and say: ids are chance, and so is who came first."""
    return sorted(records, key=lambda r: (r.on, r.is_note, r.type, r.title, r.author, r.text))


def chart_of(records: Sequence[ReadRecord], *, on: str) -> Chart:
    """Current assertions of records `in_order`; a copy counts with its original only. What an
    order or flag bounds to a day before `on` is past."""
    of: dict[Kind, list[Said]] = defaultdict(list)
    family: list[Said] = []
    together: dict[tuple[str, int, int], list[Said]] = defaultdict(list)
    for told in _originals([r for r in records if not is_brought(r.title)]):
        said = _bounded(told, on)
        if said.a.subject == PATIENT or said.a.concept.key in _ANYBODYS:
            of[said.a.concept.kind].append(said)
            together[said.record.id, said.a.unit, said.a.clause].append(said)
        else:
            family.append(said)
    for each in (*of.values(), family):
        each.sort(key=lambda said: (said.day, said.record.on))
    last = max((record.on for record in records if record.is_note), default="")
    return Chart(of, family, together, last, on)


def _bounded(said: Said, on: str) -> Said:
    """Past, where it ended before that day; of a note, before its own."""
    if said.a.time is not Time.NOW or not (until := ended(said.a)):
        return said
    is_over = until < ((said.record.on if said.record.is_note else on) or on)
    return said._replace(a=replace(said.a, time=Time.PAST)) if is_over else said


def ended(a: Assertion) -> str:
    """The day that it is bounded to: "until", or the later of "2009 to 2012"."""
    bounds = [str(v.value) for v in a.values if v.what == "until"]
    dates = [str(v.value) for v in a.values if v.what == "date" and str(v.value)[:1].isdecimal()]
    return bounds[-1] if bounds else dates[-1] if len(dates) == 2 and dates[0] < dates[1] else ""


def _originals(records: Sequence[ReadRecord]) -> list[Said]:
    """Everything said for the first time, with how often it is copied later."""
    first: dict[object, list[int]] = {}
    found: list[Said] = []
    for record in records:
        for telling, said in _units(record):
            places = first.get(telling) if telling else None
            if places is None:
                if telling:
                    first[telling] = list(range(len(found), len(found) + len(said)))
                found += said
            elif found[places[0]].record.id != record.id:
                for at in places:
                    found[at] = found[at]._replace(copies=found[at].copies + 1)
    return found


def _units(record: ReadRecord) -> Iterator[tuple[object, list[Said]]]:
    """Each unit's telling assertions, and what it says in all where a copy could be told by it."""
    units: dict[int, list[Assertion]] = defaultdict(list)
    for a in record.assertions:
        if a.is_current and (record.type != _ALLERGY or _is_of_allergy(a)):
            units[a.unit].append(a)
    for read in units.values():
        is_long = record.is_note and len(read) >= _LONG
        said = [Said(a, record, _day(a, record)) for a in read if a.concept.kind is not Kind.WORD]
        if said:
            yield tuple(map(_saying, read)) if is_long else None, said


def _is_of_allergy(a: Assertion) -> bool:
    """What an allergy's own elements name; the rest is its reaction and how that was treated."""
    return a.unit == 0 and a.concept.kind is Kind.ALLERGY


def _saying(a: Assertion) -> tuple[object, ...]:
    values = tuple([value.said for value in a.values]) if a.values else ()
    return a.concept.key, a.polarity.value, a.time.value, a.act.value, values


def _day(a: Assertion, record: ReadRecord) -> str:
    """The day told, unless it lacks its year or comes after the record's own (a date to come). What
    goes on since a day, or is denied since, is so on the record's; what was stopped, on the last
    day told."""
    told = a.on if a.on[:1].isdecimal() else ""
    if told and a.polarity is Polarity.NEGATED and _is_since(a, record, told):
        return record.on
    if told and a.act is Act.STOPPED:
        told = ended(a) or told
        if record.type == STATEMENT:
            return told  # the end of its period, of which the record has the first day
    if told and record.on and a.time is Time.NOW and a.act in _GOES_ON and record.is_note:
        has_begun = any(v.what == "date" and v.value == told for v in a.values)
        told = record.on if has_begun and a.concept.kind in _LASTING else told
    if told and record.on and told[: len(record.on)] > record.on:
        return record.on
    return told or record.on


def _is_since(a: Assertion, record: ReadRecord, day: str) -> bool:
    """ "None since July 1" is so on the day of the record."""
    return any(
        v.what == "date"
        and v.value == day
        and _SINCE.search(record.text, max(0, v.start - _LEAD), v.start)
        for v in a.values
    )


def days_between(one: str, other: str) -> int | None:
    """How many days later the other is; None where one is no whole day."""
    try:
        return (date.fromisoformat(other) - date.fromisoformat(one)).days
    except ValueError:
        return None


def day_after(day: str, days: float) -> str:
    """The day so many days later; "" where that is no whole day."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return ""


def by_key(said: Iterable[Said]) -> dict[str, list[Said]]:
    """In the order given."""
    groups: dict[str, list[Said]] = defaultdict(list)
    for each in said:
        groups[each.a.concept.key].append(each)
    return groups


def name_of(key: str) -> str:
    return key.replace("-", " ")


def dated(sentence: str, said: Said) -> str:
    """ "denied on 2026-03-01 by the patient"."""
    on = f" on {said.day}" if said.day else ""
    by = f" by {said.teller}" if said.teller else ""
    return f"{sentence}{on}{by}"
