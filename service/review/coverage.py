"""What was read for a draft and what was not, as this person may know of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.access.wording import TREATING, withheld_words
from service.chart.models import SourceRecord
from service.fhir.references import is_ref
from service.review.sources import Looked
from service.summary.people import Person

NAMING = ("unreadable", "excluded", "partly_readable")  # lists of {"source", "reason"}


def named_refs(coverage: Mapping[str, Any]) -> set[str]:
    """The records that the coverage names, as "Type/id"."""
    rows = [row for name in NAMING for row in coverage.get(name, ())]
    rows += [row for told in coverage.get("sections", ()) for row in told.get("left_out", ())]
    return {row["source"] for row in rows}


def coverage_for(
    patient_ref: str, coverage: Mapping[str, Any], looked: Looked, person: Person
) -> dict[str, Any]:
    """The coverage with the names of its records, those that are restricted without; how many
    were withheld only for who treats the patient. Decided now, so that a label counts that came
    after the draft."""
    names = named_refs(coverage)
    held = {ref: r for ref, r in looked.by_ref.items() if ref in names}
    shown = {ref: r for ref, r in held.items() if looked.decisions[r.id].allowed}
    hidden = held.keys() - shown.keys()

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
    if person.role not in TREATING:  # what was read for the draft is more than they may see
        uncounted: dict[str, Any] = {"read": {}, "notes_read": None}
        sections = [s | {"looked_for": ""} if "looked_for" in s else s for s in sections]
        return {**coverage, **told, "sections": sections, **withheld, **uncounted}
    return {**coverage, **told, "sections": sections, **withheld}


def gaps_for(
    gaps: Iterable[dict[str, Any]], patient_ref: str, person: Person
) -> tuple[dict[str, Any], ...]:
    """The gaps of a chart as this person may know of them. What could not be read by its reference
    belongs to some record, and may be a restricted one's: only who treats the patient is told."""
    treats = person.role in TREATING
    named = ((each, str(each.get("source", ""))) for each in gaps)
    return tuple(g for g, source in named if treats or source == patient_ref or not is_ref(source))


def _called(record: SourceRecord | None) -> dict[str, str]:
    """What a record is called and when it was true; nothing once it is gone."""
    if record is None:
        return {"title": "", "date": ""}
    return {"title": record.title, "date": record.effective[:10]}
