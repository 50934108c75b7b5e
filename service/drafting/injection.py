"""Chart text that speaks to a program: found before anybody drafts, left out, and pointed at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.progress import NOBODY, Watch
from service.reading.orders.find import likely, orders_in
from service.summary.vocabulary import Severity


@dataclass(frozen=True)
class Planted:
    """Where text speaks to a program: `text[start:end]` of the record, whole sentences."""

    record_id: str
    source_ref: str
    start: int
    end: int
    check: str
    severity: Severity

    def to_json(self) -> dict[str, Any]:
        return {
            "record_id": self.record_id,
            "source": self.source_ref,
            "start": self.start,
            "end": self.end,
            "check": self.check,
            "severity": self.severity.value,
        }


def planted(records: Sequence[SourceRecord], watch: Watch = NOBODY) -> tuple[Planted, ...]:
    """Everything of the kind in these records, in their order. Raises DraftCancelled."""
    patterns = likely("\n".join(record.text for record in records))
    return tuple(
        Planted(record.id, record.resource_ref, *order)
        for record in watch.through(records)
        for order in orders_in(record.text, patterns)
    )


def by_record(found: Iterable[Planted]) -> Mapping[str, tuple[Planted, ...]]:
    """Those that are left out of a draft (major), by record."""
    held: dict[str, tuple[Planted, ...]] = {}
    for each in found:
        if each.severity is Severity.MAJOR:
            held[each.record_id] = (*held.get(each.record_id, ()), each)
    return held
