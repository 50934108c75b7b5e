"""value[x], of whatever type it is, in words."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, words
from service.chart.render.timings import timing_text


def value_of(resource: Mapping[str, Any], prefix: str = "value") -> str:
    """value[x] of any kind, as words; "" when there is none."""
    for name, value in resource.items():
        if name.startswith(prefix) and len(name) > len(prefix) and name[len(prefix)].isupper():
            return typed_value(name[len(prefix) :], value)
    return ""


def typed_value(kind: str, value: object) -> str:
    """One value of a FHIR type named as in value[x]."""
    if kind == "Boolean":
        return ("yes" if value else "no") if isinstance(value, bool) else words.text(value)
    if kind in _BY_TYPE:
        return _BY_TYPE[kind](value)
    return words.text(value) or words.concept(value)


def sampled(value: object) -> str:
    element = words.first(value)
    points = words.text(element.get("data")).split()
    return f"{len(points)} sampled points" if points else ""


_BY_TYPE = {
    "Quantity": words.quantity,
    "Age": words.quantity,
    "Duration": words.quantity,
    "Count": words.quantity,
    "Distance": words.quantity,
    "Money": words.quantity,
    "CodeableConcept": words.concept,
    "Coding": words.concept,
    "Range": words.range_of,
    "Ratio": words.ratio,
    "Period": dates.period,
    "DateTime": dates.moment,
    "Date": dates.day,
    "Instant": dates.moment,
    "SampledData": sampled,
    "Timing": timing_text,
}
