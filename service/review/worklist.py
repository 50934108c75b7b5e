"""The worklist: which summaries there are, whose turn it is, what is open on each."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, selectinload

from service.access.relations import open_patients
from service.access.wording import TREATING
from service.chart.models import SourceRecord
from service.review import permissions
from service.review.paging import MAX_PAGE, Page, Place
from service.review.restriction import closed_to, is_none_closed
from service.review.sources import decisions_to_show
from service.review.viewing import note_list
from service.review.waiting import Waiting, waiting
from service.summary.lifecycle import Owner, owner
from service.summary.models import Summary, SummaryVersion
from service.summary.people import SERVICE_ACCOUNT, Person
from service.summary.vocabulary import SummaryStatus, SummaryType

SAID_BY_SYSTEM = (
    SummaryStatus.CHARTED,
    SummaryStatus.INDEXED,
    SummaryStatus.DRAFTED,
    SummaryStatus.FAILED,
    SummaryStatus.FILING_REFUSED,
    SummaryStatus.FILING_UNKNOWN,
)


@dataclass(frozen=True)
class WorklistRow:
    """One summary. `patient` names the person as the chart does, empty for roles without charts;
    `open_major` and `open_minor` are as Waiting has them."""

    id: str
    patient_ref: str
    patient: str
    type: SummaryType
    status: SummaryStatus
    owner: Owner
    status_reason: str
    requested_by: str
    requested_at: datetime
    status_at: datetime
    version: int | None
    writer: str
    digest: str | None
    open_major: int | None
    open_minor: int | None


# Id, number, digest, writer of a text.
_Head = tuple[str, int | None, str | None, str]
_NO_TEXT: _Head = ("", None, None, "")


@dataclass(frozen=True)
class Wanted:
    """Which rows: empty or None means any."""

    statuses: Collection[SummaryStatus] = ()
    patient_ref: str | None = None
    type: SummaryType | None = None


EVERYTHING = Wanted()


def worklist(
    session: Session,
    person: Person,
    *,
    wanted: Wanted = EVERYTHING,
    limit: int = 50,
    after: Place | None = None,
) -> Page[WorklistRow]:
    """One page, the latest request first. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.LIST)
    limit = max(1, min(limit, MAX_PAGE))
    found = list(islice(_visible(session, person, wanted, after, limit), limit + 1))
    rows = tuple(_rows(session, found[:limit], person))
    if permissions.may(person, permissions.Ability.READ):
        note_list(session, [(row.id, row.patient_ref) for row in rows], by=person)
    more = len(found) > limit
    return Page(rows, Place(rows[-1].requested_at, rows[-1].id) if more else None)


def waiting_at(
    session: Session, patient_ref: str, statuses: Collection[SummaryStatus]
) -> tuple[WorklistRow, ...]:
    """What stands at these of one patient, for a card that tells of it whoever opens the chart in
    the EHR; of its findings it has what a program may know."""
    wanted = Wanted(statuses=statuses, patient_ref=patient_ref)
    found = list(session.scalars(_chosen(wanted, None).limit(MAX_PAGE)))
    return tuple(_rows(session, found, SERVICE_ACCOUNT))


def status_counts(session: Session, person: Person) -> dict[SummaryStatus, int] | None:
    """How many summaries stand at each status, those of none left out. None for who reads texts
    and treats nobody: the sums would have those that they may not read."""
    permissions.check_may(person, permissions.Ability.LIST)
    if person.role not in TREATING and permissions.may(person, permissions.Ability.READ):
        return None
    query = select(Summary.status, func.count()).where(*_open_to(session, person))
    return dict(session.execute(query.group_by(Summary.status)).all())


def _visible(
    session: Session, person: Person, wanted: Wanted, after: Place | None, size: int
) -> Iterator[Summary]:
    """In their order, without those of strangers and those whose text this person may not read:
    not by a refusal, a page that is short of it, or a cursor shall they know that it is there."""
    mine = _open_to(session, person)
    if is_none_closed(person):
        yield from session.scalars(_chosen(wanted, after).where(*mine).limit(size + 1))
        return
    while True:
        chosen = _chosen(wanted, after).where(*mine).options(selectinload(Summary.versions))
        batch = list(session.scalars(chosen.limit(size + 1)))
        closed = closed_to(session, ((s, s.current) for s in batch if s.current), person)
        yield from (s for s in batch if s.current is None or s.current.id not in closed)
        if len(batch) <= size:
            return
        after = Place(batch[-1].requested_at, batch[-1].id)


