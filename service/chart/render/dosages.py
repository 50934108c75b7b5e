"""Dosages: what is written, then whatever the codes say beyond it; steps in their order."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from service.chart.render import typed, words
from service.chart.render.modifiers import modifier
from service.chart.render.timings import bounds_text, often_text, unit_named

Dosage = Mapping[str, Any]


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    text = files("service.chart.render").joinpath("data", "dosages.toml").read_text("utf-8")
    return tomllib.loads(text)


def dosages(value: object) -> str:
    """Every Dosage: steps by `sequence` with "then", others side by side with "and"."""
    found = in_sequence(words.each(value))
    numbers = [_number(each) for each in found]
    shown = [(n, text) for n, each in zip(numbers, found, strict=True) if (text := dosage(each))]
    joined = ""
    for at, (number, text) in enumerate(shown):
        if text in joined.split("; "):
            continue
        is_next = at and number is not None and number != shown[at - 1][0]
        text = text.removeprefix("then ") if is_next else text
        joined += ("; then " if is_next else "; and " if joined else "") + text
    return joined


def in_sequence(found: list[Dosage]) -> list[Dosage]:
    """By `sequence`; those without one keep their place at the front."""
    return sorted(found, key=lambda each: _number(each) or 0)


def _number(instruction: Dosage) -> float | None:
    given = words.text(instruction.get("sequence"))
    return float(given) if re.fullmatch(r"\d{1,9}(\.0)?", given) else None


def dosage(instruction: Dosage) -> str:
    """One Dosage: its text and what the codes add to it; without a text the codes alone."""
    written = " ".join(words.text(instruction.get("text")).split())
    said = frozenset(re.findall(r"q\d+h|\d+(?:[.,]\d+)*|[^\W\d_]+", written.lower()))
    parts = (part for part, is_told in _parts(instruction, said) if not (written and is_told))
    rest = [part for part in parts if part.lower() not in written.lower()]
    return modifier(instruction) + words.joined((written, *rest))


def _parts(given: Dosage, said: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Each part of the codes as words, and whether the written text tells it already."""
    doses = words.each(given.get("doseAndRate"))
    amount = words.joined(typed.value_of(d, "dose") or typed.value_of(d, "rate") for d in doses)
    yield amount, _has_numbers(amount, said)
    route = words.concept(given.get("route"))
    yield route, _tells_route(route, said)
    timing = words.first(given.get("timing"))
    often = often_text(timing)
    yield often, _tells_often(words.first(timing.get("repeat")), often, said)
    bounds = bounds_text(timing)
    yield bounds, bounds.startswith("for ") and _has_numbers(bounds, said)
    yield _as_needed(given), bool(said & set(_lists()["as_needed"]["words"]))
    for limit in _limits(given):
        yield limit, False
    for each in words.each(given.get("additionalInstruction")):
        yield words.concept(each), False
    yield words.text(given.get("patientInstruction")), False


def _has_numbers(part: str, said: frozenset[str]) -> bool:
    """Does the text hold every number of this part?"""
    return all(number in said for number in re.findall(r"\d+(?:[.,]\d+)*", part))


def _tells_route(route: str, said: frozenset[str]) -> bool:
    names = re.findall(r"\w+", route.lower())
    is_oral = "oral" in names and bool(said & set(_lists()["oral"]["words"]))
    return is_oral or any(name in said for name in names if name not in ("route", "use"))


def _tells_often(repeat: Mapping[str, Any], often: str, said: frozenset[str]) -> bool:
    """Does the text tell how often, in the same unit and as many times?"""
    if any(name in repeat for name in ("frequencyMax", "periodMax", "dayOfWeek", "timeOfDay")):
        return False
    unit, lists = words.text(repeat.get("periodUnit")), _lists()
    if not unit:
        return often.lower() in " ".join(said) or not often
    times = words.text(repeat.get("frequency")).removesuffix(".0") or "1"
    period = words.text(repeat.get("period")).removesuffix(".0") or "1"
    has_unit = bool(said & set(lists["unit"].get(unit, ())))
    has_count = bool(said & set(lists["count"].get(times, (times,))))
    return has_unit and has_count and (period == "1" or period in said or f"q{period}h" in said)


def _as_needed(instruction: Dosage) -> str:
    if reason := words.concept(instruction.get("asNeededCodeableConcept")):
        return f"as needed for {reason}"
    return "as needed" if instruction.get("asNeededBoolean") is True else ""


def _span(over: Dosage) -> str:
    """ "day", "12 hours"; as sent where its unit is none of time."""
    unit = words.text(over.get("code")) or words.text(over.get("unit"))
    count = words.text(over.get("value")).removesuffix(".0")
    named = unit_named(unit)
    return named if count in ("", "1") else f"{count} {named}s"


def _limits(given: Dosage) -> Iterator[str]:
    """The most that may be given in a period, at once, in a lifetime."""
    for limit in words.each(given.get("maxDosePerPeriod")):
        most = words.quantity(limit.get("numerator"))
        over = words.first(limit.get("denominator"))
        if most:
            yield f"at most {most} per {_span(over)}"
    for name, shown in (("Administration", "at a time"), ("Lifetime", "in a lifetime")):
        if most := words.quantity(given.get(f"maxDosePer{name}")):
            yield f"at most {most} {shown}"
