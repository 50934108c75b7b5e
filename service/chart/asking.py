"""Asking the EHR again while somebody waits: what of a chart is new, changed, or gone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service import audit
from service.chart.fetching import Fetched, Resource, fetch_chart, side_by_side
from service.chart.gaps import GapKind
from service.chart.held import refs_held
from service.chart.ingest import ingest, new_of
from service.chart.models import Chart, SourceRecord
from service.chart.pull import incoming_of
from service.database import now
from service.fhir.client import FhirClient
from service.fhir.errors import EhrNotFound, EhrRefused, FhirError
from service.fhir.references import type_of
from service.summary import people
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


def ask_chart(
    session: Session,
    patient_ref: str,
    *,
    client: FhirClient,
    cited: Collection[str] = (),
    within_s: float,
) -> Chart:
    """Keep what the EHR has that is newer than what is held; the chart, which says how it went.

    Everything since the last pull by `_lastUpdated`, and the `cited` records ("Type/id") by id: a
    deletion shows in no search. Never raises for the EHR: `chart.unanswered` has the sentence.
    """
    chart = _chart(session, patient_ref)
    chart.asked_at = now()
    try:
        chart.unanswered = _ask(session, chart, client.within(within_s), cited)
    except FhirError as failed:
        chart.unanswered = failed.sentence
    except OperationalError:  # only the lock: another import holds the charts
        chart.unanswered = "Records are being imported just now; look again in a moment."
    if not chart.unanswered:
        chart.answered_at = chart.asked_at
    audit.record(
        session,
        "chart.asked",
        actor=people.SYSTEM,
        patient_ref=patient_ref,
        answered=not chart.unanswered,
    )
    session.flush()
    return chart


def _chart(session: Session, patient_ref: str) -> Chart:
    chart = session.get(Chart, patient_ref, populate_existing=True)
    if chart is None:
        chart = Chart(patient_ref=patient_ref, gaps=[], unanswered="")
        session.add(chart)
    return chart


def _ask(session: Session, chart: Chart, client: FhirClient, cited: Collection[str]) -> str:
    """Why not all of it was answered; "" where it was."""
    fetched = fetch_chart(
        client,
        chart.patient_ref,
        since=chart.pulled_at,
        is_held=lambda refs: refs_held(session, refs),
        at_once=AT_ONCE,
    )
    if fetched.is_unknown:
        return "The EHR does not know this patient."
    if fetched.merged_into:
        return f"The EHR has merged this patient into {fetched.merged_into}."
    looked = _look(client, cited)
    fetched.resources += looked.resources
    _keep(session, fetched, client)
    _exclude(session, chart.patient_ref, looked)
    known = {(gap["kind"], gap["source"]) for gap in chart.gaps}
    told = [gap for gap in fetched.gaps if gap["kind"] != GapKind.ASIDE]
    refused = [gap for gap in told if (gap["kind"], gap["source"]) not in known]
    return f"The EHR did not answer {len(refused)} of the searches." if refused else ""


def _keep(session: Session, fetched: Fetched, client: FhirClient) -> None:
    """Ingest what is not held. Most often nothing is new, and no import is waited for."""
    incoming = list(incoming_of(fetched, client.bases))
    if not new_of(session, [each for each in incoming if each.resource is not None]):
        return
    with session.begin_nested():
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        ingest(session, "ehr", incoming)
        session.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def _look(client: FhirClient, cited: Collection[str]) -> Looked:
    """The cited records: searched by id, and what does not come is read by itself."""
    parts = side_by_side(lambda refs: _search_ids(client, refs), _by_type(cited), AT_ONCE)
    found = [resource for part in parts for resource in part]
    given = {f"{r.get('resourceType')}/{r.get('id')}" for r in found}
    lacking = sorted(set(cited) - given)
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


def _exclude(session: Session, patient_ref: str, looked: Looked) -> None:
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
