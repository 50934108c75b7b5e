"""Two numbers about a slash: a span, a part of a tablet, a pressure, a day, a score."""

from service.reading.assertions import Value
from service.reading.values.calendar import of_parts
from service.reading.values.dates import take_span_from_now
from service.reading.values.lists import words
from service.reading.values.scan import Scan, rounded
from service.reading.values.units import Unit, keep, unit_at

_SPANS = {7: 1.0, 52: 7.0, 12: 30.4375, 24: 1 / 24}  # 3/7 is three days, 2/52 two weeks
_SCORED_OF = frozenset((4, 5, 6, 10))  # power 5/5, murmur 2/6, pain 7/10: no days of a month


def take_fraction(scan: Scan, at: int) -> int:
    """3/7, 14/27, 124/78, 1/2."""
    parts = scan.key(at).split("/")
    if len(parts) != 2 or not all(part.replace(".", "", 1).isdecimal() for part in parts):
        return at
    one, two = float(parts[0]), float(parts[1])
    end = at + 1
    if two in _SPANS and _tells_span(scan, at, two):
        days = rounded(one * _SPANS[int(two)])
        stop = take_span_from_now(scan, at, days, end, span_name(_SPANS[int(two)]))
        return (
            stop
            if stop != at
            else keep(scan, at, end, Unit("duration", "days", 1.0, "", end), days)
        )
    if (unit := unit_at(scan, end)) and two and unit.kind in ("tablets", "cigarettes", "mass"):
        is_part = one < two and one.is_integer()  # 1/2 tablet; 100/12.5 mg are two in one
        return keep(scan, at, unit.end, unit, *((one / two,) if is_part else (one, two)))
    if _is_pressure(one, two):
        unit = unit_at(scan, end)
        stop = unit.end if unit and unit.kind == "pressure" else end
        return keep(scan, at, stop, Unit("level", "pressure", 1.0, "", stop), one, two)
    if _is_day(scan, at, one, two):
        return _take_month_day(scan, at, int(one), int(two))
    if 12 < one <= 31 and two <= 12 and scan.key(at - 1) in words("date_before"):
        return _take_month_day(scan, at, int(two), int(one))
    return keep(scan, at, end, Unit("score", "ratio", 1.0, "", end), one, two)


def _tells_span(scan: Scan, at: int, two: float) -> bool:
    if two == 52:
        return True
    return scan.key(at - 1) in words("span_before") or scan.key(at + 1) in words("span_after")


def _is_pressure(one: float, two: float) -> bool:
    return 60 <= one <= 300 and 30 <= two <= 180 and one > two


def _is_day(scan: Scan, at: int, one: float, two: float) -> bool:
    """Is "3/14" a day of the year here?"""
    if not (1 <= one <= 12 and 1 <= two <= 31 and one.is_integer()):
        return False
    before = scan.key(at - 1)
    told = before in words("date_before") or scan.key(at + 1) == ":" or at == 0
    return told or (two not in _SCORED_OF and before not in words("score_before"))


def _take_month_day(scan: Scan, at: int, month: int, day: int) -> int:
    value = of_parts(None, month, day, scan.on)
    if value is None:
        return at
    said, first, last = scan.said(at, at + 1)
    scan.found.append(Value("date", value, said, "", "", first, last))
    scan.take(at, at + 1)
    return at + 1


def span_name(days: float) -> str:
    return {1.0: "day", 7.0: "week", 30.4375: "month", 365.25: "year"}.get(days, "day")
