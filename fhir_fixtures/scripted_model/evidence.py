"""What a prompt of ours holds, read back as a model would: evidence by id, section, bounds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Ids begin with E; "[NAME-1]" at the beginning of a line is a masked name, not an id.
_HEAD = re.compile(r"^\[(E[0-9A-Z]{1,12})\] (.+)$", re.MULTILINE)
_FACT = re.compile(r"^\[(F[0-9A-Z]{1,12})\] (.+)$", re.MULTILINE)
_SECTION = re.compile(r"^Section: (.+)$", re.MULTILINE)
_MOST = re.compile(r"At most (\d+) statements")
_LISTED = re.compile(r"^- (.+)$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[\"“A-Z0-9])|\n+")
FEWEST_WORDS = 3  # a heading or the tail of a list is no sentence
LONGEST = 300  # characters; a longer line is a list that a machine wrote


@dataclass(frozen=True)
class Shown:
    """One piece of evidence as the prompt shows it: `about` is its title, date and author."""

    id: str
    about: str
    text: str

    @property
    def day(self) -> str:
        found = re.search(r"\d{4}-\d{2}-\d{2}", self.about)
        return found[0] if found else ""

    @property
    def is_note(self) -> bool:
        """A structured record's text begins with its own title; a passage of a note does not."""
        title = self.about.partition(",")[0].strip().casefold()
        return not (title and title in self.text.split("\n", 1)[0].casefold())

    def sentences(self) -> list[str]:
        """What of it can stand as a statement: a record's first line, or a note's sentences."""
        if not self.is_note:
            return [self.text.split("\n", 1)[0].strip()]
        pieces = (piece.strip() for piece in _SENTENCE.split(self.text))
        return [p for p in pieces if len(p.split()) >= FEWEST_WORDS and len(p) <= LONGEST]


@dataclass(frozen=True)
class Question:
    """What was asked: the section's title, how much may be said, and the evidence.

    `doubted` are statements of an earlier answer that are to be written once more; `facts` the
    numbered ones, each with its id.
    """

    section: str
    most: int
    shown: tuple[Shown, ...]
    doubted: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def read_question(words: str) -> Question:
    """The question in the words of the user; no evidence where they show none."""
    section, most = _SECTION.search(words), _MOST.search(words)
    begin, end = _bounds(words)
    return Question(
        section[1] if section else "",
        int(most[1]) if most else 5,
        tuple(_shown(words[begin:end])),
        _doubted(words[end:]),
        tuple((found[1], found[2]) for found in _FACT.finditer(words[begin:end])),
    )


def _shown(held: str) -> Iterator[Shown]:
    heads = list(_HEAD.finditer(held))
    stops = [*(head.start() for head in heads[1:]), len(held)][: len(heads)]
    for head, stop in zip(heads, stops, strict=True):
        yield Shown(head[1], head[2], held[head.end() : stop].strip())


def _bounds(words: str) -> tuple[int, int]:
    """Where the evidence stands: up to the line that it began with, told again."""
    heads = [begins for form in (_HEAD, _FACT) if (begins := form.search(words))]
    if not heads:
        return len(words), len(words)
    first = min(heads, key=lambda head: head.start())
    fence = words[: first.start()].rstrip("\n").rpartition("\n")[2]
    found = words.find(f"\n{fence}", first.end()) if fence.strip() else -1
    return first.start(), found if found >= 0 else len(words)


def _doubted(after: str) -> tuple[str, ...]:
    """The statements that are listed as not holding, behind the evidence."""
    _, found, listed = after.partition("did not hold")
    return tuple(_LISTED.findall(listed)) if found else ()
