"""Codes and words that say there is none, or that nobody asked."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from service.chart.render import words


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files("service.chart.render").joinpath("data", "nothing.toml").read_text("utf-8")
    return {name: frozenset(listed) for name, listed in tomllib.loads(text).items()}


def plain(text: str) -> str:
    """Lower case, marks as single spaces."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def said_in(value: object) -> Iterator[str]:
    """Every code, display and text of a CodeableConcept, as sent."""
    if isinstance(value, str):
        yield value
    for element in words.each(value):
        for coding in words.each(element.get("coding")) or [element]:
            yield from (t for n in ("code", "display") if (t := words.text(coding.get(n))))
        if text := words.text(element.get("text")):
            yield text


def allergy_said(value: object) -> tuple[str, str] | None:
    """(what, "none" or "unknown") where an allergy's code says so: ("drug", "none") of NKDA.

    `what` is "any", "drug", "food", "latex" or "environmental". None for a real substance, also
    where a text beside such a code names one.
    """
    said = {plain(each) for each in said_in(value)}
    for verdict in ("none", "unknown"):
        if said & _lists()[f"allergy_{verdict}"]:
            return _what(said), verdict
    return None


def _what(said: set[str]) -> str:
    stated = said | {word for each in said for word in each.split()}
    kinds = ("drug", "food", "latex", "environmental")
    return next((kind for kind in kinds if stated & _lists()[kind]), "any")


def is_no_problem(value: object) -> bool:
    """Does a problem's code say that there is no problem?"""
    return any(plain(each) in _lists()["no_problems"] for each in said_in(value))
