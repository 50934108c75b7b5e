"""Other words for what a question names, for the search by words. The list is data."""

import re
import tomllib
from functools import cache
from importlib.resources import files

SHORT = 3  # "si" and "ed" must be whole words; longer ones also begin a word


@cache
def _groups() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    told = tomllib.loads(files("service.retrieval").joinpath("synonyms.toml").read_text("utf-8"))
    return tuple((_any_of(group), tuple(group)) for group in told["groups"])


def other_words(question: str) -> list[str]:
    """The other words of every group that the question has one of."""
    return [
        word
        for pattern, group in _groups()
        if pattern.search(question)
        for word in group
        if word not in question.casefold()
    ]


def _any_of(group: list[str]) -> re.Pattern[str]:
    parts = (re.escape(w) + (r"(?!\w)" if len(w) <= SHORT else "") for w in group)
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")", re.IGNORECASE)
