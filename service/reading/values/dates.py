"""Dates in all notations, those told from the day of the note resolved."""

import re
from bisect import bisect_left, bisect_right
from functools import cache

from service.reading.assertions import Value
from service.reading.values.calendar import AHEAD, iso, moved, of_parts, shifted, weekday
from service.reading.values.lists import units, words
from service.reading.values.scan import Scan

_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:T[\d:.+Z-]{2,32})?(?![\w-])")
_MONTHS = "january february march april may june july august september october november december"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_NEXT = 14  # days: "the 18th" told on the 10th is to come, told on the 2nd it is past
_VERBS = frozenset(("may", "march", "mar", "dec", "sun", "sat", "wed", "mon"))


@cache
def date_names() -> dict[str, tuple[str, int]]:
    """Months and weekdays by all their names."""
    found = {}
    for kind, names in (("month", _MONTHS), ("weekday", _WEEKDAYS)):
        for number, name in enumerate(names.split()):
            for short in (name, name[:3]):
                found[short] = (kind, number)
    more = {"sept": ("month", 8), "tues": ("weekday", 1), "thurs": ("weekday", 3)}
    return found | more | {"thur": ("weekday", 3), "weds": ("weekday", 2)}


def take_iso(scan: Scan) -> None:
    """2026-03-14, also with its time."""
    starts = [word.start for word in scan.words]
    ends = [word.end for word in scan.words]
    for match in _ISO.finditer(scan.text):
        year, month, day = (int(each) if each else None for each in match.groups())
        value = of_parts(year, month, day, scan.on)
        if value and 1880 <= (year or 0) <= 2120:
            scan.found.append(Value("date", value, match[0], start=match.start(), end=match.end()))
            first = bisect_right(ends, match.start())
            scan.take(first, max(first, bisect_left(starts, match.end())))


def take_date(scan: Scan, at: int) -> int:
    """Take the date that begins at this word; the word after it, `at` where there is none."""
    key = scan.key(at)
    named = date_names().get(key)
    if named and (named[0] == "weekday" or _is_month(scan, at)):
        return _take_named(scan, at, *named)
    if key == "the":
        return _take_day_of_month(scan, at)
    if key[:1].isdecimal():
        return _take_numbers(scan, at)
    return at


def _take_day_of_month(scan: Scan, at: int) -> int:
    """ "On the 18th": the last one before the note, unless the next comes within a week or two."""
    found = _ordinal(scan, at + 1)
    note = iso(scan.on)
    if found is None or note is None or found[1] != at + 3 or not 1 <= found[0] <= 31:
        return at
    behind = scan.key(found[1])
    if behind[:1].isalpha() and behind not in words("day_ends"):
        return at
    months = (note.month - 1, note.month) if found[0] > note.day + _NEXT else (note.month,)
    month = (months[0] - 1) % 12 + 1
    return _add(scan, at, found[1], of_parts(None, month, found[0], scan.on))


def _is_month(scan: Scan, at: int) -> bool:
    """ "May" and "march" are verbs as well."""
    if scan.key(at) not in _VERBS:
        return True
    capital = scan.text[scan.words[at].start].isupper()
    beside = (scan.key(at - 1), scan.key(at + 1))
    ties = ("in", "since", "last", "until", "by", "from", "of", "early", "late", "mid", "next")
    return capital and (beside[0] in ties or any(each[:1].isdecimal() for each in beside))


def _take_named(scan: Scan, at: int, kind: str, number: int) -> int:
    if kind == "weekday":
        return _take_weekday(scan, at, number)
    day, year, end = None, None, at + 1
    first = _ordinal(scan, end)
    if first and 1 <= first[0] <= 31 and not _has_unit(scan, first[1]):
        day, end = first
    end = end + 1 if scan.key(end) in (",", "of") and _year(scan, end + 1) else end
    if found := _year(scan, end):
        year, end = found, end + (2 if scan.key(end) in ("'", "’") else 1)
    ahead = 0 if scan.key(at - 1) in words("past") else AHEAD
    return _add(scan, at, end, of_parts(year, number + 1, day, scan.on, ahead=ahead))


def _take_weekday(scan: Scan, at: int, number: int) -> int:
    if scan.key(at) in _VERBS and not scan.text[scan.words[at].start].isupper():
        return at
    if (days := _weekdays(scan, at))[0] > 1:
        return _add_rate(scan, at, days[1], days[0] / 7)
    before = scan.key(at - 1)
    steps = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(before, 0)
    start = at - 1 if steps and scan.free(at - 1) else at
    return _add(scan, start, at + 1, weekday(scan.on, number, steps))


def _weekdays(scan: Scan, at: int) -> tuple[int, int]:
    """ "Mon/Wed/Fri", "Tuesdays, Thursdays and Saturdays": how many days, and the word after. Two
    joined by a comma or "and" are two days; by a slash, or three, they come back each week."""
    count, end, slashes = 0, at, 0
    while date_names().get(scan.key(end).removesuffix("s"), ("",))[0] == "weekday":
        count, end = count + 1, end + 1
        joins = [scan.key(end), scan.key(end + 1)]
        slashes += joins[0] == "/"
        here = end + (joins[0] in ("/", ",", "and", "&")) + (joins == [",", "and"])
        if here == end or date_names().get(scan.key(here).removesuffix("s"), ("",))[0] != "weekday":
            break
        end = here
    return (count, end) if count > 2 or slashes else (0, at)


def _add_rate(scan: Scan, start: int, end: int, rate: float) -> int:
    said, first, last = scan.said(start, end)
    value = (float(f"{rate:.6g}"), "")
    scan.found.append(Value("frequency", value, said, "", "", first, last))
    scan.take(start, end)
    return end


