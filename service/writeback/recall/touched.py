"""Which summaries a model, a prompt version, a source record or a span of time touched."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.chart.models import SnapshotRecord, SourceRecord
from service.errors import BadInput
from service.fhir.references import is_ref, local_ref
from service.summary.models import Summary, SummaryVersion
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.writeback.models import Filing, FilingState
from service.writeback.recall.models import Recall, RecallItem, RecallState

IN_EHR = (Filing.document_ref.is_not(None), Filing.state != FilingState.RETRACTED)


@dataclass(frozen=True)
class Criteria:
    """All that are given must fit. `prompt` is a name, "name version", or the hash of its folder;
    `source` is "Type/id", with "/_history/version" of this version alone. `since` and `until` are
    of when the text was made."""

    model: str = ""
    prompt: str = ""
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Criteria":
        at = {k: datetime.fromisoformat(said[k]) for k in ("since", "until") if said[k]}
        return cls(said["model"], said["prompt"], said["source"], **at)


@dataclass(frozen=True)
class Touched:
    """A summary that is concerned. `document_refs` are what the EHR holds of it. No patient, and no
    text: whoever recalls need not read charts."""

    summary_id: str
    type: SummaryType
    status: SummaryStatus
    model: str
    prompt: str
    made_at: datetime
    document_refs: tuple[str, ...] = ()


def check_criteria(criteria: Criteria) -> None:
    """Raise BadInput for none, or for a source that is no record."""
    if criteria == Criteria():
        raise BadInput("Name a model, a prompt, a source record or a span of time to recall.")
    if criteria.source and not is_ref(local_ref(criteria.source) or ""):
        raise BadInput("A source record is named as Type/id, or Type/id/_history/version.")


def touched(session: Session, criteria: Criteria) -> list[Touched]:
    """Each summary once, the oldest text first. Raises BadInput."""
    check_criteria(criteria)
    query = _fitting(criteria).order_by(SummaryVersion.made_at, Summary.id)
    found: dict[str, Touched] = {}
    for summary, version in session.execute(query):
        found.setdefault(summary.id, _row(session, summary, version))
    return list(found.values())


def is_touched(session: Session, criteria: Criteria, summary_id: str) -> bool:
    return session.execute(_fitting(criteria).where(Summary.id == summary_id)).first() is not None


def is_recalled(session: Session, summary_id: str) -> bool:
    """Whether a recall waits for a text that the EHR has not. Where it holds one, what is signed
    next has to come there first: both are then withdrawn together."""
    if documents_of(session, summary_id):
        return False
    waiting = (
        select(Recall.criteria)
        .join(RecallItem, RecallItem.recall_id == Recall.id)
        .where(RecallItem.summary_id == summary_id, RecallItem.state == RecallState.WAITING)
    )
    asked = map(Criteria.from_json, session.scalars(waiting))
    return any(is_touched(session, each, summary_id) for each in asked)


def documents_of(session: Session, summary_id: str) -> tuple[str, ...]:
    """What the EHR holds of a summary, "DocumentReference/id", oldest first."""
    query = select(Filing.document_ref).where(Filing.summary_id == summary_id, *IN_EHR)
    return tuple(ref for ref in session.scalars(query.order_by(Filing.started_at)) if ref)


def _fitting(criteria: Criteria) -> Any:
    """Summaries with the texts that count: the one that stands, and those that the EHR holds."""
    newer = aliased(SummaryVersion)
    is_last = ~exists().where(
        newer.summary_id == SummaryVersion.summary_id, newer.number > SummaryVersion.number
    )
    is_in_ehr = exists().where(
        Filing.summary_id == SummaryVersion.summary_id,
        Filing.digest == SummaryVersion.digest,
        *IN_EHR,
    )
    return (
        select(Summary, SummaryVersion)
        .join(SummaryVersion, SummaryVersion.summary_id == Summary.id)
        .where(or_(is_last, is_in_ehr), *_conditions(criteria))
    )


def _conditions(criteria: Criteria) -> Iterator[ColumnElement[bool]]:
    writer = SummaryVersion.writer
    if criteria.model:
        model = criteria.model
        yield or_(writer["name"].astext == model, writer["model"].astext == model)
    if criteria.prompt:
        name, version = writer["prompt"].astext, writer["version"].astext
        named = func.concat(name, " ", version)
        prompt = criteria.prompt
        yield or_(name == prompt, named == prompt, writer["hash"].astext == prompt)
    if criteria.source:
        yield _read(criteria.source)
    if criteria.since:
        yield SummaryVersion.made_at >= criteria.since
    if criteria.until:
        yield SummaryVersion.made_at < criteria.until


def _read(source: str) -> ColumnElement[bool]:
    """Whether the record is among those that the summary was drafted from."""
    ref, _, version = source.partition("/_history/")
    is_it = [SourceRecord.resource_ref == ref]
    if version:
        is_it.append(SourceRecord.version == version)
    return exists().where(
        and_(
            SnapshotRecord.summary_id == Summary.id,
            SnapshotRecord.record_id == SourceRecord.id,
            *is_it,
        )
    )


def _row(session: Session, summary: Summary, version: SummaryVersion) -> Touched:
    writer = version.writer
    documents: Sequence[str] = documents_of(session, summary.id)
    return Touched(
        summary.id,
        summary.type,
        summary.status,
        str(writer.get("name") or ""),
        f"{writer.get('prompt') or ''} {writer.get('version') or ''}".strip(),
        version.made_at,
        tuple(documents),
    )
