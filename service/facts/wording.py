"""Facts as people read them: values with what they are per, and the words round a place."""

from service.facts.fact import FactSource, ReadRecord
from service.reading.assertions import Value

_COMPARED = {"<": "below", "<=": "up to", ">": "over", ">=": "at least", "~": "about"}
_NAMED = {
    "adverse-effect": "adverse effect",
    "indication": "for",
    "reason": "because of",
    "instruction": "",
    "range": "reference",
    "from": "since",
    "criticality": "criticality",
    "due": "due",
}
_PLAIN = frozenset(
    ("item", "dose", "frequency", "route", "form", "level", "score", "quantity", "time")
)
_ENDS = ("\n", ". ")
_LONGEST = 240  # characters of a quote


def value_words(value: Value) -> str:
    """ "up to 1200 mg per day", "for depression"."""
    said = value.said
    bound = _COMPARED.get(value.comparator, "")
    if bound and not said.lower().startswith((*"<>≤≥~", bound)):
        said = f"{bound} {said}"
    if value.per and value.per not in said and "/" not in said and value.per != "dose":
        said = f"{said} per {value.per}"
    name = "" if value.what in _PLAIN else _NAMED.get(value.what, value.what)
    return f"{name} {said}".strip()


def quote(record: ReadRecord, source: FactSource) -> str:
    """The sentence or line round a place, at most some hundred characters."""
    start, end = sentence_place(record.text, source.start, source.end)
    return " ".join(record.text[start:end].split())


def sentence_place(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence or line round a place stands, at most some hundred characters of it."""
    low, high = max(0, start - _LONGEST // 2), end + _LONGEST // 2
    before = (text.rfind(mark, low, start) + len(mark) for mark in _ENDS if mark in text[low:start])
    after = (at + 1 for mark in _ENDS if (at := text.find(mark, max(start, end - 1), high)) >= 0)
    return max(before, default=low), min(after, default=min(high, len(text)))
