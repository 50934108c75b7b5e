"""The facts of a text that can be compared exactly: dates, doses, numbers, frequencies, drugs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from service.verification.patterns import (
    BARE,
    DATES,
    FREQUENCIES,
    MONTHS,
    NUMBER,
    NUMBER_WORD,
    NUMBER_WORDS,
    QUANTITY,
    SIDE,
    UNITS,
)
from service.verification.words import load

Date = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class Fact:
    """One thing said. `value` is what is compared, `said` the words."""

    check: str
    value: object
    said: str


Make = Callable[[re.Match[str]], Fact | None]


def facts(text: str) -> list[Fact]:
    """Every comparable fact of a text, each piece of text read once, dates first."""
    found: list[Fact] = []
    rest = NUMBER_WORD.sub(lambda match: NUMBER_WORDS[match[0].lower()], text)
    for shape, pattern in DATES:
        rest = _take(pattern, rest, found, partial(_date, shape))
    for name, pattern in FREQUENCIES:
        rest = _take(pattern, rest, found, partial(_frequency, name))
    rest = _take(QUANTITY, rest, found, _quantity)
    _take(BARE, rest, found, _number)
    found += [Fact("side", match[1].lower(), match[0]) for match in SIDE.finditer(text)]
    return found + list(drugs(text))


def drugs(text: str) -> Iterator[Fact]:
    """Drug names, brands as the generic name that they stand for."""
    table = load("drugs.toml")
    names, brands = set(table["names"]), table["brands"]
    for match in re.finditer(r"[A-Za-z]{4,}", text):
        word = match[0].lower()
        if word in names or word in brands:
            yield Fact("drug", brands.get(word, word), match[0])


def _take(pattern: re.Pattern[str], text: str, found: list[Fact], make: Make) -> str:
    """Add what `make` makes of each match and blank it out, so that nothing is read twice."""

    def take(match: re.Match[str]) -> str:
        fact = make(match)
        if fact is None:
            return match[0]
        found.append(fact)
        return "\x00" + " " * (len(match[0]) - 1)

    return pattern.sub(take, text)


def _frequency(name: str, match: re.Match[str]) -> Fact:
    return Fact("frequency", name, match[0])


def _date(shape: str, match: re.Match[str]) -> Fact | None:
    parts: dict[str, int] = {}
    for letter, piece in zip(shape, match.groups(), strict=True):
        if piece is not None:
            number = MONTHS[piece[:3].lower()] if letter == "M" else int(piece)
            parts[letter.lower()] = number
    year = parts["y"]
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not 1 <= parts.get("m", 1) <= 12 or not 1 <= parts.get("d", 1) <= 31:
        return None
    return Fact("date", (year, parts.get("m"), parts.get("d")), match[0])


def _quantity(match: re.Match[str]) -> Fact:
    kind, factor = UNITS[match[2].lower()]
    check = "dose" if kind in ("mass", "volume", "units") else "number"
    return Fact(check, (kind, _rounded(float(match[1].replace(",", "")) * factor)), match[0])


def _number(match: re.Match[str]) -> Fact:
    first = _rounded(float(match[1].replace(",", "")))
    if match[2] is None:
        return Fact("number", first, match[0])
    return Fact("number", (first, _rounded(float(match[2].replace(",", "")))), match[0])


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def agrees(fact: Fact, others: list[Fact]) -> bool:
    """Does one of the other facts say the same?"""
    if fact.check == "date":
        return any(_same_date(fact.value, o.value) for o in others if o.check == "date") or any(
            _same_day(fact.value, o.value) for o in others if o.check == "number"
        )
    if fact.check == "frequency":
        return _same_frequency(fact.value, {o.value for o in others if o.check == "frequency"})
    return any(_same_value(fact, o) for o in others)


def _same_value(fact: Fact, other: Fact) -> bool:
    if fact.check == "number" and other.check == "date" and isinstance(fact.value, tuple):
        return _same_day(other.value, fact.value)
    plain, held = _plain(fact), _plain(other)
    return fact.value == other.value or (
        # "50" without its unit agrees with "50 mg"; "50 mg" with a bare 50 does too
        plain == held and plain is not None and (_is_bare(fact) or _is_bare(other))
    )


def _is_bare(fact: Fact) -> bool:
    return fact.check == "number" and isinstance(fact.value, float)


def _plain(fact: Fact) -> float | None:
    if _is_bare(fact):
        return fact.value  # type: ignore[return-value]
    number = re.match(NUMBER, fact.said)
    return _rounded(float(number[0].replace(",", ""))) if number else None


def _same_date(said: object, held: object) -> bool:
    """Equal in every part that is said; the source may be more exact, or leave out the year."""
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
    return date[1:] == number and date[1] is not None


def _same_frequency(said: object, held: set[object]) -> bool:
    if said in held:
        return True
    once = {"once a day", "at bedtime", "in the morning"}
    return said == "once a day" and bool(once & held)
