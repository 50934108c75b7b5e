"""The facts of a text that can be compared exactly: dates, doses, numbers, frequencies, drugs."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import product

from service.verification.lexicon import drug
from service.verification.patterns import (
    AGE,
    BARE,
    CLOCK,
    DATES,
    FREQUENCY,
    FREQUENCY_NAMES,
    MONTH_WORD,
    MONTHS,
    NUMBER,
    NUMBER_WORD,
    NUMBER_WORDS,
    QUANTITY,
    RANGE,
    SIDE,
    TIMES,
    UNITS,
)

Date = tuple[int | None, int | None, int | None]
NEAR = 60  # characters between a tablet's strength and how many are taken
CLOSE = 0.006  # two quantities in different units are one when rounding explains the rest
_MARKER = re.compile(r"^\s*\d{1,2}[.)](?=\s)")  # of a list: it counts nothing
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
_DIGIT = re.compile(r"\d")
_DRUG_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True)
class Fact:
    """One thing said. `value` is what is compared, `said` the words, from `start` to `end`."""

    check: str
    value: object
    said: str
    start: int = 0
    end: int = 0


Make = Callable[[re.Match[str]], Fact | None]


def facts(text: str) -> list[Fact]:
    """Every comparable fact of a text, with the drugs."""
    return values(text) + list(drugs(text))


def values(text: str) -> list[Fact]:
    """Every date, quantity, frequency, number and side, each piece of text read once, dates
    first."""
    found: list[Fact] = []
    rest = _MARKER.sub(lambda match: " " * len(match[0]), NUMBER_WORD.sub(_digits, text))
    has_digits = bool(_DIGIT.search(rest))
    has_month = bool(MONTH_WORD.search(rest))
    for shape, pattern in DATES if has_month or has_digits else ():
        if has_month or "M" not in shape:
            rest = _take(pattern, rest, found, partial(_date, shape))
    rest = _take(FREQUENCY, rest, found, _frequency)
    rest = _take(TIMES, rest, found, _times)
    if has_digits:
        for pattern, make in (
            (CLOCK, _clock),
            (AGE, _age),
            (RANGE, _quantity),
            (QUANTITY, _quantity),
            (BARE, _number),
        ):
            rest = _take(pattern, rest, found, make)
    found += [_side(match) for match in SIDE.finditer(text)]
    spelled = [match.span() for match in NUMBER_WORD.finditer(text)]
    return [_as_written(each, text, spelled) for each in found]


def taken_at_once(found: Sequence[Fact]) -> Iterator[Fact]:
    """The dose that a strength and a number of tablets come to: "50 mg tablet, 3 tablets"."""
    for strength, count in product(found, found):
        match strength.value, count.value:
            case ("mass", float(amount)), ("tablets", float(number)):
                if 0 < count.start - strength.end <= NEAR:
                    yield replace(strength, value=("mass", _rounded(amount * number)))


def drugs(text: str) -> Iterator[Fact]:
    """Drug names, brands as the generic name that they stand for."""
    for match in _DRUG_WORD.finditer(text):
        if name := drug(match[0]):
            yield Fact("drug", name, match[0], *match.span())


def _as_written(fact: Fact, text: str, spelled: list[tuple[int, int]]) -> Fact:
    """With its words as they stand in the text, numbers in words whole."""
    start, end = fact.start, fact.end
    for first, last in spelled:
        if first < end and last > start:
            start, end = min(start, first), max(end, last)
    return replace(fact, said=text[start:end], start=start, end=end)


def _digits(match: re.Match[str]) -> str:
    """A number in words as digits, as wide as the words: places must stay what they are."""
    value = NUMBER_WORDS[match[1].lower()]
    value += NUMBER_WORDS[match[2].lower()] if match[2] else 0
    value *= {"hundred": 100, "thousand": 1000}.get((match[3] or "").lower(), 1)
    return str(value).ljust(len(match[0]))


@lru_cache(maxsize=8_192)
def in_digits(text: str) -> str:
    """With its number words as digits."""
    return re.sub(r"(?<=\d) +(?= )", "", NUMBER_WORD.sub(_digits, text))


def _take(pattern: re.Pattern[str], text: str, found: list[Fact], make: Make) -> str:
    """Add what `make` makes of each match and blank it out, so that nothing is read twice."""

    def take(match: re.Match[str]) -> str:
        fact = make(match)
        if fact is None:
            return match[0]
        start, end = match.span()
        found.append(replace(fact, start=start, end=end))
        return "\x00" + " " * (end - start - 1)

    return pattern.sub(take, text)


def _frequency(match: re.Match[str]) -> Fact:
    return Fact("frequency", FREQUENCY_NAMES[(match.lastindex or 1) - 1], match[0])


def _times(match: re.Match[str]) -> Fact:
    """ "Twice" and "x2" beside the two of "on two occasions"."""
    return Fact("number", _number_of(match[1] or match[2] or "2"), match[0])


def _side(match: re.Match[str]) -> Fact:
    side = {"l": "left", "r": "right"}.get(match[0][0].lower(), "bilateral")
    return Fact("side", side, match[0], *match.span())


def _date(shape: str, match: re.Match[str]) -> Fact | None:
    parts: dict[str, int] = {}
    for letter, piece in zip(shape, match.groups(), strict=True):
        if piece is not None:
            number = MONTHS[piece[:3].lower()] if letter == "M" else int(piece)
            parts[letter.lower()] = number
    year = parts.get("y")
    if year is not None and year < 100:
        year += 2000 if year < 70 else 1900
    if shape == "mdy" and parts["m"] > 12:
        parts["m"], parts["d"] = parts["d"], parts["m"]
    if not 1 <= parts.get("m", 1) <= 12 or not 1 <= parts.get("d", 1) <= 31:
        return None
    return Fact("date", (year, parts.get("m"), parts.get("d")), match[0])


def _clock(match: re.Match[str]) -> Fact | None:
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return Fact("time", hour * 60 + minute, match[0]) if hour < 24 and minute < 60 else None


def _age(match: re.Match[str]) -> Fact:
    return Fact("number", ("age", _number_of(match[1] or match[2])), match[0])


def _quantity(match: re.Match[str]) -> Fact:
    kind, factor = UNITS[match[2].lower()]
    value = _number_of(match[1])
    if kind == "fahrenheit":
        kind, value = "celsius", round((value - 32) / 1.8, 1)
    check = "dose" if kind in ("mass", "volume", "units") else "number"
    return Fact(check, (kind, _rounded(value * factor)), match[0])


def _number(match: re.Match[str]) -> Fact:
    first = _number_of(match[1])
    if match[2] is None:
        return Fact("number", first, match[0])
    return Fact("number", (first, _number_of(match[2])), match[0])


def _number_of(digits: str) -> float:
    return _rounded(float(digits.replace(",", "")))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def days(found: Iterable[Fact]) -> list[tuple[int, int, int]]:
    """The dates with year, month and day."""
    dates = (fact.value for fact in found if fact.check == "date")
    return [each for each in dates if isinstance(each, tuple) and None not in each]


def agrees(fact: Fact, others: Sequence[Fact]) -> bool:
    """Does one of the other facts say the same?"""
    if fact.check == "date":
        return any(
            _same_date(fact, o) if o.check == "date" else _same_day(fact.value, o.value)
            for o in others
        )
    if fact.check == "frequency":
        return _same_frequency(fact.value, {o.value for o in others if o.check == "frequency"})
    return any(_same_value(fact, o) for o in _with_its_unit(fact, others) or others)


def _with_its_unit(fact: Fact, others: Sequence[Fact]) -> list[Fact]:
    """Where the source has doses in milligrams, a 3 beside them is no 3 mg."""
    if fact.check != "dose" or not isinstance(fact.value, tuple):
        return []
    kind = fact.value[0]
    return [each for each in others if isinstance(each.value, tuple) and each.value[0] == kind]


def _same_value(fact: Fact, other: Fact) -> bool:
    if fact.value == other.value:
        return fact.check == other.check
    if "number" not in (fact.check, other.check) and fact.check != other.check:
        return False
    if fact.check == "number" and other.check == "date" and isinstance(fact.value, tuple):
        return _same_day(other.value, fact.value)
    if _is_age(fact) or _is_age(other):
        years = [_years(fact), _years(other)]
        return years[0] == years[1] is not None
    mine, theirs = _span(fact), _span(other)
    if is_time(mine) or is_time(theirs):
        return _same_quantity(mine, theirs)  # 2 months are no 2 of anything
    if _is_bare(fact) or _is_bare(other):
        # "50" without its unit agrees with "50 mg"; "50 mg" with a bare 50 does too
        number = plain(fact)
        return number is not None and number == plain(other)
    return _same_quantity(fact.value, other.value)


def _is_age(fact: Fact) -> bool:
    return isinstance(fact.value, tuple) and fact.value[0] == "age"


def _years(fact: Fact) -> float | None:
    """An age as such, "34 years", or the bare number of "died at 52"."""
    if not isinstance(fact.value, tuple):
        return plain(fact)
    kind, value = fact.value
    return {"age": value, "months": value / 12}.get(kind) if isinstance(kind, str) else None


def _is_bare(fact: Fact) -> bool:
    return fact.check == "number" and isinstance(fact.value, float)


def plain(fact: Fact) -> float | None:
    """The number as it is written, without its unit."""
    if isinstance(fact.value, float):
        return fact.value
    number = re.match(NUMBER, fact.said)
    return _number_of(number[0]) if number else _spelled(fact)


def _spelled(fact: Fact) -> float | None:
    word = NUMBER_WORD.match(fact.said)
    return float(_digits(word).split()[0]) if word else None


_SPANS = {24.0: ("hours", 1.0), 7.0: ("days", 1.0), 52.0: ("days", 7.0), 12.0: ("months", 1.0)}


def _is_span(fact: Fact) -> bool:
    """British spans of time: 3/7 is three days, 2/52 two weeks, 3/12 three months."""
    value = fact.value
    return isinstance(value, tuple) and isinstance(value[0], float) and value[1] in _SPANS


def _span(fact: Fact) -> object:
    if not (isinstance(fact.value, tuple) and _is_span(fact)):
        return fact.value
    kind, factor = _SPANS[fact.value[1]]
    return kind, _rounded(fact.value[0] * factor)


DAYS_A_MONTH = 30.4
SAME_SPAN = 0.09  # four weeks are told as a month, twelve as three


def spans_time(value: object) -> bool:
    return isinstance(value, tuple) and value[0] in ("days", "months")


def is_time(value: object) -> bool:
    return spans_time(value) or (isinstance(value, tuple) and value[0] == "hours")


def _same_span(said: tuple[str, float], held: tuple[str, float]) -> bool:
    """Weeks beside months."""
    one, other = (v * (DAYS_A_MONTH if kind == "months" else 1) for kind, v in (said, held))
    return abs(one - other) <= SAME_SPAN * other


def _same_quantity(said: object, held: object) -> bool:
    if not (isinstance(said, tuple) and isinstance(held, tuple)):
        return False
    if said == held:
        return True
    if said[0] != held[0]:
        return spans_time(said) and spans_time(held) and _same_span(said, held)
    if not isinstance(said[0], str):
        return False
    return bool(abs(said[1] - held[1]) <= CLOSE * abs(held[1])) and said[0] in (
        "weight",
        "length",
        "celsius",
    )


def _same_date(said: Fact, held: Fact) -> bool:
    """Equal in every part that is said, 3/4/2026 read either way round."""
    turned = [each.value for each in (said, held) if _SLASHED.fullmatch(each.said.strip())]
    if len(turned) == 1 and isinstance(held.value, tuple) and isinstance(said.value, tuple):
        one, other = (
            _turned(each.value) if each.value is turned[0] else each.value for each in (said, held)
        )
        return _is_in(said.value, held.value) or _is_in(one, other)
    return _is_in(said.value, held.value)


def _turned(value: object) -> object:
    """Day and month traded; a day past the twelfth is no month."""
    assert isinstance(value, tuple)
    year, month, day = value
    return (year, day, month) if day is not None and day <= 12 else value


def _is_in(said: object, held: object) -> bool:
    """The source may be more exact, or leave out the year."""
    assert isinstance(said, tuple) and isinstance(held, tuple)
    year, month, day = said
    if month is None:
        return bool(held[0] == year)
    return (
        held[1] == month
        and (day is None or held[2] == day)
        and (year is None or held[0] in (year, None))
    )


def _same_day(date: object, number: object) -> bool:
    """Is 6/9 the month and day of the date?"""
    if not (isinstance(date, tuple) and isinstance(number, tuple) and len(number) == 2):
        return False
    return date[1] is not None and number in (date[1:], date[:0:-1])


def _same_frequency(said: object, held: set[object]) -> bool:
    once = {"at bedtime", "in the morning"}
    if said in held:
        return True
    return (said == "once a day" and bool(once & held)) or (said == "twice a day" and once <= held)
