"""Which results are out of range: by a flag or word, by their own range, by what an adult has."""

import re
from collections.abc import Iterable, Mapping

from service.facts.fact import Fact, ReadRecord
from service.facts.ranges import is_outside, own, table, usual
from service.facts.said import days_between
from service.facts.wording import quote
from service.reading.assertions import Assertion, Value

_FLAGS = frozenset(
    (
        *("high", "low", "critical", "critically", "abnormal", "toxic"),
        *("positive", "detected", "reactive"),
    )
)
_FOUND = re.compile(r"(?<!non-)(?<!non )(?<!not )\b(?:positive|reactive|detected)\b", re.IGNORECASE)
_USUAL = ("normal", "within normal limits", "as expected")
_YEAR = 365.25  # days
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
    """The newest result of a series, by its flag, its word, its own range, what an adult has; also
    the one before it where a note tells the last without a flag."""
    if _is_flagged(fact, records):
        return True
    if not fact.values or _is_flagged_normal(fact):
        return False
    if _is_found(fact):
        return True
    newest = fact.sources[0]
    is_grown = not is_child(records.values(), fact.on)
    judged = own(fact) or (usual(fact.key, fact.values[0]) if is_grown else None)
    if judged:
        return is_outside(*judged, fact.values[0].comparator)
    record = records[newest.record_id]
    return (record.is_note or has_range(fact.key)) and calls_abnormal(quote(record, newest))


def is_child(records: Iterable[ReadRecord], on: str) -> bool:
    """Is the patient known to be too young on that day for what an adult has?"""
    said = (a for r in records if r.type == "Patient" for a in r.assertions)
    born = next((str(v.value) for a in said for v in a.values if _is_birth(a, v)), "")
    days = days_between(born, on[:10])
    return days is not None and days < table()["adult"] * _YEAR


def _is_birth(said: Assertion, value: Value) -> bool:
    return said.concept.key == "age" and value.what == "date"


def _is_found(fact: Fact) -> bool:
    """ "Positive", "reactive": what nobody wants to be found, the names of good things aside."""
    is_good = any(name in fact.key for name in table()["good"])
    return not is_good and bool(_FOUND.search(fact.values[0].said))


def has_range(key: str) -> bool:
    """Is it known what an adult has?"""
    return key in table()["ranges"]


def calls_abnormal(text: str) -> bool:
    """Do the words beside a result call it so?"""
    return bool(_SAID.search(text)) and not _NORMAL.search(text)


def _is_flagged(fact: Fact, records: Mapping[str, ReadRecord]) -> bool:
    """By its own flag; of what only a note tells by the one before it, where that was critical or
    nobody knows what an adult has."""
    flags = [[v.said for v in c.values if v.what == "flag"] for c in fact.history[-2:]]
    own, before = flags[-1:], flags[:-1]
    is_note = all(records[s.record_id].is_note for s in fact.sources if s.on == fact.on)
    is_left = is_note and not any(own)
    is_grave = any("critical" in flag for each in before for flag in each)
    counting = before if is_left and (is_grave or not has_range(fact.key)) else own
    said = {*fact.status.split(", "), *(flag for each in counting for flag in each)}
    return any(word in _FLAGS and "not " not in each for each in said for word in each.split())


def _is_flagged_normal(fact: Fact) -> bool:
    return any(v.what == "flag" and v.said in _USUAL for v in fact.values)
