"""How often, when and for how long: a Timing as words."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from service.chart.render import dates, words


@cache
def _said() -> dict[str, dict[str, str]]:
    """The words of codes: units of time, times of day, days of the week."""
    text = files("service.chart.render").joinpath("data", "timings.toml").read_text("utf-8")
    return tomllib.loads(text)


def timing_text(value: object) -> str:
    """A Timing as words: how often, on which days and hours, and its bounds."""
    often, bounds = often_text(value), bounds_text(value)
    return words.joined((often, bounds))


def often_text(value: object) -> str:
    """Its code or how often, then the days, hours and count that limit it."""
    element = words.first(value)
    repeat = words.first(element.get("repeat"))
    often = words.concept(element.get("code")) or _repeat(repeat) or _when(repeat)
    days = _listed(repeat.get("dayOfWeek"), "days")
    hours = words.joined(t[:5] for t in map(words.text, _list(repeat.get("timeOfDay"))))
    count, most = _whole(repeat.get("count")), _whole(repeat.get("countMax"))
    times = f"{count} to {most}" if count and most else count
    return words.joined(
        (often, days and f"on {days}", hours and f"at {hours}", times and f"{times} times in all")
    )


def bounds_text(value: object) -> str:
    """ "from 2024-01-01 to 2024-01-08", "for 7 d" or ""."""
    repeat = words.first(words.first(value).get("repeat"))
    lasts = words.quantity(repeat.get("boundsDuration")) or words.range_of(
        repeat.get("boundsRange")
    )
    period = dates.period(repeat.get("boundsPeriod"))
    if period:
        return period if period.startswith(("since", "until")) else f"from {period}"
    return f"for {lasts}" if lasts else ""


def _repeat(repeat: Mapping[str, Any]) -> str:
    """ "twice daily", "once every 2 weeks (at bedtime)", "1 to 3 times every 4 to 6 hours"."""
    frequency, period = _whole(repeat.get("frequency")), _whole(repeat.get("period"))
    unit, when = words.text(repeat.get("periodUnit")), _when(repeat)
    frequency = frequency or ("1" if period or unit else "")
    if not frequency or not unit:
        return ""
    times = _times(frequency, _whole(repeat.get("frequencyMax")))
    every = _every(period, _whole(repeat.get("periodMax")), unit)
    return f"{times} {every}" + (f" ({when})" if when else "")


def unit_named(unit: str) -> str:
    """ "day" of "d"; a unit that is none of time as sent."""
    return _said()["units"].get(unit, unit)


def _times(least: str, most: str) -> str:
    if most and most != least:
        return f"{least} to {most} times"
    return {"1": "once", "2": "twice"}.get(least, f"{least} times")


def _every(least: str, most: str, unit: str) -> str:
    named = unit_named(unit)
    if most and most != least:
        return f"every {least or '1'} to {most} {named}s"
    if least in ("", "1"):
        return _said()["every"].get(unit, f"every {named}")
    return f"every {least} {named}s"


def _when(repeat: Mapping[str, Any]) -> str:
    offset = _whole(repeat.get("offset"))
    when = _listed(repeat.get("when"), "when")
    return f"{offset} minutes from: {when}" if offset not in ("", "0") and when else when


def _listed(value: object, kind: str) -> str:
    return words.joined(_said()[kind].get(t, t) for t in map(words.text, _list(value)))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _whole(value: object) -> str:
    """A number without the ".0" that some servers put on every count."""
    return words.text(value).removesuffix(".0")
