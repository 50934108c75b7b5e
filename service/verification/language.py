"""Words that judge a person, found in drafts and in edits; a rewrite is offered, never applied."""

from collections.abc import Iterator

from service.drafting.language import judgements
from service.summary.vocabulary import FindingKind, Severity
from service.verification.models import FindingDraft


def language_findings(index: int, text: str) -> Iterator[FindingDraft]:
    """A minor finding for each term, except in a patient's quoted words or its clinical sense."""
    for each in judgements(text):
        yield FindingDraft(
            FindingKind.LANGUAGE, Severity.MINOR, "language",
            f"“{each.said}” judges the person. Consider: {each.suggestion}.", index, each.said,
            each.suggestion,
        )  # fmt: skip
