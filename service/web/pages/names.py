"""A fact's name as people write it: "PHQ-9", "eGFR", "Warning sign"."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from service.facts.fact import Fact, FactKind

LETTERS = 5  # of an instrument that is known by its letters alone; longer ones are words
_WORD = re.compile(r"[a-z0-9]+")


def shown_name(fact: Fact) -> str:
    """As the chart's own words stand where they are a sentence. Of what is kept by the roots of its
    words ("warning-sign:...") only the kind is a name: the words themselves stand below it."""
    if ":" in fact.key and fact.kind is not FactKind.RISK:
        return fact.name
    name = fact.name.partition(":")[0] if fact.values else fact.name
    if fact.kind is FactKind.SCORE:
        name = _joined(fact.key, name)
        if all(len(word) <= LETTERS and word not in _names() for word in _WORD.findall(name)):
            return name.upper()
    return _WORD.sub(lambda word: _names().get(word[0], word[0]), name)


def _joined(key: str, name: str) -> str:
    """ "phq-9" where the name is its key alone: the letters and the number of a score belong
    together."""
    return key if key.replace("-", " ") == name else name


@cache
def _names() -> dict[str, str]:
    held = tomllib.loads(files("service.web.pages").joinpath("names.toml").read_text("utf-8"))
    names: dict[str, str] = held["names"]
    return names
