"""Which results are out of range: by a flag, by the words beside them, or by what an adult has."""

import re

from service.facts import Fact
from service.reading.assertions import Value
from service.verification.lists import load
from service.verification.omission.sources import Sources

_USUAL = ("n", "normal", "neg", "negative", "nonreactive")
_SAID = re.compile(
    r"\b(?:abnormal|high|low|elevated|raised|(?:above|below|out of|outside) (?:the )?(?:range|line|"
    r"limit|normal)\w*|positive|critical|(?<!non-)(?<!non )reactive"
    r"|deranged|up from|down from|fell|rose|was \d)\b"
    r"|[↑↓]|\([HL]\)|\bamber\b",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"\b(?:within|in) (?:the )?(?:normal )?range\b|\bnormal\b|\bunremarkable\b", re.I
)


def is_abnormal(fact: Fact, sources: Sources) -> bool:
    """The newest value of a series."""
    result = fact.values[0] if fact.values else None
    if result is None:
        return False
    is_note = sources.records[fact.sources[0].record_id].is_note
    if not is_note and fact.key not in load("ranges.toml")["ranges"]:
        return False
    low, high = _bounds(fact.key, result)
    if any(v.what == "flag" and str(v.value).lower() not in _USUAL for v in fact.values):
        return True
    number = _number(result)
    if number is None:
        return _says_so(fact, sources)
    if low is not None or high is not None:
        return (low is not None and number < low) or (high is not None and number > high)
    return _says_so(fact, sources)


def _says_so(fact: Fact, sources: Sources) -> bool:
    quote = sources.span(fact.sources[0]).quote
    return bool(_SAID.search(quote)) and not _NORMAL.search(quote)


def _bounds(key: str, result: Value) -> tuple[float | None, float | None]:
    """In the unit that the result is told in, else in the one that is usual for such a number."""
    for row in load("ranges.toml")["ranges"].get(key, ()):
        unit = row.get("unit", "")
        if unit and unit in result.said.lower().replace("μ", "u").replace("µ", "u"):
            return row.get("low"), row.get("high")
    rows = load("ranges.toml")["ranges"].get(key, ())
    number = _number(result)
    for row in rows if number is not None else ():
        if "unit" not in row and row.get("from", 0) <= number < row.get("to", float("inf")):
            return row.get("low"), row.get("high")
    return None, None


def _number(result: Value) -> float | None:
    """As it is written, whatever the unit."""
    found = re.search(r"\d+(?:\.\d+)?", result.said.replace(",", ""))
    return float(found[0]) if found else None
