"""What was read for a draft, and everything that was not: visible, never a shorter summary."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.injection import Planted
from service.drafting.request import Drafted, DraftRequest
from service.summary.vocabulary import Standing

# Of what a section had no room for: the best are named, the rest is counted. A chart of ten years
# leaves thousands out, which nobody reads.
NAMED_LEFT_OUT = 20


@dataclass(frozen=True)
class Unread:
    """What the chart holds beside the records that could be used."""

    records: tuple[SourceRecord, ...] = ()  # unreadable or excluded
    withheld: int = 0
    gaps: tuple[dict[str, Any], ...] = ()  # searches that failed
    planted: tuple[Planted, ...] = ()  # text that speaks to a program


def coverage(
    request: DraftRequest, drafted: Drafted, unread: Unread, for_brevity: Iterable[str] = ()
) -> dict[str, Any]:
    """SummaryVersion.coverage, in JSON values:

    window {name, since, until, says}; snapshot (SHA-256 of the ids of the records read); read
    {type: count}; notes_read; unreadable, excluded and partly_readable [{source, reason}]: what
    they are called may be restricted, so the page looks it up; withheld (a count: how it is
    worded depends on the reader); searches_failed [gap]; sections [{key, writer, statements,
    looked_for, not_fitted, left_out [{source}], not_shown}]; dropped [{section, said, reason}];
    planted [{record_id, source, start, end, check, severity}]; for_brevity [id of a record that
    had something to tell, and was left out as the document's words are bounded]; carried {words of
    a statement that tells facts as a model worded them: how the first stands}.
    """
    return {
        "window": request.window.to_json(),
        "snapshot": snapshot_digest(request.records),
        "read": dict(sorted(Counter(r.resource_type for r in request.records).items())),
        "notes_read": sum(r.is_note for r in request.records),
        "unreadable": _of_standing(unread.records, Standing.UNREADABLE),
        "excluded": _of_standing(unread.records, Standing.EXCLUDED),
        "partly_readable": [_named(r, _gaps(r)) for r in request.records if r.gaps],
        "withheld": unread.withheld,
        "searches_failed": list(unread.gaps),
        "sections": _sections(request, drafted),
        "dropped": [asdict(each) for each in drafted.dropped],
        "planted": [each.to_json() for each in unread.planted],
        "for_brevity": list(for_brevity),
        "carried": dict(drafted.carried),
    }


def snapshot_digest(records: Iterable[SourceRecord]) -> str:
    """The same for two drafts of the same record versions."""
    return hashlib.sha256("\n".join(sorted(r.id for r in records)).encode()).hexdigest()


def _of_standing(records: Iterable[SourceRecord], standing: Standing) -> list[dict[str, str]]:
    return [_named(r, r.standing_reason) for r in records if r.standing is standing]


def _named(record: SourceRecord, reason: str) -> dict[str, str]:
    return {"source": record.resource_ref, "reason": reason}


def _gaps(record: SourceRecord) -> str:
    return "; ".join(str(gap.get("reason", "")) for gap in record.gaps)


def _sections(request: DraftRequest, drafted: Drafted) -> list[dict[str, Any]]:
    asked = {section.prompt.key: section for section in request.sections}
    return [
        {
            "key": written.key,
            "writer": drafted.writers.get(written.key, ""),
            "statements": len(written.statements),
            "looked_for": asked[written.key].looked_for,
            "not_fitted": asked[written.key].not_fitted,
            "left_out": [{"source": ref} for ref in asked[written.key].left_out[:NAMED_LEFT_OUT]],
            "not_shown": drafted.not_shown.get(written.key, 0),
        }
        for written in drafted.sections
    ]