def _open_to(session: Session, person: Person) -> tuple[ColumnElement[bool], ...]:
    """Without the summaries of patients to whom this person has no relation."""
    open_ = open_patients(session, person)
    return () if open_ is None else (Summary.patient_ref.in_(open_),)


def row(session: Session, summary: Summary, person: Person) -> WorklistRow:
    """The row of one summary whose text is at hand."""
    current = summary.current
    head = _NO_TEXT
    if current is not None:
        writer = str(current.writer.get("name") or "")
        head = (current.id, current.number, current.digest, writer)
    found = waiting(session, {head[0]: summary.patient_ref} if current else {}, person)
    return _row(summary, _names(session, [summary], person), head, found[head[0]], person)


def patient_names(session: Session, patient_refs: Iterable[str], person: Person) -> dict[str, str]:
    """Reference to name, sex and birth date, for the patients whose Patient resource is held, and
    is open to this person; who treats finds each by name.

    Not the name alone: two identifiers keep two people of one name apart.
    """
    record = SourceRecord
    query = select(record.resource_ref, record.headline, record.labels).where(
        record.resource_ref.in_(set(patient_refs)),
        record.resource_type == "Patient",
        record.is_latest,
    )
    rows = session.execute(query).all()
    told = [
        r
        for r in rows
        if person.role in TREATING or not r.labels or _is_open(session, r.resource_ref, person)
    ]
    return {row.resource_ref: row.headline.removeprefix("Patient: ") for row in told}


def _is_open(session: Session, patient_ref: str, person: Person) -> bool:
    query = select(SourceRecord).where(
        SourceRecord.resource_ref == patient_ref, SourceRecord.is_latest
    )
    decided = decisions_to_show(session, patient_ref, list(session.scalars(query)), person)
    return all(decision.allowed for decision in decided.values())


def _chosen(wanted: Wanted, after: Place | None) -> Select[Summary]:
    query = select(Summary).order_by(Summary.requested_at.desc(), Summary.id.desc())
    if wanted.statuses:
        query = query.where(Summary.status.in_(wanted.statuses))
    if wanted.patient_ref:
        query = query.where(Summary.patient_ref == wanted.patient_ref)
    if wanted.type:
        query = query.where(Summary.type == wanted.type)
    if after:
        query = query.where(tuple_(Summary.requested_at, Summary.id) < (after.at, after.id))
    return query


def _rows(session: Session, summaries: list[Summary], person: Person) -> Iterable[WorklistRow]:
    names = _names(session, summaries, person)
    heads = _heads(session, [s.id for s in summaries])
    patients = {heads[s.id][0]: s.patient_ref for s in summaries if s.id in heads}
    found = waiting(session, patients, person)
    told = ((s, heads.get(s.id, _NO_TEXT)) for s in summaries)
    return (_row(s, names, head, found[head[0]], person) for s, head in told)


def _names(session: Session, summaries: list[Summary], person: Person) -> dict[str, str]:
    sees_names = permissions.may(person, permissions.Ability.READ)
    return patient_names(session, (s.patient_ref for s in summaries), person) if sees_names else {}


def _row(
    s: Summary, names: Mapping[str, str], head: _Head, found: Waiting, person: Person
) -> WorklistRow:
    _, number, digest, writer = head
    return WorklistRow(
        s.id,
        s.patient_ref,
        names.get(s.patient_ref, ""),
        s.type,
        s.status,
        owner(s.status),
        _reason(s, person.role in TREATING),
        s.requested_by,
        s.requested_at,
        s.status_at,
        number,
        writer,
        digest,
        found.major,
        found.minor,
    )


def _reason(summary: Summary, treats: bool) -> str:
    """People's reasons may speak of the patient; the system's own never do."""
    return summary.status_reason if treats or summary.status in SAID_BY_SYSTEM else ""


def _heads(session: Session, ids: list[str]) -> dict[str, _Head]:
    """Of each summary's current version, by the summary's id."""
    version = SummaryVersion
    writer = func.coalesce(version.writer["name"].astext, "")
    query = (
        select(version.summary_id, version.id, version.number, version.digest, writer)
        .where(version.summary_id.in_(ids))
        .order_by(version.number)
    )
    return {row[0]: tuple(row[1:]) for row in session.execute(query)}
