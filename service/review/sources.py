"""The sources beside a summary: each cited record's text, and where to light it up."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.access.decisions import Decision, Purpose, decide_chart
from service.access.wording import TREATING, withheld_words
from service.chart.inheritance import HOLDERS
from service.chart.models import SourceRecord
from service.summary.document import Placed
from service.summary.people import Person


@dataclass(frozen=True)
class Highlight:
    """Characters of a source's text, and the statement or finding that points at them."""

    start: int
    end: int
    statement_index: int | None = None
    finding_number: int | None = None


@dataclass(frozen=True)
class DeskSource:
    """One record version that is pointed at. `withheld` says why its text is not shown."""

    record_id: str
    source_ref: str
    version: str
    resource_type: str
    title: str
    effective: str
    author: str
    author_role: str
    text: str
    highlights: tuple[Highlight, ...]
    withheld: str = ""


class _Pointing(Protocol):
    """What a finding needs to point at sources."""

    @property
    def number(self) -> int: ...
    @property
    def statement_index(self) -> int | None: ...
    @property
    def evidence(self) -> tuple[dict[str, Any], ...]: ...


@dataclass(frozen=True)
class Looked:
    """Records of one patient by their ids, and whether a person may see each. What a page speaks
    of is looked up together: labels are handed down among all of it, and once. `asked` are the ids
    that were looked for, held or not."""

    records: Mapping[str, SourceRecord]
    decisions: Mapping[str, Decision]
    asked: frozenset[str] = frozenset()

    @property
    def restricted(self) -> set[str]:
        """Ids of those that this person may not see."""
        return {id_ for id_ in self.records if not self.decisions[id_].allowed}

    @property
    def by_ref(self) -> dict[str, SourceRecord]:
        """The newest of each reference."""
        return {r.resource_ref: r for r in self.records.values() if r.is_latest}


NOTHING = Looked({}, {})


def look_up(
    session: Session,
    patient_ref: str,
    person: Person,
    *,
    ids: Collection[str] = (),
    refs: Collection[str] = (),
    purpose: Purpose = Purpose.SHOW,
) -> Looked:
    """These records of the patient: versions by their ids, the newest of each reference."""
    record = SourceRecord
    wanted = or_(record.id.in_(ids), and_(record.resource_ref.in_(refs), record.is_latest))
    query = select(record).where(record.patient_ref == patient_ref, wanted)
    held = {each.id: each for each in session.scalars(query)} if ids or refs else {}
    if not held:
        return Looked({}, {}, frozenset(ids))
    decided = decisions_to_show(session, patient_ref, held.values(), person, purpose=purpose)
    return Looked(held, decided, frozenset(ids))


def pointed_at(placed: Iterable[Placed], findings: Iterable[_Pointing]) -> set[str]:
    """Ids of the records that statements and findings point at."""
    return set(_lights(placed, findings))


def desk_sources(
    looked: Looked, placed: Iterable[Placed], findings: Iterable[_Pointing], person: Person
) -> tuple[DeskSource, ...]:
    """The sources in the order in which the summary first points at them."""
    return tuple(
        _source(looked.records[id_], tuple(marks), looked.decisions[id_], person)
        for id_, marks in _lights(placed, findings).items()
        if id_ in looked.records
    )


def decisions_to_show(
    session: Session,
    patient_ref: str,
    records: Iterable[SourceRecord],
    person: Person,
    *,
    purpose: Purpose = Purpose.SHOW,
) -> dict[str, Decision]:
    """Record id -> whether this person may see it, encounters' labels handed down.

    An older version is open only while the newest is: a label that came late counts for both.
    """
    asked = list(records)
    newest = _newest(session, patient_ref, [r for r in asked if not r.is_latest])
    chart = {r.id: r for r in (*_holders(session, patient_ref), *newest.values(), *asked)}
    decided = decide_chart(
        chart.values(), purpose=purpose, role=person.role, reader=person.practitioner_ref
    )
    for record in asked:
        later = newest.get(record.resource_ref)
        if later is not None and decided[record.id].allowed:
            decided[record.id] = decided[later.id]
    return decided


def _holders(session: Session, patient_ref: str) -> Iterable[SourceRecord]:
    """The records whose labels are handed down to others, and the patient's consents."""
    return session.scalars(
        select(SourceRecord).where(
            SourceRecord.patient_ref == patient_ref,
            SourceRecord.resource_type.in_((*HOLDERS, "Consent")),
            SourceRecord.is_latest,
        )
    )


def _newest(
    session: Session, patient_ref: str, old: Collection[SourceRecord]
) -> dict[str, SourceRecord]:
    """Reference -> the newest version held, for these older versions."""
    query = select(SourceRecord).where(
        SourceRecord.resource_ref.in_({record.resource_ref for record in old}),
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
    )
    return {record.resource_ref: record for record in session.scalars(query)} if old else {}


def why_withheld(decision: Decision, person: Person) -> str:
    """The reason for those who treat the patient; for others the sentence that tells nothing."""
    return decision.reason if person.role in TREATING else withheld_words(0, person.role)


def _source(
    record: SourceRecord, highlights: tuple[Highlight, ...], decision: Decision, person: Person
) -> DeskSource:
    """The record as this person may see it; what access refuses shows only that it is withheld."""
    if not decision.allowed:
        return DeskSource(
            record.id,
            record.resource_ref,
            record.version,
            record.resource_type,
            "Withheld",
            "",
            "",
            "",
            "",
            (),
            why_withheld(decision, person),
        )
    return DeskSource(
        record.id,
        record.resource_ref,
        record.version,
        record.resource_type,
        record.title,
        record.effective,
        record.author,
        record.author_role,
        record.text,
        highlights,
    )


def _lights(placed: Iterable[Placed], findings: Iterable[_Pointing]) -> dict[str, list[Highlight]]:
    lights: dict[str, list[Highlight]] = {}
    for each in placed:
        for c in each.statement.citations:
            light = Highlight(c.start, c.end, statement_index=each.index)
            lights.setdefault(c.record_id, []).append(light)
    for finding in findings:
        for e in finding.evidence:
            if record_id := e.get("record_id"):
                lit = lights.setdefault(record_id, [])
                start, end = int(e.get("start") or 0), int(e.get("end") or 0)
                if start < end:  # else the whole record is meant
                    lit.append(Highlight(start, end, finding.statement_index, finding.number))
    return lights
