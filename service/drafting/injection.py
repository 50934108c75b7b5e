"""Chart text that speaks to a program: found before anybody drafts, left out, and pointed at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.progress import NOBODY, Watch
from service.reading.orders.find import Order, orders_in
from service.reading.packing import Kept
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


def planted(
    records: Sequence[SourceRecord],
    watch: Watch = NOBODY,
    kept: Mapping[str, Kept] = MappingProxyType({}),
) -> tuple[Planted, ...]:
    """Everything of the kind in these records, in their order: as it was found when they were
    read, else looked for now. Raises DraftCancelled."""
    return tuple(
        Planted(record.id, record.resource_ref, *order)
        for record in watch.through(records)
        for order in _orders(record, kept.get(record.id))
    )


def _orders(record: SourceRecord, kept: Kept | None) -> Sequence[Order]:
    return orders_in(record.text) if kept is None or kept.orders is None else kept.orders


def by_record(found: Iterable[Planted]) -> Mapping[str, tuple[Planted, ...]]:
    """Those that are left out of a draft (major), by record."""
    held: dict[str, tuple[Planted, ...]] = {}
    for each in found:
        if each.severity is Severity.MAJOR:
            held[each.record_id] = (*held.get(each.record_id, ()), each)
    return held
