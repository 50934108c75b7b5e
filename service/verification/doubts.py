"""What verification says of statements before they are a draft, for the writer to mend."""

from collections.abc import Mapping, Sequence

from service.chart.models import SourceRecord
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed

DOUBTED = (Support.CONTRADICTED, Support.NOT_FOUND)


def doubts(
    statements: Sequence[Statement], records: Mapping[str, SourceRecord]
) -> list[str | None]:
    """For each statement why its citations do not bear it, or None when they do."""
    document = Document("", (), (Section("", "", tuple(statements)),))
    chart = Chart(records.values())
    found = (assess_placed(placed, chart) for placed in document.placed())
    return [
        " ".join(reason.sentence() for reason in each.reasons) or "The source does not say it."
        if each.support in DOUBTED
        else None
        for each in found
    ]
