"""A row of a medicine's course, cell by cell: each value and quotation is of what it cites."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.chart.models import SourceRecord
from service.drafting.quotes import find
from service.drafting.telling import glue
from service.facts.doses import LISTS
from service.reading.assertions import Assertion, Value
from service.reading.values import agrees, values
from service.summary.document import Placed
from service.summary.vocabulary import Support
from service.verification.models import Assessment, Reason, Span

TABLES = ("current-medications", "stopped-medications")
_OVER = ("stopped", "completed", "cancelled", "ended", "not-taken", "draft")
_CARRIED = ("dose", "frequency", "quantity", "strength", "number")
_DATED = ("date", "from", "until", "since")


class Cited(NamedTuple):
    """A place that a row cites, the record that it is of, and what was read of that record."""

    span: Span
    record: SourceRecord
    read: Sequence[Assertion]

    @property
    def text(self) -> str:
        return self.record.text[self.span.start : self.span.end]

    def of(self, key: str) -> Iterator[Assertion]:
        """What the place says of one thing."""
        for each in self.read:
            is_there = each.start < self.span.end and self.span.start < each.end
            if each.concept.key == key and is_there:
                yield each


def is_row(placed: Placed) -> bool:
    return placed.section.key in TABLES and glue.is_row(placed.statement.text)


def assess_row(placed: Placed, cited: Sequence[Cited]) -> Assessment:
    """What one cell has that no cited place says is not found; "now" of what is over, denied."""
    name, period, dose, *quoted = glue.columns(placed.statement.text)
    key = name.replace(" ", "-")
    said = [a for each in cited for a in each.of(key)]
    spans = tuple(each.span for each in cited)
    if not said:
        return Assessment(placed.index, Support.NOT_FOUND, 0.0, (Reason("words", name),), spans)
    held = [value for a in said for value in a.values]
    orders = [c.text for c in cited if c.record.resource_type in LISTS and any(c.of(key))]
    wrong = [
        *_foreign_doses(dose, held, orders),
        *_foreign_words(quoted, cited),
        *_foreign_days(period, said, cited),
    ]
    if period.endswith("now") and _is_over(cited):
        over = Reason("act", "now", "ended", True)
        return Assessment(placed.index, Support.CONTRADICTED, 0.1, (over, *wrong), spans)
    if wrong:
        return Assessment(placed.index, Support.NOT_FOUND, 0.1, tuple(wrong), spans)
    return Assessment(placed.index, Support.SUPPORTED, 1.0, (), spans)


def _foreign_doses(cell: str, held: Sequence[Value], orders: Sequence[str]) -> Iterator[Reason]:
    for value in values(_in_few(cell, orders)):
        if value.what in _CARRIED and not agrees(value, held) and not _is_said(value, held):
            yield Reason("dose", value.said)


def _in_few(cell: str, orders: Sequence[str]) -> str:
    """The cell without its last part, where that stands so in an order of the medicine: "5 mg; Take
    1 tablet (10 mg) by mouth"."""
    parts = cell.split("; ")
    tails = ("; ".join(parts[at:]) for at in range(len(parts)))
    own = next((tail for tail in tails if any(find(tail, order) for order in orders)), "")
    return cell.removesuffix(own)


def _is_said(value: Value, held: Iterable[Value]) -> bool:
    """Word for word a part of a value: "90 mcg" of "90 mcg inhaler"."""
    said = f" {value.said.casefold()} "
    return any(said in f" {other.said.casefold()} " for other in held)


def _foreign_words(cells: Iterable[str], cited: Sequence[Cited]) -> Iterator[Reason]:
    for cell in filter(None, cells):
        if cell not in glue.ENDS and not any(find(cell, each.text) for each in cited):
            yield Reason("words", cell)


def _foreign_days(
    period: str, said: Sequence[Assertion], cited: Sequence[Cited]
) -> Iterator[Reason]:
    known = {each.record.effective[:10] for each in cited} | {a.on for a in said}
    known |= {str(v.value) for a in said for v in a.values if v.what in _DATED}
    for day in glue.days(period):
        if not any(each.startswith(day) or day.startswith(each) for each in known if each):
            yield Reason("date", day)


def _is_over(cited: Sequence[Cited]) -> bool:
    """Every order that it cites has ended, and no note goes on from there."""
    orders = [each.record for each in cited if each.record.resource_type in LISTS]
    is_told = any(each.record.is_note for each in cited)
    return bool(orders) and not is_told and all(each.status in _OVER for each in orders)
