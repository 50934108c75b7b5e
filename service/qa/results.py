"""The results of a sample, read from its ratings."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.qa.measures import Measure, PairAgreement, Rated, agreements, measure, measure_by
from service.qa.models import QaItem, QaRating, QaSample, Sampled
from service.qa.permissions import check_may_rate
from service.qa.rating import find_sample
from service.qa.reading import SampleRow, sample_row
from service.summary.models import Attestation, Summary, SummaryVersion
from service.summary.people import Person


@dataclass(frozen=True)
class Results:
    """What a sample shows: in all, by type, by month, and how far raters agree.

    A month is that of the draft or of the signature, whichever the sample was drawn by, UTC.
    """

    sample: SampleRow
    overall: Measure
    by_type: Mapping[str, Measure]
    by_month: Mapping[str, Measure]
    agreement: tuple[PairAgreement, ...]


def results(session: Session, sample_id: str, *, by: Person) -> Results:
    """Counts with 95 % bounds, no chart text. Raises NotFound, NotPermitted."""
    check_may_rate(by)
    sample = find_sample(session, sample_id)
    rated = rated_in(session, sample)
    return Results(
        sample=sample_row(session, sample, by),
        overall=measure(rated),
        by_type=measure_by(rated, lambda each: each.summary_type),
        by_month=measure_by(rated, lambda each: each.month),
        agreement=agreements(rated),
    )


def rated_in(session: Session, sample: QaSample) -> list[Rated]:
    """Every rating of the sample as a value, in the drawn order."""
    query = (
        select(QaItem, QaRating, SummaryVersion.made_at, Summary.type)
        .join(QaRating, QaRating.item_id == QaItem.id)
        .join(SummaryVersion, SummaryVersion.id == QaItem.version_id)
        .join(Summary, Summary.id == QaItem.summary_id)
        .where(QaItem.sample_id == sample.id)
        .order_by(QaItem.position, QaRating.person_id)
    )
    signed = _signed_months(session, sample)
    return [
        Rated(
            item.id,
            rating.person_id,
            kind,
            signed.get(item.id, f"{made_at:%Y-%m}"),
            rating.answers,
            tuple(mark["kind"] for mark in rating.marks),
        )
        for item, rating, made_at, kind in session.execute(query)
    ]


def _signed_months(session: Session, sample: QaSample) -> dict[str, str]:
    """Item id -> month of the latest signature; empty for a sample of drafts."""
    if sample.criteria["statuses"] != Sampled.SIGNED:
        return {}
    same = (Attestation.summary_id == QaItem.summary_id) & (Attestation.digest == QaItem.digest)
    query = (
        select(QaItem.id, Attestation.signed_at)
        .join(Attestation, same)
        .where(QaItem.sample_id == sample.id, Attestation.meaning == "signed")
        .order_by(Attestation.signed_at)
    )
    return {item_id: f"{signed_at:%Y-%m}" for item_id, signed_at in session.execute(query)}
