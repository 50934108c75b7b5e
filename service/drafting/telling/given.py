"""What a draft is told from: the records as they were read, and the facts that they make."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from service.chart.models import SourceRecord
from service.drafting.request import DraftRequest
from service.drafting.windows import END_OF_DAY
from service.facts.patient import read_record_of
from service.facts.reconcile import facts_of
from service.reading.assertions import Assertion
from service.reading.packing import Kept
from service.reading.record import read_record


def with_facts(
    request: DraftRequest,
    kept: Mapping[str, Kept] | None = None,
    *,
    zone: tzinfo = UTC,
    on: str = "",
) -> DraftRequest:
    """The request with the facts of its records as of the day `on` (ISO), else today in `zone`.
    Of a period that is over, as of its end.
    `kept` is what was kept of the records' reading; the others are read now."""
    until = request.window.until
    told = [r for r in request.records if r.text and (until is None or request.window.reaches(r))]
    read = {r.id: read_record_of(r, _assertions(r, kept), zone) for r in told}
    day = _day(until, zone) or on or datetime.now(zone).date().isoformat()
    return replace(request, read=read, facts=facts_of(list(read.values()), on=day))


def _day(until: datetime | None, zone: tzinfo) -> str:
    """The last day of a period that is over: what came after is no part of its document."""
    return (until - END_OF_DAY).astimezone(zone).date().isoformat() if until else ""


def _assertions(record: SourceRecord, kept: Mapping[str, Kept] | None) -> tuple[Assertion, ...]:
    if kept is not None and record.id in kept:
        return kept[record.id].assertions
    return read_record(record).assertions
