"""Which results are out of range: by a flag, by what an adult has, or by the words beside them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from service.facts.fact import Fact, ReadRecord
from service.facts.wording import quote
from service.reading.assertions import Value

_FLAGS = frozenset(("high", "low", "critical", "critically", "abnormal", "positive", "detected"))
_SAID = re.compile(
    r"\b(?:abnormal|high|low|elevated|raised|(?:above|below|out of|outside) (?:the )?(?:range|line|"
    r"limit|normal)\w*|above|below|positive|critical|(?<!non-)(?<!non )reactive"
    r"|deranged|up from|down from|fell|rose|was \d|(?-i:(?<!/)(?:HH?|LL?)))\b"
    r"(?!\s*(?:density|income|back))|[↑↓]|\([HL]\)|\bamber\b",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"\b(?:within|in) (?:the )?(?:normal )?range\b|\bnormal\b|\bunremarkable\b|\bnot detected\b",
    re.I,
)


def is_abnormal(fact: Fact, records: Mapping[str, ReadRecord]) -> bool:
    """The newest result of a series; also the one before it where a note tells the last without a
    flag."""
    if _is_flagged(fact):
        return True
    result = fact.values[0] if fact.values else None
    number = _number(result) if result else None
    low, high = _bounds(fact.key, result, number) if result else (None, None)
    if number is not None and (low is not None or high is not None):
        return (low is not None and number < low) or (high is not None and number > high)
    newest = fact.sources[0]
    record = records[newest.record_id]
    return (record.is_note or has_range(fact.key)) and calls_abnormal(quote(record, newest))


def has_range(key: str) -> bool:
    """Is it known what an adult has?"""
    return key in _ranges()


def calls_abnormal(text: str) -> bool:
    """Do the words beside a result call it so?"""
    return bool(_SAID.search(text)) and not _NORMAL.search(text)


def _is_flagged(fact: Fact) -> bool:
    flags = [v.said for c in fact.history[-2:] for v in c.values if v.what == "flag"]
    said = {*fact.status.split(", "), *flags[-1:]}
    return any(word in _FLAGS and "not " not in each for each in said for word in each.split())


def _bounds(key: str, result: Value, number: float | None) -> tuple[float | None, float | None]:
    """In the unit that the result is told in, else in the one that is usual for such a number."""
    rows = _ranges().get(key, ())
    said = result.said.lower().replace("μ", "u").replace("µ", "u")
    for row in rows:
        if row.get("unit") and row["unit"] in said:
            return row.get("low"), row.get("high")
    for row in rows if number is not None else ():
        if "unit" not in row and row.get("from", 0) <= number < row.get("to", float("inf")):
            return row.get("low"), row.get("high")
    return None, None


def _number(result: Value) -> float | None:
    """As it is written, whatever the unit."""
    found = re.search(r"\d+(?:\.\d+)?", result.said.replace(",", ""))
    return float(found[0]) if found else None


@cache
def _ranges() -> Mapping[str, Sequence[dict[str, Any]]]:
    path = Path(__file__).parent / "data" / "ranges.toml"
    ranges: dict[str, Sequence[dict[str, Any]]] = tomllib.loads(path.read_text("utf-8"))["ranges"]
    return ranges
