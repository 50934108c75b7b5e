"""A text on its way to values: its words, which of them are used up, what was found."""

from dataclasses import dataclass, field

from service.reading.assertions import Value
from service.reading.lexicon.tokens import Token, tokens


@dataclass(slots=True)
class Scan:
    """`taken[n]`: word n is part of a value. `dosed`: where frequencies and routes begin."""

    text: str
    on: str
    words: tuple[Token, ...] = ()
    taken: list[bool] = field(default_factory=list)
    found: list[Value] = field(default_factory=list)
    dosed: set[int] = field(default_factory=set)

    def key(self, at: int) -> str:
        """The word at a number, "" beyond the ends."""
        return self.words[at].key if 0 <= at < len(self.words) else ""

    def free(self, at: int) -> bool:
        return 0 <= at < len(self.words) and not self.taken[at]

    def matches(self, keys: tuple[str, ...], at: int) -> bool:
        """Do these words stand here, none of them used up?"""
        end = at + len(keys)
        if end > len(self.words) or any(self.taken[at:end]):
            return False
        return all(self.words[at + n].key == key for n, key in enumerate(keys))

    def take(self, start: int, end: int) -> None:
        """Use up words `start` to `end` (not included)."""
        self.taken[start:end] = [True] * (end - start)

    def said(self, start: int, end: int) -> tuple[str, int, int]:
        """The text of words `start` to `end` with its place."""
        first, last = self.words[start].start, self.words[end - 1].end
        return self.text[first:last], first, last


def scan(text: str, on: str) -> Scan:
    found = tokens(text)
    return Scan(text, on, found, [False] * len(found))


def rounded(number: float) -> float:
    """To six digits, so that equal things are equal whatever they were reckoned from."""
    return float(f"{number:.6g}")
