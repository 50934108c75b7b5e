"""No text keeps a pattern or a reader longer than its length: twice the text, twice the time.

Ratios of processor time, never seconds: a slow machine changes neither.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

import service
from service.access.rules import rules_in_force
from service.access.tagger import tagger_in_force
from service.chart.decoding import decode
from service.chart.formats.plain import Unreadable
from service.reading.sentences import sentence_spans
from service.retrieval.passages import split_note
from tests.hostile import UNITS, near_misses, repeated
from tests.service.access.test_decisions import a_note, decided

SIZES = 2_000, 8_000
FOR_PATTERNS = 500, 2_000  # there are thousands of patterns
MOST_TEXTS = 24  # for one pattern: a list of words has the same kind of part again and again
WORST = 9 / 4  # of the ratio of two texts: what is quadratic takes that ratio once more
NOTICED_S = 0.005  # below it a clock tells nothing

# At 2,000 a quadratic pattern may take less than a clock tells; from 128,000 on memory is uneven.
AT_LENGTH = 16_000, 64_000
MEGABYTE = 250_000, 1_000_000
LONG_UNITS = (" ", ".", "A\n")

# Used with `match` or `fullmatch` alone: no other start is tried, so that is how they are tried.
ANCHORED = {
    "reading/sentences.py": {"_LABEL", "_STARTS", "_WORD_STARTS", "_CUTS"},
    "drafting/notes.py": {"_MARKER"},
    "reading/scope/when.py": {"_LASTED"},
    "reading/structure/entries.py": {"_AFTER"},
    "reading/structure/tables.py": {"_FIGURE"},
    "verification/check.py": {"_BULLET"},
}


def took(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


def grows(
    act: Callable[[str], object],
    text_of: Callable[[int], str],
    sizes: tuple[int, int] = SIZES,
) -> bool:
    """Whether so many times the text takes far more than so many times the time, each time that it
    is tried: most take less the first time, and the long text is what takes long."""
    small, large = map(text_of, sizes)
    first = took(lambda: act(large))
    if first < NOTICED_S:
        return False
    few = min(took(lambda: act(small)) for _ in range(3))
    most = max(NOTICED_S, WORST * (sizes[1] / sizes[0]) * few)
    return first > most and all(took(lambda: act(large)) > most for _ in range(2))


@dataclass(frozen=True)
class Tried:
    """A pattern, and whether it is only ever asked at one place."""

    pattern: re.Pattern[str]
    is_anchored: bool = False

    def __call__(self, text: str) -> object:
        return self.pattern.match(text) if self.is_anchored else self.pattern.findall(text)


def patterns() -> dict[str, set[Tried]]:
    """File -> the patterns that its module holds, however they were made."""
    found: dict[str, set[Tried]] = {}
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if ".migrations" in module.name:
            continue
        held = importlib.import_module(module.name)
        path = str(Path(str(held.__file__)).relative_to(Path(service.__path__[0])))
        anchored = ANCHORED.get(path, set())
        found[path] = {
            Tried(p, name in anchored) for name, v in vars(held).items() for p in _within(v)
        }
        found[path] |= set(map(Tried, _in_calls(Path(str(held.__file__)))))
    found["access/tagger.py"] = {Tried(s.phrase) for s in tagger_in_force().signals}
    found["access/rules.py"] = {
        Tried(pattern)
        for rule in rules_in_force().phrases
        for pattern in (rule.pattern, rule.heading, rule.unless)
        if pattern is not None
    }
    return found


def _in_calls(path: Path) -> list[re.Pattern[str]]:
    """Patterns that stand as plain text in a call of `re.sub` and its like."""
    found = []
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            looks = call.func.attr in {"sub", "subn", "search", "split", "findall", "finditer"}
            first = call.args[0]
            of_re = looks and getattr(call.func.value, "id", "") == "re"
            if of_re and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append(re.compile(first.value))
    return found


def _within(value: object) -> list[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        return [value] if isinstance(value.pattern, str) else []
    if isinstance(value, dict):
        return [p for each in value.values() for p in _within(each)]
    if isinstance(value, tuple | list | set | frozenset):
        return [p for each in value for p in _within(each)]
    return []


def test_the_clock_of_this_test_tells_linear_from_quadratic():
    assert grows(re.compile(r"[.!?]+(?=\s)").findall, repeated("."))
    assert not grows(re.compile(r"(?<![.!?])[.!?]++(?=\s)").findall, repeated("."))


def test_every_pattern_takes_time_as_its_text_is_long():
    slow: dict[str, set[str]] = {}
    seen: set[Tried] = set()
    for path, held in patterns().items():
        for tried in held - seen:
            if is_slow(tried):
                slow.setdefault(path, set()).add(tried.pattern.pattern[:60])
        seen |= held
    assert slow == {}


def is_slow(tried: Tried) -> bool:
    """By any of its near misses; at length by the one that took longest."""
    near = near_misses(tried.pattern.pattern, tried.pattern.flags)
    texts = [*islice(near, MOST_TEXTS), repeated(" "), repeated("a")]
    times = [took(lambda of=of: tried(of(FOR_PATTERNS[1]))) for of in texts]
    noticed = [of for of, time_s in zip(texts, times, strict=True) if time_s > NOTICED_S]
    worst = texts[times.index(max(times))]
    return any(grows(tried, of, FOR_PATTERNS) for of in noticed) or grows(tried, worst, AT_LENGTH)


@pytest.mark.parametrize(
    ("path", "name"), [(p, n) for p, names in ANCHORED.items() for n in sorted(names)]
)
def test_what_is_tried_at_one_place_is_asked_so_and_nowhere_else(path, name):
    folder = Path(service.__path__[0])
    asked = re.compile(rf"\b{name}\.(\w+)")
    uses = set(asked.findall((folder / path).read_text("utf-8")))
    elsewhere = [p for p in (folder / path).parent.glob("*.py") if p != folder / path]
    assert uses <= {"match", "fullmatch"}
    assert not any(f"import {name}" in p.read_text("utf-8") for p in elsewhere)


def decoded(kind: str) -> Callable[[str], object]:
    def act(text: str) -> object:
        try:
            return decode(text.encode(), kind)
        except Unreadable:
            return None

    return act


READERS = {
    "sentences": lambda text: list(sentence_spans(text)),
    "passages": split_note,
    "access": lambda text: decided(a_note(text)),
    "plain": decoded("text/plain"),
    "html": decoded("text/html"),
    "rtf": lambda text: decoded("text/rtf")("{\\rtf1 " + text),
    "cda": lambda text: decoded("text/xml")("<ClinicalDocument>" + text),
}


@pytest.mark.parametrize("name", READERS)
def test_no_reader_takes_more_time_than_its_text_is_long(name):
    assert [unit for unit in UNITS if grows(READERS[name], repeated(unit))] == []


@pytest.mark.parametrize("name", READERS)
def test_a_megabyte_takes_a_reader_no_longer_than_its_length_says(name):
    sizes = AT_LENGTH if name == "access" else MEGABYTE  # which asks every rule: seconds of each
    assert [unit for unit in LONG_UNITS if grows(READERS[name], repeated(unit), sizes)] == []


def test_dots_that_once_took_minutes_are_split_in_a_moment():
    assert len(list(sentence_spans("." * 200_000))) == 200
    assert not grows(lambda t: list(sentence_spans(t)), lambda size: "." * size * 10)
