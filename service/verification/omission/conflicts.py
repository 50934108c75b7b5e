"""What the sources say two ways, and the summary only one: a person must settle which is so."""

from collections.abc import Iterable

from service.facts import Conflict, ConflictKind, FactSource
from service.reading.assertions import Assertion
from service.reading.values import same
from service.summary.vocabulary import FindingKind, Severity
from service.verification.models import FindingDraft
from service.verification.omission.check import Checked

_HARMS = frozenset((ConflictKind.ALLERGIC, ConflictKind.NO_ALLERGY, ConflictKind.FORBIDDEN))


def passed_over(checked: Checked) -> list[FindingDraft]:
    """A finding for each conflict of the sources of which the summary tells only one side."""
    return [
        _finding(each, checked)
        for each in checked.sources.facts.conflicts
        if not all(_is_told(side, checked) for side in each.sides)
    ]


def _is_told(side: FactSource, checked: Checked) -> bool:
    row = checked.sources.rows.get(side.record_id)
    if any(c.record_id == row and c.start <= side.start < c.end for c in checked.quoted):
        return True
    return any(
        _agrees(said, held.assertion)
        for said in _of(side, checked)
        for held in checked.summary.pool.said_of(said.concept)
    )


def _of(side: FactSource, checked: Checked) -> Iterable[Assertion]:
    record = checked.sources.records[side.record_id]
    return [a for a in record.assertions if (a.start, a.end) == (side.start, side.end)]


def _agrees(held: Assertion, said: Assertion) -> bool:
    """Polarity, what is done, and one of the doses where there are any."""
    doses = [v for v in held.values if v.what == "dose"]
    if held.polarity is not said.polarity:
        return False
    return not doses or any(same(v, other) for v in doses for other in said.values)


def _finding(conflict: Conflict, checked: Checked) -> FindingDraft:
    spans = tuple(checked.sources.span(side) for side in conflict.sides)
    return FindingDraft(
        FindingKind.CONFLICT,
        Severity.MAJOR if conflict.kind in _HARMS else Severity.MINOR,
        conflict.kind.value,
        f"The sources do not agree: {conflict.why}. Settle which is so.",
        None,
        "",
        spans[0].quote[:300],
        spans,
    )
