"""Dosage elements: each one step, with its dose, how often, route, limits and instructions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.chart.render import dates, words
from service.chart.render.timings import often_text
from service.reading.assertions import Value
from service.reading.resources.frame import text_value
from service.reading.resources.quantities import bounds, number, quantity
from service.reading.resources.source import Element, Source
from service.reading.resources.written import coded, read, values_of

_DAYS = {
    "s": 1 / 86400,
    "min": 1 / 1440,
    "h": 1 / 24,
    "d": 1.0,
    "wk": 7.0,
    "mo": 30.4375,
    "a": 365.25,
}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PARTS = {"MORN": "morning", "NOON": "noon", "EVE": "evening", "NIGH": "night", "HS": "night"}


@dataclass(frozen=True, slots=True)
class Step:
    """One Dosage: its values, whether as needed, and the last day that it is bounded to."""

    values: tuple[Value, ...]
    is_as_needed: bool = False
    until: str = ""
    said: str = ""


def steps(source: Source, given: object) -> list[Step]:
    """Every Dosage in the order of `sequence`; those without one stand where they are sent."""
    found = in_sequence(words.each(given))
    is_many = len({number(each.get("sequence")) for each in found} - {None}) > 1
    return [_step(source, each, n if is_many else 0) for n, each in enumerate(found, 1)]


def in_sequence(given: list[Element]) -> list[Element]:
    return sorted(given, key=lambda each: number(each.get("sequence")) or 0)


def _step(source: Source, given: Element, count: int) -> Step:
    timing = words.first(given.get("timing"))
    repeat = words.first(timing.get("repeat"))
    values = [*_doses(source, given), *_often(source, timing, repeat), *_ways(source, given)]
    if count:
        values.append(Value("step", count, f"step {count}"))
    return Step(
        tuple(values),
        is_as_needed(given),
        dates.day(words.first(repeat.get("boundsPeriod")).get("end")),
        words.text(given.get("text")),
    )


def is_as_needed(given: Element) -> bool:
    return given.get("asNeededBoolean") is True or bool(given.get("asNeededCodeableConcept"))


def _doses(source: Source, given: Element) -> Iterator[Value]:
    for each in words.each(given.get("doseAndRate")):
        yield from quantity(source, each.get("doseQuantity"), "dose")
        yield from bounds(source, each.get("doseRange"), "dose")
        yield from quantity(source, each.get("rateQuantity"), "dose")
        yield from bounds(source, each.get("rateRange"), "dose")
        yield from _ratio(source, each.get("rateRatio"))
    for limit in words.each(given.get("maxDosePerPeriod")):
        yield from _ratio(source, limit, comparator="<=")
    for name, per in (("maxDosePerAdministration", "dose"), ("maxDosePerLifetime", "lifetime")):
        yield from quantity(source, given.get(name), "dose", per=per, comparator="<=")


def _ratio(source: Source, given: object, comparator: str = "") -> Iterator[Value]:
    """ "1200 mg per day" of a Ratio; several days or hours are divided out."""
    ratio = words.first(given)
    below = words.first(ratio.get("denominator"))
    unit = words.text(below.get("code")) or words.text(below.get("unit"))
    days = _DAYS.get(unit, 0.0) * (number(below.get("value")) or 1.0)
    for value in quantity(source, ratio.get("numerator"), "dose", comparator=comparator):
        match value.value:
            case (kind, float(amount)) if days:
                yield replace(value, value=(kind, round(amount / days, 12)), per="day")
            case _:
                yield replace(value, per=unit)


def _often(source: Source, timing: Element, repeat: Element) -> Iterator[Value]:
    """How often a day, in which part of it, on which days; for how long and how many times."""
    yield from _frequencies(timing, repeat)
    for day in _listed(repeat.get("dayOfWeek")):
        yield Value("date", f"--weekday-{_WEEK.index(day.lower())}" if day in _WEEK else day, day)
    for hour in _listed(repeat.get("timeOfDay")):
        yield from (v for v in read(hour[:5]) if v.what == "time")
    yield from quantity(source, repeat.get("boundsDuration"), "duration")
    yield from bounds(source, repeat.get("boundsRange"), "duration")
    if count := number(repeat.get("count")):
        yield Value("count", count, f"{words.text(repeat.get('count'))} times in all")


def _frequencies(timing: Element, repeat: Element) -> Iterator[Value]:
    """The coded frequency as a note would tell it, and as two where it may be more often."""
    said = often_text(timing)
    coded = [v for v in read(words.concept(timing.get("code"))) if v.what == "frequency"]
    rates = _rates(repeat)
    if coded and not rates:
        yield from (replace(v, start=0, end=0) for v in coded)
    part = next((p for w in _listed(repeat.get("when")) if (p := _PARTS.get(w[:4].upper()))), "")
    for count, rate in enumerate(rates):
        sign = "" if len(rates) == 1 else (">=", "<=")[count]
        yield Value("frequency", (float(f"{rate:.6g}"), part), said, "", sign)
    if part and not rates and not coded:
        yield Value("frequency", (1.0, part), said)


def _rates(repeat: Element) -> list[float]:
    """Times a day: one, or the least and the most."""
    days = _DAYS.get(words.text(repeat.get("periodUnit")), 0.0)
    if not days:
        return []
    period, times = number(repeat.get("period")) or 1.0, number(repeat.get("frequency")) or 1.0
    rarest = times / ((number(repeat.get("periodMax")) or period) * days)
    often = (number(repeat.get("frequencyMax")) or times) / (period * days)
    return [rarest] if rarest == often else [rarest, often]


def _listed(value: object) -> list[str]:
    given = value if isinstance(value, list) else [value]
    return [each.strip() for each in given if isinstance(each, str) and each.strip()]


def _ways(source: Source, given: Element) -> Iterator[Value]:
    """Route, as needed, and what is told beside the dose: "once a week only"."""
    yield from coded("route", words.concept(given.get("route")))
    yield from text_value("site", words.concept(given.get("site")))
    if is_as_needed(given):
        yield Value("frequency", (0.0, "as-needed"), "as needed")
        yield from text_value("reason", words.concept(given.get("asNeededCodeableConcept")))
    for each in words.each(given.get("additionalInstruction")):
        yield from _instruction(source, words.concept(each))
    yield from _instruction(source, words.text(given.get("patientInstruction")))


def _instruction(source: Source, said: str) -> Iterator[Value]:
    """The words, and the values that they tell."""
    yield from text_value("instruction", said)
    yield from values_of(source, said)
