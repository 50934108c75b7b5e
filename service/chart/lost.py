"""Records that the EHR has no longer: deleted, or filed under another patient since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.asked import owner_of
from service.chart.fetching import Fetched, Resource, side_by_side
from service.chart.gaps import GapKind, unread_types
from service.chart.models import Chart, SourceRecord
from service.chart.moved import MOVED
from service.chart.searches import MAX_READS, SEARCHES
from service.database import now
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrNotFound, EhrRefused
from service.fhir.references import type_of
from service.summary.vocabulary import Standing

AT_ONCE = 4  # as many connections as the client keeps
IDS_A_SEARCH = 50  # an address of 50 ids stays far below the 8 kB that proxies allow
DELETED = "deleted in the EHR"
GONE = 410


@dataclass(frozen=True)
class Looked:
    """What the EHR says of records by their ids: those it gave, and those it has no longer."""

    resources: tuple[Resource, ...]
    gone: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()  # a 404: deleted, or never the EHR's own


def drop_lost(session: Session, fetched: Fetched, client: FhirClient) -> None:
    """After all of a chart was read: what is held of it, and did not come, is asked for by id, and
    is no evidence any more where the EHR has it no longer.

    Of types that could not be searched nothing is concluded.
    """
    missing = _not_given(session, fetched)
    if len(missing) > MAX_READS:
        reason = f"{len(missing)} records that were held did not come again; not looked into"
        fetched.note(GapKind.READ, reason, source=fetched.patient_ref)
        return
    read = {ref: _read_or_refusal(client, fetched, ref) for ref in missing}
    given = {ref: each for ref, each in read.items() if isinstance(each, dict)}
    looked = Looked(
        _come_back(session, fetched),
        frozenset(ref for ref, each in read.items() if each == GONE),
        frozenset(ref for ref, each in read.items() if each is None),
    )
    exclude(session, fetched.patient_ref, looked)
    moved = {
        ref
        for ref, each in given.items()
        if owner_of(client, each) not in (None, fetched.patient_ref)
    }
    _exclude_moved(session, fetched.patient_ref, moved)
    chart = session.get(Chart, fetched.patient_ref)
    if chart is not None and (looked.gone or looked.missing or moved):
        chart.changed_at = now()


def _come_back(session: Session, fetched: Fetched) -> tuple[Resource, ...]:
    """What came again and was taken for deleted."""
    query = select(SourceRecord.resource_ref).where(
        SourceRecord.patient_ref == fetched.patient_ref,
        SourceRecord.is_latest,
        SourceRecord.standing_reason == DELETED,
    )
    dropped = set(session.scalars(query))
    named = ((f"{r.get('resourceType')}/{r.get('id')}", r) for r in fetched.resources)
    return tuple(resource for ref, resource in named if ref in dropped)


def _read_or_refusal(client: FhirClient, fetched: Fetched, ref: str) -> Resource | int | None:
    """As `_read`; where that is refused, a gap and its status: nothing is known then."""
    try:
        return _read(client, ref)
    except (EhrBusy, EhrRefused) as failed:
        fetched.note(GapKind.READ, failed.sentence, source=ref)
        return failed.http_status or 0


def _not_given(session: Session, fetched: Fetched) -> list[str]:
    given = {f"{r.get('resourceType')}/{r.get('id')}" for r in fetched.resources}
    types = {each.resource_type for each in SEARCHES} - unread_types(fetched.gaps)
    query = select(SourceRecord.resource_ref).where(
        SourceRecord.patient_ref == fetched.patient_ref,
        SourceRecord.is_latest,
        SourceRecord.origin == "ehr",
        SourceRecord.standing != Standing.EXCLUDED,
        SourceRecord.resource_type.in_(types),
    )
    return sorted(set(session.scalars(query)) - given)


def _exclude_moved(session: Session, patient_ref: str, refs: Collection[str]) -> None:
    query = select(SourceRecord).where(
        SourceRecord.resource_ref.in_(refs),
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
    )
    for record in session.scalars(query) if refs else ():
        record.standing, record.standing_reason = Standing.EXCLUDED, MOVED


def look(client: FhirClient, refs: Collection[str]) -> Looked:
    """These records ("Type/id"): searched by id, and what does not come is read by itself."""
    parts = side_by_side(lambda some: _search_ids(client, some), _by_type(refs), AT_ONCE)
    found = [resource for part in parts for resource in part]
    given = {f"{r.get('resourceType')}/{r.get('id')}" for r in found}
    lacking = sorted(set(refs) - given)
    read = side_by_side(lambda ref: _read(client, ref), lacking, AT_ONCE)
    found += [each for each in read if isinstance(each, dict)]
    answers = dict(zip(lacking, read, strict=True))
    return Looked(
        tuple(found),
        frozenset(ref for ref, each in answers.items() if each == GONE),
        frozenset(ref for ref, each in answers.items() if each is None),
    )


def _by_type(refs: Iterable[str]) -> Iterator[list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for ref in sorted(set(refs)):
        groups[type_of(ref)].append(ref)
    for group in groups.values():
        for start in range(0, len(group), IDS_A_SEARCH):
            yield group[start : start + IDS_A_SEARCH]


def _search_ids(client: FhirClient, refs: list[str]) -> list[Resource]:
    """Those of one type that the EHR gives; none where it cannot be searched by id."""
    ids = ",".join(ref.partition("/")[2] for ref in refs)
    try:
        found = list(client.search(type_of(refs[0]), {"_id": ids}))
    except EhrRefused:
        return []
    return [r for r in found if f"{r.get('resourceType')}/{r.get('id')}" in refs]


def _read(client: FhirClient, ref: str) -> Resource | int | None:
    """The resource; 410 where it was deleted, None where the EHR has no such."""
    try:
        return client.read(ref)
    except EhrNotFound as unknown:
        return GONE if unknown.http_status == GONE else None


def exclude(session: Session, patient_ref: str, looked: Looked) -> None:
    """What was deleted is no evidence any more; what was taken for deleted and is there is again.

    A 404 counts only for what the EHR once gave: what was posted here it need not know.
    """
    given = {f"{r.get('resourceType')}/{r.get('id')}" for r in looked.resources}
    refs = looked.gone | looked.missing | given
    query = select(SourceRecord).where(
        SourceRecord.resource_ref.in_(refs),
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
    )
    for record in session.scalars(query) if refs else ():
        ref, is_evidence = record.resource_ref, record.standing is Standing.EVIDENCE
        is_lost = ref in looked.gone or (ref in looked.missing and record.origin == "ehr")
        if is_lost and is_evidence:
            record.standing, record.standing_reason = Standing.EXCLUDED, DELETED
        elif ref in given and record.standing_reason == DELETED:
            record.standing, record.standing_reason = Standing.EVIDENCE, ""
