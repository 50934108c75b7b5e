"""Statements of one summary that cannot both be so."""

import re
from collections.abc import Iterator

from service.drafting.telling import glue
from service.summary.document import Document, Placed
from service.summary.vocabulary import FindingKind, Severity
from service.verification.models import FindingDraft

_NONE_KNOWN = re.compile(r"\b(nkda|nka|no known (?:drug |medication )?allerg\w+)\b", re.IGNORECASE)
_DOUBTED = re.compile(
    r"\b(wrong|error|incorrect|mistake\w*|not true|contradict\w*)\b", re.IGNORECASE
)
_ALLERGY = re.compile(r"^allerg(?:y|ies):?\s+(?!none|no\b|nkda|nka)|anaphyla", re.IGNORECASE)


def conflict_findings(document: Document) -> Iterator[FindingDraft]:
    """An allergy named in one statement and none known in another: major, it can harm."""
    placed = document.placed()
    named = [each for each in placed if _names_allergy(each.statement.text)]
    for each in placed:
        text = each.statement.text
        none_known = _NONE_KNOWN.search(text)
        is_told = _DOUBTED.search(text) or _names_beside(text)  # both sides in one statement
        if none_known and named and not is_told:
            yield _finding(each, named[0], none_known[0])


def _names_allergy(text: str) -> bool:
    return bool(_ALLERGY.search(text)) and not _NONE_KNOWN.search(text)


def _names_beside(text: str) -> bool:
    return bool(_ALLERGY.search(text)) or glue.tells_both(text)


def _finding(denying: Placed, naming: Placed, words: str) -> FindingDraft:
    return FindingDraft(
        FindingKind.CONFLICT,
        Severity.MAJOR,
        "allergy",
        f"Says {words}, but statement {naming.index + 1} names an allergy. Settle which is so.",
        denying.index,
        words,
        naming.statement.text,
    )
