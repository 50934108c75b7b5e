"""What verification says: of each statement an Assessment, of what a person must see a finding."""

from dataclasses import dataclass
from typing import Any

from service.summary.vocabulary import FindingKind, Severity, Support

# Checks whose reason shows two sentences, and what is unlike in them.
SENTENCES = {
    "polarity": "The one denies what the other affirms.",
    "certainty": "The one is surer than the other.",
    "time": "They tell of different times.",
    "subject": "They are about different people.",
    "attribution": "Somebody else says so.",
    "correction": "The source takes it back.",
}


@dataclass(frozen=True)
class Source:
    """A text to check against: a note, a rendered record, a transcript."""

    id: str
    text: str
    date: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a statement is doubted: what it says, and what the source says ("" when nothing).

    `on` is the source's date (ISO 8601), where one is known. With the check "citation" the
    statement is true, but not where it says: `said` is what it cites, `source` what says so.
    """

    check: str
    said: str
    source: str = ""
    contradicts: bool = False
    on: str = ""

    def sentence(self) -> str:
        if told := SENTENCES.get(self.check) if self.source else None:
            return f"{told} Says “{self.said}”; the source says “{self.source}”."
        if self.check == "citation" and self.source:
            return f"Cites {self.said}, which does not say this; {self.source} does."
        if self.source:
            when = f" ({self.on})" if self.on and self.on not in self.source else ""
            return f"Says {self.said}; the source says {self.source}{when}."
        return f"Says {self.said}; the source does not."

    def to_json(self) -> dict[str, str]:
        return {"check": self.check, "said": self.said, "source": self.source}


@dataclass(frozen=True)
class Span:
    """A place in a source: `text[start:end]` of the record or text called `source`."""

    source: str
    start: int
    end: int
    quote: str
    record_id: str = ""

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Assessment:
    """What the sources say of one statement. `score`: 0 wrong to 1 certain."""

    index: int
    support: Support
    score: float
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Span, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "support": self.support.value,
            "score": round(self.score, 3),
            "reasons": [each.to_json() for each in self.reasons],
            "evidence": [each.to_json() for each in self.evidence],
        }


@dataclass(frozen=True)
class FindingDraft:
    """A finding before it has a row."""

    kind: FindingKind
    severity: Severity
    check: str
    message: str
    statement_index: int | None = None
    said: str = ""
    source: str = ""
    evidence: tuple[Span, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "check": self.check,
            "message": self.message,
            "statement": self.statement_index,
            "said": self.said,
            "source": self.source,
            "evidence": [each.to_json() for each in self.evidence],
        }


@dataclass(frozen=True)
class Omission:
    """Something that must be carried and is not; `missing` names the parts where it is in part."""

    kind: str
    fact: str
    severity: Severity
    reason: str
    evidence: tuple[Span, ...] = ()
    missing: tuple[str, ...] = ()

    def sentence(self) -> str:
        if self.missing:
            return f"Carried without {' and '.join(self.missing)}: {self.fact[:300]}. {self.reason}"
        return f"Not carried: {self.fact[:300]}. {self.reason}"

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "fact": self.fact,
            "severity": self.severity.value,
            "reason": self.reason,
            "missing": list(self.missing),
            "evidence": [each.to_json() for each in self.evidence],
        }
