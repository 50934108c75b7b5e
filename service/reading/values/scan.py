"""A text on its way to values: its words, which of them are used up, what was found."""

from dataclasses import dataclass, field

from service.reading.assertions import Value
from service.reading.lexicon.tokens import Token, tokens

BEYOND = 16


@dataclass(slots=True)
class Scan:
    """`taken[n]`: word n is part of a value. `dosed`: where frequencies and routes begin."""

    text: str
    on: str
    words: tuple[Token, ...] = ()
    keys: list[str] = field(default_factory=list)  # of the words, with empty ones behind the last
    taken: list[bool] = field(default_factory=list)
    found: list[Value] = field(default_factory=list)
    dosed: set[int] = field(default_factory=set)

    def key(self, at: int) -> str:
        """The word at a number, "" beyond the ends (by at most BEYOND words)."""
        return self.keys[at]

    def free(self, at: int) -> bool:
        return 0 <= at < len(self.words) and not self.taken[at]

    def dosed_at(self, at: int) -> bool:
        """Has a dose been told before this word, not far from it?"""
        place = self.words[at].start
        return any(v.what == "dose" and 0 <= place - v.end < 60 for v in self.found[-4:])

    def matches(self, keys: tuple[str, ...], at: int) -> bool:
        """Do these words stand here, none of them used up?"""
        if self.keys[at] != keys[0]:
            return False
        end = at + len(keys)
        return tuple(self.keys[at:end]) == keys and not any(self.taken[at:end])

    def take(self, start: int, end: int) -> None:
        """Use up words `start` to `end` (not included)."""
        self.taken[start:end] = [True] * (end - start)

    def said(self, start: int, end: int) -> tuple[str, int, int]:
        """The text of words `start` to `end` with its place."""
        first, last = self.words[start].start, self.words[end - 1].end
        return self.text[first:last], first, last


def scan(text: str, on: str) -> Scan:
    found = tokens(text)
    keys = [token.key for token in found] + [""] * BEYOND
    return Scan(text, on, found, keys, [False] * len(found))


def rounded(number: float) -> float:
    """To six digits, so that equal things are equal whatever they were reckoned from."""
    return float(f"{number:.6g}")
