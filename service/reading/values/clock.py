"""Times of day, in minutes after midnight."""

from service.reading.assertions import Value
from service.reading.values.numbers import number_at
from service.reading.values.scan import Scan

_NAMED = {"noon": 720, "midday": 720, "midnight": 0}
_HOURS = ("h", "hrs", "hours")
_PARTS = ("morning", "evening", "afternoon")


def take_clock(scan: Scan, at: int) -> int:
    """18:52, 4:30 am, 7 pm, 0642h, noon, half past four; the word after, `at` for none."""
    key = scan.key(at)
    if key in _NAMED:
        return _keep(scan, at, at + 1, _NAMED[key])
    if ":" in key and key.count(":") <= 2:
        return _take_digits(scan, at, key)
    if len(key) == 4 and key.isdecimal() and _tells_hours(scan, at):
        end = at + 1 + (scan.key(at + 1) in _HOURS)
        return _keep(scan, at, end, int(key[:2]) * 60 + int(key[2:]))
    found = number_at(scan, at)
    if found is None:
        return at
    if scan.key(found[1]) in ("past", "to") and (hour := number_at(scan, found[1] + 1)):
        return _take_past(scan, at, found[0], found[1], hour)
    if 1 <= found[0] <= 12 and found[0].is_integer() and _is_hour(scan, at, found[1]):
        return _keep(scan, at, *_half(scan, found[1], int(found[0]) * 60))
    return at


def _tells_hours(scan: Scan, at: int) -> bool:
    """0642h, "at 2330": hours and minutes, no year."""
    key = scan.key(at)
    if int(key[2:]) > 59 or int(key[:2]) > 23:
        return False
    return (
        scan.key(at + 1) in _HOURS
        or key[0] == "0"
        or (scan.key(at - 1) == "at" and key[:2] not in ("19", "20"))
    )


def _is_hour(scan: Scan, at: int, end: int) -> bool:
    """ "7 pm", "at four", "five in the morning"."""
    if scan.key(end) in ("am", "pm", "o'clock"):
        return True
    if scan.matches(("in", "the"), end) and scan.key(end + 2) in _PARTS:
        return True
    is_last = scan.key(end) in ("", ".", ",", "and", "when", "because", "or", ";", "each", "every")
    return scan.key(at - 1) in ("at", "until", "till") and is_last


def _take_past(scan: Scan, at: int, number: float, middle: int, hour: tuple[float, int]) -> int:
    """ "Half past four", "ten to five", "quarter past six"."""
    minutes = int(number * 60 if number < 1 else number)
    clear = (number < 1 and not scan.key(at)[0].isdecimal()) or scan.key(middle) == "past"
    if not clear or hour[0] > 12 or not hour[0].is_integer() or minutes > 59:
        return at
    total = int(hour[0]) * 60 + (minutes if scan.key(middle) == "past" else -minutes)
    return _keep(scan, at, *_half(scan, hour[1], total))


def _take_digits(scan: Scan, at: int, key: str) -> int:
    parts = key.split(":")
    if not all(part.isdecimal() and len(part) <= 2 for part in parts) or int(parts[1]) > 59:
        return at
    return _keep(scan, at, *_half(scan, at + 1, int(parts[0]) * 60 + int(parts[1])))


def _half(scan: Scan, at: int, minutes: int) -> tuple[int, int]:
    """With "am" or "pm" behind it: the word after, and the minutes."""
    half = scan.key(at)
    if scan.matches(("in", "the"), at) and scan.key(at + 2) in _PARTS:
        late = scan.key(at + 2) != "morning"
        return at + 3, minutes % 720 + (720 if late else 0)
    if half not in ("am", "pm", "o'clock"):
        return at, minutes
    if half == "o'clock":
        return at + 1, minutes
    return at + 1, minutes % 720 + (720 if half == "pm" else 0)


def _keep(scan: Scan, start: int, end: int, minutes: int) -> int:
    if not 0 <= minutes < 1440:
        return start
    said, first, last = scan.said(start, end)
    scan.found.append(Value("time", minutes, said, "", "", first, last))
    scan.take(start, end)
    return end
