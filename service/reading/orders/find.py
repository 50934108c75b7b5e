"""Where a text gives orders to whoever, or whatever, retells it: by words, by form, in disguise."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from service.reading.invisible import hidden, turned, unveiled
from service.reading.orders.addressed import addressed
from service.reading.orders.exchanges import exchanges
from service.reading.orders.guises import readings
from service.reading.orders.scripts import other_script
from service.reading.sentences import sentence_spans
from service.summary.vocabulary import Severity

_PATTERNS = Path(__file__).parent / "data" / "injection.toml"
SHORT = 3  # "ai" stands in "pain"
LONGEST_SENTENCE = 600  # of a text without full stops only what is near is left out
MOST = 20  # of one text: one that is full of them is left out whole


class Order(NamedTuple):
    """`text[start:end]`, whole sentences. What is MAJOR bears nothing; MINOR is only told."""

    start: int
    end: int
    check: str
    severity: Severity


@dataclass(frozen=True)
class Pattern:
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


def orders_in(text: str) -> list[Order]:
    """Every such place, none twice."""
    found: list[Order] = []
    for each in _found(text):
        if any(each.start < b and a < each.end for a, b, *_ in found):
            continue
        is_full = sum(order.severity is each.severity for order in found) == MOST
        if is_full and each.severity is Severity.MAJOR:  # decoys would hide the one that counts
            return [Order(0, len(text), "full-of-orders", Severity.MAJOR)]
        if not is_full:
            found.append(each)
    return found


def left_out(text: str) -> list[tuple[int, int]]:
    """Where the text bears nothing, in order."""
    return sorted((e.start, e.end) for e in orders_in(text) if e.severity is Severity.MAJOR)


def _found(text: str) -> Iterator[Order]:
    """What is left out first, so that what is only told is not told of the same words again."""
    plain, places = unveiled(text)
    forms = (_structures(plain), _matches(plain), _encoded(plain))
    for start, end, check, severity in chain(*forms):
        a, b = _sentence(plain, start, end)
        yield Order(places[a], places[b - 1] + 1, check, severity)
    for start, end in turned(text):
        yield Order(*_sentence(text, start, end), "text-direction", Severity.MAJOR)
    for start, end in hidden(text):
        yield Order(start, end, "hidden-text", Severity.MINOR)


def _structures(text: str) -> Iterator[Order]:
    """What gives itself away by its form."""
    for start, end in exchanges(text):
        yield Order(start, end, "fake-message", Severity.MAJOR)
    for start, end in addressed(text):
        yield Order(start, end, "addresses-a-program", Severity.MAJOR)
    for start, end in other_script(text):
        yield Order(start, end, "other-script", Severity.MAJOR)


def _matches(text: str) -> Iterator[Order]:
    lowered = text.lower()
    for each in _patterns():
        if each.may_match(lowered):
            for match in each.pattern.finditer(text):
                start, end = _line(text, *match.span()) if each.whole_line else match.span()
                yield Order(start, end, each.check, each.severity)


def _encoded(text: str) -> Iterator[Order]:
    """What is an order in another writing, and none as it stands."""
    for start, end, said in readings(text):
        if _is_order(said) and not _is_order(text[start:end]):
            yield Order(start, end, "encoded", Severity.MAJOR)


def _is_order(text: str) -> bool:
    return next(_matches(text), None) is not None


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
def _patterns() -> tuple[Pattern, ...]:
    written = tomllib.loads(_PATTERNS.read_text(encoding="utf-8"))["patterns"]
    return tuple(map(_pattern, written))


def _pattern(written: Mapping[str, Any]) -> Pattern:
    anchors = written["anchors"]
    short = "|".join(re.escape(each) for each in anchors if each.isalpha() and len(each) <= SHORT)
    return Pattern(
        written["check"],
        tuple(a for a in anchors if not a.isalpha() or len(a) > SHORT),
        re.compile(rf"(?<![a-z])(?:{short})(?![a-z])") if short else None,
        re.compile(written["pattern"], re.IGNORECASE | re.MULTILINE),
        Severity(written["severity"]),
        written.get("whole_line", False),
    )
