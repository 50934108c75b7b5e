"""/patients/{id}/facts: one patient's facts, with their sources and conflicts."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.facts.fact import Change, Conflict, ConflictKind, Fact, FactKind, FactSource, Standing
from service.facts.fact import ReadRecord as Record
from service.facts.patient import PatientFacts, patient_facts
from service.facts.wording import quote, value_words
from service.reading.assertions import Certainty, Value
from service.review.actions import note_chart_view
from service.web.api.shapes import PatientId
from service.web.guards import Reader
from service.web.openapi import problems
from service.web.pages.times import zone_named
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/patients", tags=["charts"])

Kinds = Annotated[
    list[FactKind] | None, Query(description="Only these kinds; give it once for each.")
]


class SourceBody(BaseModel):
    """Where it stands: `quote` is the line round characters `start` to `end` of the record."""

    record_id: str
    source_ref: str
    title: str
    on: str = Field(description="The local day that it speaks of; may be a year, or empty.")
    says: str = Field(description="Who says so; empty for the clinician.")
    start: int
    end: int
    quote: str
    copies: int = Field(description="Later notes that say it in the same words.")


class ValueBody(BaseModel):
    """One value. `value` is in base units; `words` as people read it."""

    what: str
    value: Any
    said: str
    per: str
    comparator: str
    words: str


class ChangeBody(BaseModel):
    on: str
    what: str
    values: list[ValueBody]
    source: SourceBody | None


class FactBody(BaseModel):
    """One clinical thing of the patient over time."""

    kind: FactKind
    key: str
    name: str
    standing: Standing
    status: str
    why: str
    certainty: Certainty
    since: str
    until: str
    on: str = Field(description="The day of the latest word.")
    values: list[ValueBody]
    history: list[ChangeBody] = Field(description="Oldest first.")
    sources: list[SourceBody] = Field(description="Newest first.")


class ConflictBody(BaseModel):
    """Two that cannot both be so; the newer side first."""

    kind: ConflictKind
    key: str
    name: str
    why: str
    sides: list[SourceBody]


class FactsBody(BaseModel):
    patient: str = Field(examples=["Patient/1"])
    on: str = Field(description="The local day as of which they stand.")
    records: int = Field(description="How many records fed them.")
    withheld_words: str
    conflicts: list[ConflictBody]
    facts: list[FactBody]


@router.get("/{patient_id}/facts", responses=problems(400, 404))
def list_facts(
    patient_id: PatientId,
    session: Transaction,
    runtime: TheRuntime,
    person: Reader,
    kind: Kinds = None,
) -> FactsBody:
    """What the chart says of one patient, reconciled: each fact with its standing and sources."""
    ref = f"Patient/{patient_id}"
    zone = zone_named(runtime.settings.time_zone)
    told = patient_facts(session, ref, person, zone=zone)
    note_chart_view(session, ref, by=person)
    return _body(told, frozenset(kind or FactKind))


def _body(told: PatientFacts, kinds: frozenset[FactKind]) -> FactsBody:
    return FactsBody(
        patient=told.patient_ref,
        on=told.facts.on,
        records=len(told.records),
        withheld_words=told.withheld_words,
        conflicts=[_conflict(each, told.records) for each in told.facts.conflicts],
        facts=[_fact(each, told.records) for each in told.facts.facts if each.kind in kinds],
    )


def _fact(fact: Fact, records: Mapping[str, Record]) -> FactBody:
    return FactBody(
        kind=fact.kind,
        key=fact.key,
        name=fact.name,
        standing=fact.standing,
        status=fact.status,
        why=fact.why,
        certainty=fact.certainty,
        since=fact.since,
        until=fact.until,
        on=fact.on,
        values=[_value(value) for value in fact.values],
        history=[_change(change, records) for change in fact.history],
        sources=[_source(source, records) for source in fact.sources],
    )


def _value(value: Value) -> ValueBody:
    return ValueBody(
        what=value.what,
        value=value.value,
        said=value.said,
        per=value.per,
        comparator=value.comparator,
        words=value_words(value),
    )


def _change(change: Change, records: Mapping[str, Record]) -> ChangeBody:
    source = _source(change.source, records) if change.source else None
    values = [_value(value) for value in change.values]
    return ChangeBody(on=change.on, what=change.what, values=values, source=source)


def _conflict(conflict: Conflict, records: Mapping[str, Record]) -> ConflictBody:
    return ConflictBody(
        kind=conflict.kind,
        key=conflict.key,
        name=conflict.name,
        why=conflict.why,
        sides=[_source(side, records) for side in conflict.sides],
    )


def _source(source: FactSource, records: Mapping[str, Record]) -> SourceBody:
    record = records[source.record_id]
    return SourceBody(
        record_id=record.id,
        source_ref=record.resource_ref,
        title=record.title,
        on=source.on,
        says=source.says,
        start=source.start,
        end=source.end,
        quote=quote(record, source),
        copies=source.copies,
    )
