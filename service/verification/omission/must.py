"""One thing that a summary must carry: what names it, what belongs to it, who says so."""

from dataclasses import dataclass, replace

from service.summary.vocabulary import Severity
from service.verification.facts import Fact
from service.verification.models import Span
from service.verification.risk.mentions import Mention


@dataclass(frozen=True)
class Anchor:
    """What names the thing in a summary: one of `keys`, or the share `enough` of `words`."""

    keys: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    enough: float = 1.0
    values: tuple[Fact, ...] = ()  # numbers and dates that count as words do

    def names_like(self, other: "Anchor") -> bool:
        """Do the two name one thing: a common key, or a common word?"""
        return bool(self.keys & other.keys or self.words & other.words)


@dataclass(frozen=True)
class Part:
    """What belongs to the thing (its dose, its reaction): one of `values`, or enough `words`.

    `denied` asks that the thing stand denied (True) or affirmed (False) where it is named.
    """

    name: str
    said: str = ""
    values: tuple[Fact, ...] = ()
    words: frozenset[str] = frozenset()
    enough: float = 0.5
    denied: bool | None = None


@dataclass(frozen=True)
class MustSay:
    """`key` is the same for two sources of one thing; of two the newer (`day`) is asked for."""

    kind: str
    key: str
    fact: str
    severity: Severity
    reason: str
    anchor: Anchor
    parts: tuple[Part, ...] = ()
    spans: tuple[Span, ...] = ()
    day: str = ""
    risk: Mention | None = None  # then how it is meant is compared, not its parts

    def told_by(self, other: "MustSay") -> "MustSay":
        """With the places where another source says it too."""
        return replace(self, spans=(*self.spans, *other.spans)[:MOST_SPANS])

    def in_place_of(self, older: "MustSay") -> "MustSay":
        """What the newer source says, under the older one's rule, by either's name."""
        anchor = (
            self.anchor
            if self.anchor.words
            else replace(older.anchor, keys=older.anchor.keys | self.anchor.keys)
        )
        newer = replace(self, kind=older.kind, severity=older.severity, reason=older.reason)
        return replace(newer.told_by(older), anchor=anchor)


MOST_SPANS = 3  # places shown for one fact; more are a list, not evidence