def _take_numbers(scan: Scan, at: int) -> int:
    """3/14/26, 14.03.2026, 03/2026, "14 March 2026", "2024"."""
    key = scan.key(at)
    if key.count("/") == 2 or key.count(".") == 2:
        return _add(scan, at, at + 1, _of_three(key, scan.on))
    month, _, year = key.partition("/")
    if len(year) == 4 and year[:2] in ("19", "20") and month.isdecimal() and len(month) <= 2:
        return _add(scan, at, at + 1, of_parts(int(year), int(month), None, scan.on))
    if found := _ordinal(scan, at):
        day, end = found
        end = end + 1 if scan.key(end) == "of" else end
        named = date_names().get(scan.key(end))
        if named and named[0] == "month" and 1 <= day <= 31 and scan.free(end):
            return _take_day_month(scan, at, end, day, named[1] + 1)
    if _year(scan, at) and key[3] == "0" and scan.key(at + 1) == "s":
        return _add(scan, at, at + 2, key[:3])  # the 1990s
    if (lone := _year(scan, at)) and lone > 1900 and not _has_unit(scan, at + 1):
        return _add(scan, at, at + 1, f"{lone:04d}")
    return at


def _take_day_month(scan: Scan, at: int, end: int, day: int, month: int) -> int:
    end += 1
    end = end + 1 if scan.key(end) == "," and _year(scan, end + 1) else end
    year = _year(scan, end)
    return _add(scan, at, end + 1 if year else end, of_parts(year, month, day, scan.on))


def _of_three(key: str, on: str) -> str | None:
    """US order with slashes unless the second is no day; with dots the day comes first."""
    parts = re.split(r"[/.]", key)
    if len(key) > 10 or len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    first, second, year = map(int, parts)
    if first > 31:
        return of_parts(first, second, year, on)
    if "." in key or first > 12:
        first, second = second, first
    return of_parts(year, first, second, on)


def readings(value: Value) -> tuple[str, ...]:
    """What a date may mean: 4/3 is a day of March or of April, "Nov 24" also November 2024, and
    09/26 September 2026; a month alone is of any year near."""
    plain, said = str(value.value), value.said
    parts = said.split("/")
    year, month, day = plain[:4], plain[5:7], plain[8:10]
    if len(plain) == 7 and said.isalpha():  # "Jan" of a note of December
        return (
            tuple(f"{int(year) + step:04d}-{month}" for step in (-1, 0, 1))
            if year.isdecimal()
            else (plain,)
        )
    if not (len(plain) == 10 and plain[0].isdecimal()):
        return (plain,)
    if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):  # not "3/7 ago"
        turned = (f"{year}-{day}-{month}",) if int(day) <= 12 else ()
        if len(parts) == 3:
            return (plain, *turned)
        return (plain, *turned, f"{int(year[:2])}{int(parts[1]):02d}-{int(parts[0]):02d}")
    is_lone = said[-3:-2] == " " and said[-2:].isdecimal() and said[:1].isalpha()
    return (plain, f"{year[:2]}{said[-2:]}-{month}") if is_lone else (plain,)


def _ordinal(scan: Scan, at: int) -> tuple[int, int] | None:
    """A day of a month ("14", "14th") and the word after it."""
    key = scan.key(at)
    if not scan.free(at) or not key.isdecimal() or len(key) > 2:
        return None
    return int(key), at + 2 if scan.key(at + 1) in ("st", "nd", "rd", "th") else at + 1


def _year(scan: Scan, at: int) -> int | None:
    key = scan.key(at)
    if key in ("'", "’") and scan.key(at + 1).isdecimal() and len(scan.key(at + 1)) == 2:
        return int(scan.key(at + 1))
    whole = key.isdecimal() and len(key) == 4 and key[:2] in ("19", "20")
    return int(key) if whole and scan.free(at) else None


def _has_unit(scan: Scan, at: int) -> bool:
    unit = units().get(scan.key(at))
    return unit is not None and scan.key(at) not in ("c", "f", "d", "y", "h", "m")


def _add(scan: Scan, start: int, end: int, value: str | None, comparator: str = "") -> int:
    """Keep the date of these words."""
    if value is None:
        return start
    said, first, last = scan.said(start, end)
    scan.found.append(Value("date", value, said, "", comparator, first, last))
    scan.take(start, end)
    return end


def take_day(scan: Scan, start: int, end: int, key: str) -> None:
    """ "yesterday" (-1), "last month" ("month -1")."""
    unit, _, steps = key.rpartition(" ")
    value = shifted(scan.on, unit, int(steps)) if unit else moved(scan.on, float(steps))
    _add(scan, start, end, value, "~" if unit == "week" else "")


def take_span_from_now(scan: Scan, at: int, days: float, end: int, unit: str) -> int:
    """ "3 days ago", "in 2 weeks": a date; `at` where the span stands for itself."""
    sign = 0
    if scan.key(end) in words("ago") and not (
        scan.key(end) == "prior" and scan.key(end + 1) == "to"
    ):
        sign, end = -1, end + 1
    elif scan.matches(("from", "now"), end):
        sign, end = 1, end + 2
    elif scan.key(at - 1) == "in" and any(
        scan.key(n) in words("soon") for n in range(max(0, at - 9), at)
    ):
        sign, at = 1, at - 1
    if not sign:
        return at
    value = moved(scan.on, sign * days)
    if unit in ("month", "year") and value[:1].isdecimal():
        value = value[:7] if unit == "month" else value[:4]
    is_about = unit != "day" or scan.key(at - 1) in words("about")
    return _add(scan, at, end, value, "~" if is_about else "")
