"""Chart text that speaks to a program: found before anybody drafts, left out, and pointed at."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.addressed import addressed
from service.drafting.exchanges import exchanges
from service.drafting.guises import readings
from service.drafting.invisible import hidden, turned, unveiled
from service.drafting.progress import NOBODY, Watch
from service.drafting.scripts import other_script
from service.retrieval.sentences import sentence_spans
from service.summary.vocabulary import Severity

_PATTERNS = Path(__file__).parent / "data" / "injection.toml"
SHORT = 3  # "ai" stands in "pain"
LONGEST_SENTENCE = 600  # of a text without full stops only what is near is left out
MOST_IN_A_RECORD = 20  # what has more of them is no note: decoys would hide the one that counts


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
        return {
            "record_id": self.record_id,
            "source": self.source_ref,
            "start": self.start,
            "end": self.end,
            "check": self.check,
            "severity": self.severity.value,
        }


@dataclass(frozen=True)
class _Pattern:
    check: str
    anchors: tuple[str, ...]
    short: re.Pattern[str] | None  # anchors that stand in many words: as words of their own
    pattern: re.Pattern[str]
    severity: Severity
    whole_line: bool

    def may_match(self, lowered: str) -> bool:
        if any(anchor in lowered for anchor in self.anchors):
            return True
        return bool(self.short and self.short.search(lowered))


def planted(records: Sequence[SourceRecord], watch: Watch = NOBODY) -> tuple[Planted, ...]:
    """Everything of the kind in these records, in their order. Raises DraftCancelled.

    Most patterns have no anchor anywhere in a chart; those are not tried on each record again.
    """
    whole = unveiled("\n".join(record.text for record in records))[0].lower()
    likely = tuple(each for each in _patterns() if each.may_match(whole))
    return tuple(found for r in watch.through(records) for found in _in_record(r, likely))


def by_record(found: Iterable[Planted]) -> Mapping[str, tuple[Planted, ...]]:
    """Those that are left out of a draft (major), by record."""
    held: dict[str, tuple[Planted, ...]] = {}
    for each in found:
        if each.severity is Severity.MAJOR:
            held[each.record_id] = (*held.get(each.record_id, ()), each)
    return held


def _in_record(record: SourceRecord, patterns: Sequence[_Pattern]) -> Iterator[Planted]:
    """Each place once. A record with too many of them is left out whole, and says so; so nothing
    is left in because others stand before it."""
    seen: list[tuple[int, int, Severity]] = []
    for start, end, check, severity in _found(record.text, patterns):
        if any(start < b and a < end for a, b, _ in seen):
            continue
        if sum(each is severity for *_, each in seen) == MOST_IN_A_RECORD:
            if severity is Severity.MAJOR:
                yield _planted_in(record, 0, len(record.text), "full-of-orders", severity)
                return
            continue  # what is only told is told by its first ones
        seen.append((start, end, severity))
        yield _planted_in(record, start, end, check, severity)


def _planted_in(
    record: SourceRecord, start: int, end: int, check: str, severity: Severity
) -> Planted:
    return Planted(record.id, record.resource_ref, start, end, check, severity)


def _found(text: str, patterns: Sequence[_Pattern]) -> Iterator[tuple[int, int, str, Severity]]:
    """What is left out first, so that what is only told is not told of the same words again."""
    plain, places = unveiled(text)
    forms = (_structures(plain), _matches(plain, patterns), _encoded(plain))
    for start, end, check, severity in chain(*forms):
        a, b = _sentence(plain, start, end)
        yield places[a], places[b - 1] + 1, check, severity
    for start, end in turned(text):
        yield *_sentence(text, start, end), "text-direction", Severity.MAJOR
    for start, end in hidden(text):
        yield start, end, "hidden-text", Severity.MINOR


def _structures(text: str) -> Iterator[tuple[int, int, str, Severity]]:
    """What gives itself away by its form."""
    for start, end in exchanges(text):
        yield start, end, "fake-message", Severity.MAJOR
    for start, end in addressed(text):
        yield start, end, "addresses-a-program", Severity.MAJOR
    for start, end in other_script(text):
        yield start, end, "other-script", Severity.MAJOR


def _matches(text: str, patterns: Sequence[_Pattern]) -> Iterator[tuple[int, int, str, Severity]]:
    lowered = text.lower()
    for each in patterns:
        if each.may_match(lowered):
            for match in each.pattern.finditer(text):
                start, end = _line(text, *match.span()) if each.whole_line else match.span()
                yield start, end, each.check, each.severity


def _encoded(text: str) -> Iterator[tuple[int, int, str, Severity]]:
    """What is an order in another writing, and none as it stands."""
    for start, end, said in readings(text):
        if _is_order(said) and not _is_order(text[start:end]):
            yield start, end, "encoded", Severity.MAJOR


def _is_order(text: str) -> bool:
    return next(_matches(text, _patterns()), None) is not None


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """The line that holds text[start:end], no further away than is sensible."""
    first, last = max(0, start - LONGEST_SENTENCE), min(len(text), end + LONGEST_SENTENCE)
    stop = text.find("\n", end, last)
    return text.rfind("\n", first, start) + 1 or first, last if stop < 0 else stop


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentences that hold text[start:end], no further away than is sensible."""
    spans = [
        s for s in sentence_spans(text, *_line(text, start, end)) if s[0] < end and start < s[1]
    ]
    return min([start, *(a for a, _ in spans)]), max([end, *(b for _, b in spans)])


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    written = tomllib.loads(_PATTERNS.read_text(encoding="utf-8"))["patterns"]
    return tuple(map(_pattern, written))


def _pattern(written: Mapping[str, Any]) -> _Pattern:
    anchors = written["anchors"]
    short = "|".join(re.escape(each) for each in anchors if each.isalpha() and len(each) <= SHORT)
    return _Pattern(
        written["check"],
        tuple(a for a in anchors if not a.isalpha() or len(a) > SHORT),
        re.compile(rf"(?<![a-z])(?:{short})(?![a-z])") if short else None,
        re.compile(written["pattern"], re.IGNORECASE | re.MULTILINE),
        Severity(written["severity"]),
        written.get("whole_line", False),
    )
