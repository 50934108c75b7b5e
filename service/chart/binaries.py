"""Whose chart a Binary is in: where it names no patient itself, the notes that point at it do."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func as sql
from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from service.chart.compartments import is_strangers
from service.chart.held import Held, in_parts
from service.chart.incoming import Envelope
from service.chart.models import SourceRecord
from service.fhir import wire

_HOLDERS = ("DocumentReference", "DiagnosticReport")


def place_binaries(
    session: Session, patients: Iterable[str | None], *, since: datetime
) -> set[str]:
    """Put Binaries of nobody's chart into the one whose note points at them, whichever of the two
    came first; the patients who got one. `patients` are those touched since.

    One that two patients' notes point at, or that says it is somebody else's, stays nobody's:
    nothing is mixed.
    """
    touched = {ref for ref in patients if ref is not None}
    new = _new_orphans(session, since) if None in patients else set[str]()
    owners = _owners(session, new, among=touched)
    # What came by itself is looked for in every chart: a scan, of the rare case alone.
    named = _orphans(session, _named(session, touched, since=since)) - new
    owners |= binary_owners(session, named | (new - owners.keys()))
    placed = {ref: next(iter(of)) for ref, of in owners.items() if len(of) == 1}
    placed = {ref: of for ref, of in placed.items() if not _says_otherwise(session, ref, of)}
    for ref, patient_ref in sorted(placed.items()):
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.resource_ref == ref, SourceRecord.patient_ref.is_(None))
            .values(patient_ref=patient_ref)
        )
    return set(placed.values())


def _says_otherwise(session: Session, ref: str, patient_ref: str) -> bool:
    query = select(SourceRecord.raw, SourceRecord.refers_to).where(
        SourceRecord.resource_ref == ref, SourceRecord.patient_ref.is_(None)
    )
    find = Held(session).find
    for raw, refers_to in session.execute(query):
        resolve = Envelope(known=dict(refers_to)).resolve
        if is_strangers(wire.parse(raw), patient_ref, resolve=resolve, find=find):
            return True
    return False


def orphan_binaries_of(session: Session, patient_ref: str) -> set[str]:
    """Binaries in nobody's chart at which this patient's notes alone point."""
    orphans = _orphans(session, _named(session, {patient_ref}))
    owners = binary_owners(session, orphans)
    return {ref for ref, of in owners.items() if of == {patient_ref}}


def binary_owners(session: Session, refs: set[str]) -> dict[str, set[str]]:
    """Ref of each Binary -> the patients whose notes point at it; looks through every note."""
    each = sql.jsonb_each_text(SourceRecord.refers_to).table_valued("key", "value").lateral()
    pairs = select(each.c.value, SourceRecord.patient_ref).join_from(SourceRecord, each, true())
    of_notes = pairs.where(
        SourceRecord.resource_type.in_(_HOLDERS), SourceRecord.patient_ref.is_not(None)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for some in in_parts(refs):
        for ref, patient_ref in session.execute(of_notes.where(each.c.value.in_(some))):
            found[ref].add(patient_ref)
    return dict(found)


def _owners(session: Session, refs: set[str], *, among: set[str]) -> dict[str, set[str]]:
    """The same of these patients' notes only, which an index finds."""
    found: dict[str, set[str]] = defaultdict(set)
    for patient_ref in among if refs else ():
        for ref in refs & _named(session, {patient_ref}):
            found[ref].add(patient_ref)
    return dict(found)


def _named(session: Session, patients: set[str], *, since: datetime | None = None) -> set[str]:
    """What the notes of these patients point at, or of those notes the ones received since."""
    found: set[str] = set()
    for some in in_parts(patients):
        query = select(SourceRecord.refers_to).where(
            SourceRecord.patient_ref.in_(some), SourceRecord.resource_type.in_(_HOLDERS)
        )
        if since is not None:
            query = query.where(SourceRecord.received_at >= since)
        found.update(ref for refers_to in session.scalars(query) for ref in refers_to.values())
    return found


def _orphans(session: Session, refs: set[str]) -> set[str]:
    """Those of these references that are Binaries in nobody's chart."""
    found: set[str] = set()
    for some in in_parts(ref for ref in refs if ref.startswith("Binary/")):
        query = select(SourceRecord.resource_ref).where(
            SourceRecord.resource_ref.in_(some), SourceRecord.patient_ref.is_(None)
        )
        found |= set(session.scalars(query))
    return found


def _new_orphans(session: Session, since: datetime) -> set[str]:
    query = select(SourceRecord.resource_ref).where(
        SourceRecord.patient_ref.is_(None),
        SourceRecord.resource_type == "Binary",
        SourceRecord.received_at >= since,
    )
    return set(session.scalars(query))
