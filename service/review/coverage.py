"""What was read for a draft and what was not, as this person may know of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.wording import TREATING, withheld_words
from service.chart.models import SourceRecord
from service.review.sources import decisions_to_show
from service.summary.people import Person

NAMING = ("unreadable", "excluded", "partly_readable")  # lists of {"source", "title", ...}


def coverage_for(
    session: Session, patient_ref: str, coverage: Mapping[str, Any], person: Person
) -> dict[str, Any]:
    """The coverage without the names of restricted records; how many were withheld only for
    who treats the patient. Decided now, so that a label counts that came after the draft."""
    hidden = _restricted(session, patient_ref, coverage, person)
    named = {
        name: [row for row in coverage[name] if row["source"] not in hidden]
        for name in NAMING
        if name in coverage
    }
    count = int(coverage.get("withheld") or 0) + len(hidden)
    told = count if person.role in TREATING else None
    words = withheld_words(count, person.role)
    return {**coverage, **named, "withheld": told, "withheld_words": words}


def _restricted(
    session: Session, patient_ref: str, coverage: Mapping[str, Any], person: Person
) -> set[str]:
    """References that the coverage names and this person may not see."""
    refs = {row["source"] for name in NAMING for row in coverage.get(name, ())}
    query = select(SourceRecord).where(
        SourceRecord.patient_ref == patient_ref, SourceRecord.resource_ref.in_(refs),
        SourceRecord.is_latest,
    )  # fmt: skip
    records = list(session.scalars(query)) if refs else []
    decisions = decisions_to_show(session, patient_ref, records, person) if records else {}
    return {r.resource_ref for r in records if not decisions[r.id].allowed}
