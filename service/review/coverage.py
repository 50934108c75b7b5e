"""What was read for a draft and what was not, as this person may know of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.wording import TREATING, withheld_words
from service.chart.models import SourceRecord
from service.fhir.references import is_ref
from service.review.sources import decisions_to_show
from service.summary.people import Person

NAMING = ("unreadable", "excluded", "partly_readable")  # lists of {"source", "reason"}


def coverage_for(
    session: Session, patient_ref: str, coverage: Mapping[str, Any], person: Person
) -> dict[str, Any]:
    """The coverage with the names of its records, those that are restricted without; how many
    were withheld only for who treats the patient. Decided now, so that a label counts that came
    after the draft."""
    records = _records(session, patient_ref, coverage)
    decisions = decisions_to_show(session, patient_ref, records, person) if records else {}
    shown = {r.resource_ref: r for r in records if decisions[r.id].allowed}
    hidden = {r.resource_ref for r in records} - shown.keys()

    def named(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [
            row | _called(shown.get(row["source"])) for row in rows if row["source"] not in hidden
        ]

    told: dict[str, Any] = {name: named(coverage[name]) for name in NAMING if name in coverage}
    told["searches_failed"] = gaps_for(coverage.get("searches_failed", ()), patient_ref, person)
    sections = [
        s | {"left_out": named(s.get("left_out", []))} for s in coverage.get("sections", ())
    ]
    count = int(coverage.get("withheld") or 0) + len(hidden)
    withheld = {
        "withheld": count if person.role in TREATING else None,
        "withheld_words": withheld_words(count, person.role),
    }
    return {**coverage, **told, "sections": sections, **withheld}


def gaps_for(
    gaps: Iterable[dict[str, Any]], patient_ref: str, person: Person
) -> tuple[dict[str, Any], ...]:
    """The gaps of a chart as this person may know of them. What could not be read by its reference
    belongs to some record, and may be a restricted one's: only who treats the patient is told."""
    treats = person.role in TREATING
    named = ((each, str(each.get("source", ""))) for each in gaps)
    return tuple(g for g, source in named if treats or source == patient_ref or not is_ref(source))


def _records(session: Session, patient_ref: str, coverage: Mapping[str, Any]) -> list[SourceRecord]:
    """The records that the coverage names, as they are now."""
    rows = [row for name in NAMING for row in coverage.get(name, ())]
    rows += [row for told in coverage.get("sections", ()) for row in told.get("left_out", ())]
    refs = {row["source"] for row in rows}
    query = select(SourceRecord).where(
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.resource_ref.in_(refs),
        SourceRecord.is_latest,
    )
    return list(session.scalars(query)) if refs else []


def _called(record: SourceRecord | None) -> dict[str, str]:
    """What a record is called and when it was true; nothing once it is gone."""
    if record is None:
        return {"title": "", "date": ""}
    return {"title": record.title, "date": record.effective[:10]}
