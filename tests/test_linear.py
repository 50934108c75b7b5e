"""No text keeps a pattern or a reader longer than its length: twice the text, twice the time.

Ratios of processor time, never seconds: a slow machine changes neither.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable
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
WORST = 9  # four times the text: linear takes 4 times as long, quadratic 16 times
NOTICED_S = 0.005  # below it a clock tells nothing

# Used with `match` or `fullmatch` alone, on a slice of bounded length: no start is tried twice.
ON_SLICES = {
    "reading/sentences.py": {"_LABEL", "_STARTS", "_WORD_STARTS", "_CUTS"},
    "drafting/notes.py": {"_MARKER"},
}
# These hold patterns that take more than linear time, and are still to be mended one by one.
EXCUSED = ("reading/", "verification/")


def took(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


def grows(
    act: Callable[[str], object],
    text_of: Callable[[int], str],
    sizes: tuple[int, int] = SIZES,
) -> bool:
    """Whether four times the text takes far more than four times the time."""
    small, large = map(text_of, sizes)
    if took(lambda: act(large)) < NOTICED_S:
        return False
    few = min(took(lambda: act(small)) for _ in range(3))
    many = min(took(lambda: act(large)) for _ in range(2))
    return many > NOTICED_S and many > WORST * few


def patterns() -> dict[str, list[re.Pattern[str]]]:
    """File -> the patterns that its module holds, however they were made."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if ".migrations" in module.name:
            continue
        held = importlib.import_module(module.name)
        path = str(Path(str(held.__file__)).relative_to(Path(service.__path__[0])))
        spared = ON_SLICES.get(path, set())
        values = [v for name, v in vars(held).items() if name not in spared]
        found[path] = [p for value in values for p in _within(value)]
        found[path] += _in_calls(Path(str(held.__file__)))
    found["access/tagger.py"] = [s.phrase for s in tagger_in_force().signals]
    found["access/rules.py"] = [
        pattern
        for rule in rules_in_force().phrases
        for pattern in (rule.pattern, rule.heading, rule.unless)
        if pattern is not None
    ]
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


def test_patterns_outside_the_excused_folders_take_time_as_their_text_is_long():
    slow: dict[str, set[str]] = {}
    seen: set[re.Pattern[str]] = set()
    for path, held in patterns().items():
        if path.startswith(EXCUSED):
            continue
        for pattern in set(held) - seen:
            seen.add(pattern)
            texts = islice(near_misses(pattern.pattern, pattern.flags), MOST_TEXTS)
            if any(grows(pattern.findall, each, FOR_PATTERNS) for each in texts):
                slow.setdefault(path, set()).add(pattern.pattern[:60])
    assert slow == {}


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


def test_dots_that_once_took_minutes_are_split_in_a_moment():
    assert len(list(sentence_spans("." * 200_000))) == 200
    assert not grows(lambda t: list(sentence_spans(t)), lambda size: "." * size * 10)
