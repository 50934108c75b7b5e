"""The chart that a summary was drafted from: loaded for a draft, and kept while people edit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, cast, func, literal, literal_column, select
from sqlalchemy.orm import Session

from service.chart.models import SnapshotRecord, SourceRecord
from service.reading.keep import kept_readings
from service.reading.models import RecordReading
from service.summary.models import Summary
from service.verification.cited import Chart
from service.verification.entailment.scorer import Scorer
from service.verification.once import Once

# In Session.info, hung there by the sessions' maker: what weighs retellings, of a draft and of
# each edit alike; and the charts that are kept, by which versions of which rows they are.
SCORER, CHARTS = "scorer", "charts"
MOST_RECORDS = 30_000  # of all charts that are kept; 5,000 short ones take some 40 MB
KEEP_S = 900.0  # what nobody edits: memory holds no chart for longer than somebody works on it

# What verification reads of a record. Not who may see it: that is decided on rows of the moment.
_COLUMNS = (
    SourceRecord.id,
    SourceRecord.patient_ref,
    SourceRecord.resource_ref,
    SourceRecord.resource_type,
    SourceRecord.version,
    SourceRecord.title,
    SourceRecord.headline,
    SourceRecord.text,
    SourceRecord.text_mark,  # behind the text, which a new one comes with
    SourceRecord.code,
    SourceRecord.category,
    SourceRecord.status,
    SourceRecord.effective,
    SourceRecord.effective_at,
    SourceRecord.encounter_ref,
    SourceRecord.author,
    SourceRecord.author_role,
    SourceRecord.is_note,
    SourceRecord.standing,
)


def new_charts() -> Once[Chart]:
    """A place to keep charts in, for one process."""
    return Once(MOST_RECORDS, lambda chart: len(chart.records), keep_s=KEEP_S)


def chart_of(session: Session, summary: Summary) -> Chart:
    """As it is kept, for as long as every row that it was made from is the same; else loaded."""
    charts: Once[Chart] | None = session.info.get(CHARTS)
    if charts is None:
        return load_chart(session, summary)
    return charts.get(_rows_of(session, summary), lambda: load_chart(session, summary))


def load_chart(session: Session, summary: Summary) -> Chart:
    """With what is kept of the records' reading, and the scorer. It needs the session no more."""
    records = _snapshot(session, summary)
    scorer: Scorer | None = session.info.get(SCORER)
    return Chart(records, read=kept_readings(session, records), scorer=scorer)


def _snapshot(session: Session, summary: Summary) -> Sequence[SourceRecord]:
    """The records, outside of any session: nothing that is kept is written or loaded again."""
    pinned = select(SnapshotRecord.record_id).where(SnapshotRecord.summary_id == summary.id)
    query = select(*_COLUMNS).where(SourceRecord.id.in_(pinned))
    rows = session.execute(query.order_by(SourceRecord.resource_ref, SourceRecord.id))
    return [SourceRecord(**row) for row in rows.mappings()]


def _rows_of(session: Session, summary: Summary) -> tuple[Any, ...]:
    """Which records the snapshot has, and of every row of this chart and its reading which
    transaction wrote it (xmin): whatever was rendered, read or marked anew is another chart. Not
    whose snapshot: drafts of one patient from the same records share the chart, and what was found.

    Sums of hashes: nothing is sorted, and no table joined to another.
    """
    ref, snapshot = summary.patient_ref, SnapshotRecord
    sums = (
        _sum(snapshot.record_id, literal(0), snapshot.summary_id == summary.id),
        _sum(SourceRecord.id, _written("source_records"), SourceRecord.patient_ref == ref),
        _sum(
            RecordReading.record_id, _written("record_readings"), RecordReading.patient_ref == ref
        ),
    )
    return ref, *session.execute(select(*sums)).one()


def _sum(id_: Any, seed: Any, where: Any) -> Any:
    hashed = func.hashtextextended(id_, cast(seed, BigInteger))
    return select(func.sum(hashed)).where(where).scalar_subquery()


def _written(table: str) -> Any:
    return cast(literal_column(f"{table}.xmin"), Text)
