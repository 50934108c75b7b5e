"""Which records a section may draw on, and how that is said."""

from datetime import UTC, datetime

from service.chart.models import SourceRecord
from service.retrieval.evidence import SectionQuery


def passes(query: SectionQuery, record: SourceRecord) -> bool:
    """Whether the record is within every filter of the query. An unknown date is within."""
    return (
        _among(record.resource_type, query.record_types)
        and _among(record.category, query.categories)
        and _among(record.status, query.statuses)
        and (not query.codes or _has_code(record.code, query.codes))
        and _is_since(record.effective_at, query.since)
    )


def looked_for(query: SectionQuery, records: int) -> str:
    """What was sought and among how much, for a reader who wonders at an empty section."""
    sought = [
        " or ".join(query.record_types) or "any record",
        _named("category", query.categories),
        _named("code", query.codes),
        _named("status", query.statuses),
        _named("under", query.headings),
        f'about "{query.words.strip()}"' if query.words.strip() else "",
        f"since {query.since.date().isoformat()}" if query.since else "",
    ]
    among = f"among {records} record{'' if records == 1 else 's'}"
    return ", ".join([part for part in sought if part] + [among])


def _named(what: str, values: tuple[str, ...]) -> str:
    return f"{what} {' or '.join(values)}" if values else ""


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return True
    return value.casefold() in {each.casefold() for each in wanted}


def _has_code(code: str, wanted: tuple[str, ...]) -> bool:
    return code in wanted or code.rsplit("|", 1)[-1] in wanted


def _is_since(when: datetime | None, since: datetime | None) -> bool:
    if when is None or since is None:
        return True
    return when >= (since if since.tzinfo else since.replace(tzinfo=UTC))
