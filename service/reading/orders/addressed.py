"""Sentences that tell whoever retells a chart what to tell, known by their form."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from service.reading.sentences import sentence_spans

LONGEST = 2_000  # characters of one sentence that are looked at: an order is short
NEAR = 160  # characters from a program to what it is to tell, either way


@dataclass(frozen=True)
class Forms:
    """The classes of `addressed.toml`, and what needs nothing beside it."""

    classes: dict[str, re.Pattern[str]]
    alone: tuple[re.Pattern[str], ...]

    def is_addressed(self, sentence: str) -> bool:
        """Whether somebody who retells is told what to say or to leave out."""
        sentence = folded(sentence)
        return (
            self._is_for_a_program(sentence)
            or self._is_asked_of_a_text(sentence)
            or any(each.search(sentence) for each in self.alone)
        )

    def _is_for_a_program(self, sentence: str) -> bool:
        """A program, or a text that only programs make, and what it tells."""
        if not (self._has("programs", sentence) or self._has("texts", sentence)):
            return False
        said = self.classes["no_programs"].sub("", sentence)
        found = self._has("programs", said) or self._has("texts", said)
        told = found and self.classes["tell"].search(said, found.end(), found.end() + NEAR)
        return bool(found and told and not self._has("others", said[found.end() : told.start()]))

    def _is_asked_of_a_text(self, sentence: str) -> bool:
        """A text that is made of the chart, and what it is to say; or who makes it, and says."""
        if self._has("making", sentence) and self._has("say", sentence):
            return True
        if not (self._has("documents", sentence) or self._has("texts", sentence)):
            return False
        is_asked = self._has("duty", sentence) and self._has("say", sentence)
        return bool(is_asked or self._has("order", sentence))

    def _has(self, name: str, said: str) -> re.Match[str] | None:
        return self.classes[name].search(said)


def addressed(text: str) -> Iterator[tuple[int, int]]:
    """Where such sentences stand."""
    forms = forms_in_force()
    for start, end in sentence_spans(text):
        if forms.is_addressed(text[start : min(end, start + LONGEST)].strip()):
            yield start, end


@cache
def forms_in_force() -> Forms:
    told = tomllib.loads((Path(__file__).parent / "data" / "addressed.toml").read_text("utf-8"))
    lists = {name: _any_of(said) for name, said in told.items() if name not in _NO_CLASS}
    order = re.compile(_small(told["order"]))
    alone = tuple(re.compile(_small(said)) for said in told["alone"].values())
    return Forms({**lists, "order": order}, alone)


_NO_CLASS = ("version", "changes", "order", "alone")


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Each begins with a word, so that nothing else is looked at twice."""
    return re.compile(rf"(?<!\w)(?=\w)(?:{'|'.join(map(_small, words))})(?!\w)")


def folded(said: str) -> str:
    """In small letters, each in its place. Patterns that tell no capitals from small letters look
    for twice as long."""
    return said.translate(_ALIKE).lower()


# What IGNORECASE takes for these letters and lower() leaves as it is, or makes two letters of.
_ALIKE = str.maketrans({"İ": "i", "ı": "i", "ſ": "s"})
_ESCAPE = re.compile(r"(\\.)|([^\\]+)")


def _small(pattern: str) -> str:
    """A pattern for what is folded; escapes stay, which mean another thing in small letters."""
    return _ESCAPE.sub(lambda each: each[1] or folded(each[2]), pattern)
