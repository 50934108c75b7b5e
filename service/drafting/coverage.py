"""What was read for a draft, and everything that was not: visible, never a shorter summary."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.citing import day
from service.drafting.request import Drafted, DraftRequest
from service.summary.vocabulary import Standing


@dataclass(frozen=True)
class Unread:
    """What the chart holds beside the records that could be used."""

    records: tuple[SourceRecord, ...] = ()  # unreadable or excluded
    withheld: int = 0
    gaps: tuple[dict[str, Any], ...] = ()  # searches that failed


def coverage(request: DraftRequest, drafted: Drafted, unread: Unread) -> dict[str, Any]:
    """SummaryVersion.coverage, in JSON values:

    window {name, since, until, says}; read {type: count}; notes_read; unreadable and excluded
    [{source, title, date, reason}]; withheld (a count: how it is worded depends on the reader);
    searches_failed [gap]; sections [{key, writer, statements, looked_for, not_fitted,
    not_shown}]; dropped [{section, said, reason}].
    """
    return {
        "window": request.window.to_json(),
        "read": dict(sorted(Counter(r.resource_type for r in request.records).items())),
        "notes_read": sum(r.is_note for r in request.records),
        "unreadable": _named(unread.records, Standing.UNREADABLE),
        "excluded": _named(unread.records, Standing.EXCLUDED),
        "partly_readable": [_partly(r) for r in request.records if r.gaps],
        "withheld": unread.withheld,
        "searches_failed": list(unread.gaps),
        "sections": _sections(request, drafted),
        "dropped": [asdict(each) for each in drafted.dropped],
    }


def _named(records: Iterable[SourceRecord], standing: Standing) -> list[dict[str, str]]:
    return [
        {"source": r.resource_ref, "title": r.title, "date": day(r), "reason": r.standing_reason}
        for r in records
        if r.standing is standing
    ]


def _partly(record: SourceRecord) -> dict[str, str]:
    reasons = "; ".join(str(gap.get("reason", "")) for gap in record.gaps)
    return {"source": record.resource_ref, "title": record.title, "date": day(record),
            "reason": reasons}  # fmt: skip


def _sections(request: DraftRequest, drafted: Drafted) -> list[dict[str, Any]]:
    asked = {section.prompt.key: section for section in request.sections}
    return [
        {
            "key": written.key,
            "writer": drafted.writers.get(written.key, ""),
            "statements": len(written.statements),
            "looked_for": asked[written.key].looked_for,
            "not_fitted": asked[written.key].not_fitted,
            "not_shown": drafted.not_shown.get(written.key, 0),
        }
        for written in drafted.sections
    ]
