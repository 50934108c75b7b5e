"""FHIR quantities as Values: the same as the words of a note would give."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from service.chart.render import words
from service.reading.assertions import Value
from service.reading.resources.source import Element, Source
from service.reading.resources.written import read
from service.reading.values.scan import rounded


@lru_cache(1024)
def _unit(unit: str) -> tuple[Value, float] | None:
    """What a unit measures and how many of the base unit one is; None for one only to be said."""
    ones, tens = (_whole(f"{amount} {unit}") for amount in (1, 10))
    match ones and ones.value, tens and tens.value:
        case (_, float(one)), (_, float(ten)) if abs(ten - 10 * one) <= 1e-9 * ten:
            return ones, one  # type: ignore[return-value]
    return None


def _whole(said: str) -> Value | None:
    """The value that these words are, all of them."""
    found = read(said)
    is_whole = len(found) == 1 and found[0].start == 0 and found[0].end >= len(said)
    return found[0] if is_whole else None


def _measured(amount: float, unit: str) -> Value:
    """A number with its unit in base units; a unit that notes' values do not know is only said."""
    if unit and (known := _unit(unit)) is not None:
        like, factor = known
        kind = like.value[0]  # type: ignore[index]
        return replace(like, value=(kind, rounded(amount * factor)))
    return (_whole(f"{amount:g} {unit}") if unit else None) or Value("number", amount, "")


def number(value: object) -> float | None:
    """A JSON number as a float, None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def measured(element: object) -> Value | None:
    """A Quantity as a Value without a place; None where it has no number."""
    given = words.first(element)
    if (amount := number(given.get("value"))) is None:
        return None
    unit = words.text(given.get("unit")) or words.text(given.get("code"))
    unit = "" if unit.startswith("{") or unit == "1" else unit.replace("[", "").replace("]", "")
    sign = words.text(given.get("comparator"))
    value = _measured(amount, unit)
    return replace(value, said=words.quantity(given), comparator=sign)


def quantity(
    source: Source, element: object, what: str = "", *, per: str = "", comparator: str = ""
) -> Iterator[Value]:
    """A Quantity at its place in the text; `what` where the element says more than its unit."""
    value = measured(element)
    if value is not None:
        start, end = found(source, value.said)
        yield replace(
            value,
            what=what or value.what,
            per=value.per or per,
            comparator=comparator or value.comparator,
            start=start,
            end=end,
        )


def found(source: Source, said: str) -> tuple[int, int]:
    """Where the text tells the value; nowhere (0, 0) where it rounds it or leaves it out."""
    at = source.text.find(said) if said else -1
    return (at, at + len(said)) if at >= 0 else (0, 0)


def bounds(source: Source, element: object, what: str = "", per: str = "") -> Iterator[Value]:
    """A Range as one value of two ends; one-sided as a value with a comparator."""
    given: Element = words.first(element)
    low, high = measured(given.get("low")), measured(given.get("high"))
    if low is None or high is None:
        yield from quantity(source, given.get("low"), what, per=per, comparator=">=")
        yield from quantity(source, given.get("high"), what, per=per, comparator="<=")
        return
    said = words.range_of(given)
    start, end = found(source, said)
    yield Value(
        what or high.what, _both(low.value, high.value), said, high.per or per, "", start, end
    )


def _both(low: object, high: object) -> tuple[object, ...]:
    """("mass", 0.002, 0.005); numbers alone where their units are not known."""
    ends = [end if isinstance(end, tuple) else (end,) for end in (low, high)]
    return (*ends[0], *ends[1][-1:])
