"""Words that judge a person, found in drafts and in edits; a rewrite is offered, never applied."""

import re
from collections.abc import Iterator
from functools import lru_cache

from service.summary.vocabulary import FindingKind, Severity
from service.verification.models import FindingDraft
from service.verification.words import load

_QUOTED = re.compile(r"[\"“][^\"”]{1,400}[\"”]")
AROUND = 30  # characters on each side in which a term shows its ordinary clinical sense


def language_findings(index: int, text: str) -> Iterator[FindingDraft]:
    """A minor finding for each term, except in a patient's quoted words or its clinical sense."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for pattern, suggestion, unless in _terms():
        for match in pattern.finditer(text):
            near = text[max(0, match.start() - AROUND) : match.end() + AROUND]
            if _inside(match.start(), quoted) or any(each.search(near) for each in unless):
                continue
            yield FindingDraft(
                FindingKind.LANGUAGE, Severity.MINOR, "language",
                f"“{match[0]}” judges the person. Consider: {suggestion}.", index, match[0],
                suggestion,
            )  # fmt: skip


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


@lru_cache(maxsize=1)
def _terms() -> list[tuple[re.Pattern[str], str, list[re.Pattern[str]]]]:
    return [
        (
            re.compile(rf"(?<!\w)(?:{term['pattern']})(?!\w)", re.IGNORECASE),
            term["suggestion"],
            [re.compile(each, re.IGNORECASE) for each in term.get("unless", ())],
        )
        for term in load("language.toml")["terms"]
    ]
