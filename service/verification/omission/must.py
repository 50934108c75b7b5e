"""One thing that a summary must carry: what names it, what belongs to it, who says so."""

from dataclasses import dataclass, replace

from service.reading.assertions import PATIENT, Concept, Polarity, Value
from service.summary.vocabulary import Severity
from service.verification.models import Span

ANYBODY = ""  # as a subject: who did it and to whom are told either way
MOST_SPANS = 3  # places shown for one fact; more are a list, not evidence


@dataclass(frozen=True)
class Part:
    """What belongs to the thing (its dose, its reaction): one of `values`, or of `keys`.

    With `polarity` it is how the thing stands where it is named; with `is_over` that it is told as
    stopped or held; `said` are words of which one tells it.
    """

    name: str
    values: tuple[Value, ...] = ()
    keys: frozenset[str] = frozenset()
    polarity: Polarity | None = None
    is_over: bool = False
    said: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MustSay:
    """`keys` are concepts of which one, or one that implies it, names the thing in a summary;
    `subject` whose it is; `words` and `values` what its sentence speaks of, of which the share
    `enough` tells it too (over 1: nothing but a name does), and the share `beside` must stand where
    it is named. `key` is the same for two sources of one thing."""

    kind: str
    key: str
    fact: str
    severity: Severity
    reason: str
    keys: frozenset[str] = frozenset()
    subject: str = PATIENT
    words: tuple[Concept, ...] = ()
    values: tuple[Value, ...] = ()
    enough: float = 2.0
    is_owed: bool = False  # then a sentence that tells of nothing owed does not name it
    beside: float = 0.0
    parts: tuple[Part, ...] = ()
    spans: tuple[Span, ...] = ()

    def told_by(self, other: "MustSay") -> "MustSay":
        """With the places where another source says it too."""
        spans = dict.fromkeys((*self.spans, *other.spans))
        return replace(self, spans=tuple(spans)[:MOST_SPANS])
