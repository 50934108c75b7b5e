"""Chart text that speaks to a program: found before anybody drafts, left out, and pointed at."""

import base64
import binascii
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.invisible import HIDING, unveiled
from service.retrieval.sentences import sentence_spans
from service.summary.vocabulary import Severity

_PATTERNS = Path(__file__).parent / "data" / "injection.toml"
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{4}){10,}[A-Za-z0-9+/]{0,3}={0,2}")
LONGEST_SENTENCE = 600  # of a text without full stops only what is near is left out
MOST_IN_A_RECORD = 20  # a record that is full of them is shown by its first ones


@dataclass(frozen=True)
class Planted:
    """Where text speaks to a program: `text[start:end]` of the record, whole sentences."""

    record_id: str
    source_ref: str
    start: int
    end: int
    check: str
    severity: Severity

    def to_json(self) -> dict[str, Any]:
        return {"record_id": self.record_id, "source": self.source_ref, "start": self.start,
                "end": self.end, "check": self.check, "severity": self.severity.value}  # fmt: skip


@dataclass(frozen=True)
class _Pattern:
    check: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    severity: Severity


def planted(records: Iterable[SourceRecord]) -> tuple[Planted, ...]:
    """Everything of the kind in these records, in their order."""
    return tuple(found for record in records for found in _in_record(record))


def by_record(found: Iterable[Planted]) -> Mapping[str, tuple[Planted, ...]]:
    """Those that are left out of a draft (major), by record."""
    held: dict[str, tuple[Planted, ...]] = {}
    for each in found:
        if each.severity is Severity.MAJOR:
            held[each.record_id] = (*held.get(each.record_id, ()), each)
    return held


def _in_record(record: SourceRecord) -> Iterator[Planted]:
    seen: list[tuple[int, int]] = []
    for start, end, check, severity in _found(record.text):
        inside = any(start < b and a < end for a, b in seen)
        if not inside and len(seen) < MOST_IN_A_RECORD:
            seen.append((start, end))
            yield Planted(record.id, record.resource_ref, start, end, check, severity)


def _found(text: str) -> Iterator[tuple[int, int, str, Severity]]:
    plain, places = unveiled(text)
    for start, end, check, severity in (*_matches(plain), *_encoded(plain)):
        a, b = _sentence(plain, start, end)
        yield places[a], places[b - 1] + 1, check, severity
    for hidden in HIDING.finditer(text):
        yield hidden.start(), hidden.end(), "hidden-text", Severity.MINOR


def _matches(text: str) -> Iterator[tuple[int, int, str, Severity]]:
    lowered = text.lower()
    for each in _patterns():
        if any(anchor in lowered for anchor in each.anchors):
            for match in each.pattern.finditer(text):
                yield match.start(), match.end(), each.check, each.severity


def _encoded(text: str) -> Iterator[tuple[int, int, str, Severity]]:
    """The same, written in base64."""
    for blob in _BASE64.finditer(text):
        try:
            said = base64.b64decode(blob[0] + "=" * (-len(blob[0]) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if next(_matches(said), None):
            yield blob.start(), blob.end(), "encoded", Severity.MAJOR


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentences that hold text[start:end], no further away than is sensible."""
    first, last = max(0, start - LONGEST_SENTENCE), min(len(text), end + LONGEST_SENTENCE)
    first = text.rfind("\n", first, start) + 1 or first
    stop = text.find("\n", end, last)
    spans = [s for s in sentence_spans(text, first, last if stop < 0 else stop)
             if s[0] < end and start < s[1]]  # fmt: skip
    return min([start, *(a for a, _ in spans)]), max([end, *(b for _, b in spans)])


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    written = tomllib.loads(_PATTERNS.read_text(encoding="utf-8"))["patterns"]
    return tuple(
        _Pattern(each["check"], tuple(each["anchors"]),
                 re.compile(each["pattern"], re.IGNORECASE | re.MULTILINE),
                 Severity(each["severity"]))
        for each in written
    )  # fmt: skip
