"""Which cards a patient's summaries give: the few that want a person, worst first."""

import json
from collections.abc import Iterable
from uuid import UUID

from service.review.worklist import WorklistRow
from service.summary.vocabulary import SummaryStatus
from service.web.cds.shapes import Card, Indicator, Link
from service.web.pages.words import TYPE

MOST = 3  # more cards than these are not read, and hide those of others

# What a person is to do at each status; the others want nobody, or are over.
WANTED = {
    SummaryStatus.IN_REVIEW: "drafted, to be read and signed",
    SummaryStatus.AWAITING_COSIGN: "signed, waits for the second signature",
    SummaryStatus.FILING_REFUSED: "signed and not filed: the EHR did not take it",
    SummaryStatus.FAILED: "could not be drafted",
}
TROUBLE = (SummaryStatus.FILING_REFUSED, SummaryStatus.FAILED)


def cards_of(rows: Iterable[WorklistRow], launch_url: str) -> list[Card]:
    """One card a summary that waits, at most MOST; none where nothing does."""
    waiting = [row for row in rows if row.status in WANTED]
    newest = sorted(waiting, key=lambda row: row.status_at, reverse=True)
    worst = sorted(newest, key=lambda row: (row.status not in TROUBLE, not row.open_major))
    return [_card(row, launch_url) for row in worst[:MOST]]


def _card(row: WorklistRow, launch_url: str) -> Card:
    is_urgent = row.status in TROUBLE or bool(row.open_major)
    context = json.dumps({"summary": row.id})
    return Card(
        uuid=UUID(row.id),
        summary=f"{TYPE[row.type]}: {WANTED[row.status]}",
        detail=_open(row),
        indicator=Indicator.WARNING if is_urgent else Indicator.INFO,
        links=[Link(label="Open in Countersign", url=launch_url, app_context=context)],
    )


def _open(row: WorklistRow) -> str:
    """What is to be looked at, in numbers."""
    if row.status is not SummaryStatus.IN_REVIEW:
        return "Open it to see what happened and what can be done."
    if row.open_major:
        before = _counted(row.open_major, "thing")
        return f"{before} to settle before it can be signed."
    if row.open_minor:
        return f"{_counted(row.open_minor, 'smaller thing')} to look at."
    return "Open it to read it."  # what is not told here may be open on it


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
