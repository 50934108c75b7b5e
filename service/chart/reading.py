"""Reading the chart: what others ask of it, as plain queries."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, defer

from service.chart.models import Chart, SourceRecord
from service.summary.vocabulary import Standing


@dataclass(frozen=True)
class ChartCoverage:
    """How much of a chart is held and readable. Counts are of latest versions."""

    patient_ref: str
    pulled_at: str | None
    total: int
    by_standing: dict[str, int]
    by_type: dict[str, int]
    record_gaps: dict[str, int]
    chart_gaps: list[dict[str, Any]] = field(default_factory=list)


def held_records(
    session: Session, patient_ref: str, *, limit: int | None = None, offset: int = 0
) -> list[SourceRecord]:
    """The latest version of every record of the patient, newest first, undated last.

    Of every standing and label: what may be used is decided in access/. `raw` loads when read.
    """
    query = (
        select(SourceRecord)
        .where(SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest)
        .order_by(SourceRecord.effective_at.desc().nulls_last(), SourceRecord.resource_ref)
        .options(defer(SourceRecord.raw))
        .offset(offset)
        .limit(limit)
    )
    return list(session.scalars(query))


def evidence_records(session: Session, patient_ref: str) -> list[SourceRecord]:
    """Those of `held_records` that stand as evidence, as far as the chart alone can say."""
    query = (
        select(SourceRecord)
        .where(
            SourceRecord.patient_ref == patient_ref,
            SourceRecord.is_latest,
            SourceRecord.standing == Standing.EVIDENCE,
        )
        .order_by(SourceRecord.effective_at.desc().nulls_last(), SourceRecord.resource_ref)
        .options(defer(SourceRecord.raw))
    )
    return list(session.scalars(query))


def chart_coverage(session: Session, patient_ref: str) -> ChartCoverage:
    """What is held, what is unreadable and why, for GET /patients/{id}/records."""
    chart = session.get(Chart, patient_ref)
    latest = (SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest)
    standing = _counts(session, SourceRecord.standing, latest)
    kinds = func.jsonb_array_elements(SourceRecord.gaps).table_valued("value").lateral()
    kind = kinds.c.value.op("->>")("kind")
    gaps = session.execute(
        select(kind, func.count())
        .select_from(SourceRecord)
        .join(kinds, true())
        .where(*latest)
        .group_by(kind)
    )
    return ChartCoverage(
        patient_ref=patient_ref,
        pulled_at=chart.pulled_at.isoformat() if chart and chart.pulled_at else None,
        total=sum(standing.values()),
        by_standing=standing,
        by_type=_counts(session, SourceRecord.resource_type, latest),
        record_gaps={str(name): number for name, number in gaps},
        chart_gaps=list(chart.gaps) if chart else [],
    )


def _counts(session: Session, column: Any, where: tuple[Any, ...]) -> dict[str, int]:
    query = select(column, func.count()).where(*where).group_by(column).order_by(column)
    return {str(name): number for name, number in session.execute(query)}
