"""Sentences that tell whoever retells a chart what to tell, known by their form."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.retrieval.sentences import sentence_spans

LONGEST = 2_000  # characters of one sentence that are looked at: an order is short


@dataclass(frozen=True)
class Forms:
    """The classes of `addressed.toml`, and what needs nothing beside it."""

    anchors: re.Pattern[str]
    classes: dict[str, re.Pattern[str]]
    alone: tuple[re.Pattern[str], ...]

    def is_addressed(self, sentence: str) -> bool:
        """Whether somebody who retells is told what to say or to leave out."""
        has = {name: bool(pattern.search(sentence)) for name, pattern in self.classes.items()}
        is_told = has["order"] or (has["duty"] and has["say"])
        retells = has["made"] or has["making"] or has["machine"]
        return (retells and is_told) or any(each.search(sentence) for each in self.alone)


def addressed(text: str) -> Iterator[tuple[int, int]]:
    """Where such sentences stand."""
    forms, done = forms_in_force(), 0
    for anchor in forms.anchors.finditer(text):
        if anchor.start() < done:
            continue
        first = text.rfind("\n", done, anchor.start()) + 1 or done
        stop = text.find("\n", anchor.end())
        done = len(text) if stop < 0 else stop
        for start, end in sentence_spans(text, first, done):
            if forms.is_addressed(text[start : min(end, start + LONGEST)].strip()):
                yield start, end


@cache
def forms_in_force() -> Forms:
    told = tomllib.loads(
        files("service.drafting").joinpath("data/addressed.toml").read_text("utf-8")
    )
    return Forms(
        re.compile(told["anchors"], re.IGNORECASE),
        {name: re.compile(said, re.IGNORECASE) for name, said in told["classes"].items()},
        tuple(re.compile(said, re.IGNORECASE) for said in told["alone"].values()),
    )
