"""The list of what is withheld, read from `restricted.toml` and matched against a note."""

import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files

from service.access.policy import Kind

OPENING_CHARS = 400  # a note says what it is in its first lines; further on it mentions others
# What shows nothing: soft hyphen, joiners, fillers, bidirectional marks, selectors, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_INLINE = r"[^\S\n]"  # space within a line: \s would run over blank lines again from each of them
_GAP = r"[\s\-_\u2010-\u2015]{1,40}"  # bounded: a run without end is walked again from each place
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z0-9\"'(\[])|\n\s*\n|\n(?=\s*[A-Z0-9#*•\-])")


class Where(StrEnum):
    """In which part of a record a phrase counts."""

    TITLE = "title"
    HEADING = "heading"
    OPENING = "opening"
    ANYWHERE = "anywhere"


@dataclass(frozen=True)
class PhraseRule:
    """A phrase and the places where it restricts the record."""

    kind: Kind
    pattern: re.Pattern[str]
    where: frozenset[Where]
    reason: str
    unless: re.Pattern[str] | None = None
    heading: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        before, after = rf"(?:{_INLINE}|[#*_•\-\[(])*", rf"(?:{_INLINE}|[*_\])])*"
        starts = rf"^{before}(?:{self.pattern.pattern}){after}(?:$|[:(,\-–—|])"
        object.__setattr__(self, "heading", re.compile(starts, re.IGNORECASE | re.MULTILINE))

    def place(self, names: list[str], body: str) -> Where | None:
        """Where in a record with these names and this text the phrase counts, or None."""
        if Where.TITLE in self.where and any(self.pattern.search(name) for name in names):
            return Where.TITLE
        if Where.HEADING in self.where and self.heading.search(body):
            return Where.HEADING
        if Where.OPENING in self.where and self._said_in(body[:OPENING_CHARS]):
            return Where.OPENING
        if Where.ANYWHERE in self.where and self._said_in(body):
            return Where.ANYWHERE
        return None

    def _said_in(self, text: str) -> bool:
        return says_so(self.pattern, self.unless, text)


@dataclass(frozen=True)
class Rules:
    """Every rule in force."""

    version: int
    phrases: tuple[PhraseRule, ...]
    sentences: dict[Kind, str]
    quick: tuple[re.Pattern[str], ...]

    def is_quiet(self, names: list[str], body: str) -> bool:
        """Whether no phrase occurs at all: so it is with nearly every record, and no place has
        to be looked for.

        The text is folded once and each phrase looked for by its first letters: a third of the
        time of one pattern of them all that ignores case.
        """
        said = "\n\n".join((*names, body)).casefold()
        return not any(phrase.search(said) for phrase in self.quick)


@cache
def rules_in_force() -> Rules:
    """The rules of `restricted.toml`, compiled once."""
    told = tomllib.loads(files("service.access").joinpath("restricted.toml").read_text("utf-8"))
    phrases = []
    sentences = {Kind(name): said for name, said in told["sentences"].items()}
    for rule in told["rules"]:
        kind = Kind(rule["kind"])
        phrases += [_phrase(kind, r) for r in rule.get("phrases", ())]
    quick = tuple(re.compile(p.pattern.pattern, re.DOTALL) for p in phrases)
    return Rules(told["version"], tuple(phrases), sentences, quick)


def says_so(pattern: re.Pattern[str], unless: re.Pattern[str] | None, text: str) -> bool:
    """True unless every sentence that says it also says why it does not count."""
    if not pattern.search(text):
        return False
    if unless is None:
        return True
    said = [s for s in _SENTENCE_END.split(text) if pattern.search(s)]
    return not said or any(not unless.search(sentence) for sentence in said)


def visible(text: str) -> str:
    """The text without characters that a reader cannot see, so that they cannot hide a phrase."""
    return _INVISIBLE.sub("", text)


def _phrase(kind: Kind, rule: dict[str, str]) -> PhraseRule:
    unless = compiled(rule["unless"]) if "unless" in rule else None
    where = frozenset(Where(place) for place in rule["where"])
    return PhraseRule(kind, compiled(rule["phrase"]), where, rule["reason"], unless)


def compiled(phrase: str) -> re.Pattern[str]:
    """A space in the phrase, also an optional one, stands for a run of gaps."""
    spaced = phrase.replace(" ?", f"(?:{_GAP})?").replace(" ", _GAP)
    return re.compile(spaced, re.IGNORECASE | re.DOTALL)
