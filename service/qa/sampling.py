"""Draw a sample: the same seed on the same texts gives the same sample, on any database."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service import audit
from service.database import now
from service.errors import BadInput, Conflict
from service.qa import rubric
from service.qa.models import QaItem, QaSample, Sampled
from service.qa.permissions import check_may_rate
from service.review.restriction import closed_to
from service.review.waiting import told_findings
from service.summary.models import Attestation, Finding, Summary, SummaryVersion
from service.summary.people import SYSTEM, Person
from service.summary.vocabulary import FindingKind, SummaryType

MAX_SIZE = 1_000
MAX_SEED = 100
Column = InstrumentedAttribute[datetime]


@dataclass(frozen=True)
class Unit:
    """One text that could be drawn; `stratum` is its summary type."""

    summary_id: str
    version_id: str
    digest: str
    stratum: str

    @property
    def key(self) -> str:
        return f"{self.summary_id}:{self.digest}"


@dataclass(frozen=True)
class Criteria:
    """What a sample is drawn from. `since` is included, `until` is not; empty `types` are all."""

    size: int
    statuses: Sampled
    types: tuple[SummaryType, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    finding_kind: FindingKind | None = None
    evenly_by_type: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "statuses": self.statuses,
            "types": sorted(self.types),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "finding_kind": self.finding_kind,
            "evenly_by_type": self.evenly_by_type,
        }


def draw_sample(
    session: Session,
    *,
    seed: str,
    size: int,
    statuses: Sampled | str,
    by: Person,
    types: Iterable[SummaryType] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    finding_kind: FindingKind | None = None,
    evenly_by_type: bool = False,
) -> QaSample:
    """A new sample by a QA person. Smaller than `size` when the frame is.

    Raises BadInput when nothing fits or the criteria make no sense, NotPermitted.
    """
    check_may_rate(by)
    criteria = Criteria(
        size, _sampled(statuses), tuple(types), since, until, finding_kind, evenly_by_type
    )
    _check_criteria(criteria, seed)
    units = _readable(session, frame(session, criteria), criteria, by)
    if not units:
        raise BadInput("Nothing fits these criteria; choose a longer period or more types.")
    sample = QaSample(
        seed=seed,
        criteria=criteria.to_json(),
        frame_size=len(units),
        frame_hash=frame_hash(units),
        rubric_version=rubric.VERSION,
        made_by=by.id,
    )
    drawn = draw(units, seed=seed, size=size, evenly=evenly_by_type)
    sample.items = [
        QaItem(
            position=n, summary_id=unit.summary_id, version_id=unit.version_id, digest=unit.digest
        )
        for n, unit in enumerate(drawn, start=1)
    ]
    session.add(sample)
    session.flush()
    audit.record(
        session,
        "qa-sample.drawn",
        actor=by.id,
        subject_id=sample.id,
        seed=seed,
        criteria=sample.criteria,
        frame_size=sample.frame_size,
        frame_hash=sample.frame_hash,
    )
    return sample


def close_sample(session: Session, sample: QaSample, *, by: Person) -> None:
    """From now on no rating of it changes. Raises Conflict when it is closed already."""
    check_may_rate(by)
    if sample.closed_at is not None:
        raise Conflict("This sample is closed already.")
    sample.closed_at, sample.closed_by = now(), by.id
    session.flush()
    audit.record(session, "qa-sample.closed", actor=by.id, subject_id=sample.id)


def draw(units: Iterable[Unit], *, seed: str, size: int, evenly: bool = False) -> list[Unit]:
    """The first `size` units in an order that depends on seed and content alone.

    A hash instead of a random generator: adding a text to the frame moves no other, and no
    order of rows or version of a library changes what is drawn.
    """
    ordered = sorted(units, key=lambda unit: _rank(seed, unit))
    if not evenly:
        return ordered[:size]
    names = sorted({unit.stratum for unit in ordered})
    strata = [[unit for unit in ordered if unit.stratum == name] for name in names]
    rounds = zip_longest(*strata)
    return [unit for each in rounds for unit in each if unit is not None][:size]


def _readable(
    session: Session, units: Sequence[Unit], criteria: Criteria, by: Person
) -> list[Unit]:
    """Without the texts that this person may not read, and those that have findings of the kind
    asked for only on what they may not see: to draw one would tell that it is there."""
    version = SummaryVersion
    query = select(Summary, version).join(version, version.summary_id == Summary.id)
    query = query.where(version.id.in_([unit.version_id for unit in units]))
    found = session.execute(query).all()
    open_ = {v.id for _, v in found} - closed_to(session, [(s, v) for s, v in found], by)
    if kind := criteria.finding_kind:
        patients = {v.id: s.patient_ref for s, v in found if v.id in open_}
        open_ &= {f.version_id for f in told_findings(session, patients, by) if f.kind == kind}
    return [unit for unit in units if unit.version_id in open_]


def frame_hash(units: Iterable[Unit]) -> str:
    """SHA-256 over the sorted keys of everything that could have been drawn."""
    return hashlib.sha256("\n".join(sorted(unit.key for unit in units)).encode()).hexdigest()


def frame(session: Session, criteria: Criteria) -> list[Unit]:
    """Everything that could be drawn: of each summary the newest text of the kind asked for."""
    query = _drafts(criteria) if criteria.statuses is Sampled.DRAFTS else _signed(criteria)
    if criteria.types:
        query = query.where(Summary.type.in_(criteria.types))
    if criteria.finding_kind:
        query = query.where(SummaryVersion.findings.any(Finding.kind == criteria.finding_kind))
    newest = {}
    for summary_id, kind, version_id, digest in session.execute(query):
        newest[summary_id] = Unit(summary_id, version_id, digest, kind)
    return list(newest.values())


Rows = Select[str, SummaryType, str, str]


def _drafts(criteria: Criteria) -> Rows:
    """What the system wrote, oldest first: before a person changed a word of it."""
    made_at = SummaryVersion.made_at
    query = _texts().where(SummaryVersion.made_by == SYSTEM, *_within(criteria, made_at))
    return query.order_by(made_at, SummaryVersion.number)


def _signed(criteria: Criteria) -> Rows:
    """What somebody signed, oldest signature first."""
    signed_at = Attestation.signed_at
    same = (Attestation.summary_id == Summary.id, Attestation.digest == SummaryVersion.digest)
    query = _texts().join(Attestation, and_(*same, Attestation.meaning == "signed"))
    return query.where(*_within(criteria, signed_at)).order_by(signed_at, SummaryVersion.number)


def _texts() -> Rows:
    columns = (Summary.id, Summary.type, SummaryVersion.id, SummaryVersion.digest)
    return select(*columns).join(SummaryVersion, SummaryVersion.summary_id == Summary.id)


def _within(criteria: Criteria, column: Column) -> list[ColumnElement[bool]]:
    bounds = []
    if criteria.since:
        bounds.append(column >= criteria.since)
    if criteria.until:
        bounds.append(column < criteria.until)
    return bounds


def _rank(seed: str, unit: Unit) -> bytes:
    return hashlib.sha256(f"{seed}\n{unit.key}".encode()).digest()


def _sampled(statuses: Sampled | str) -> Sampled:
    try:
        return Sampled(statuses)
    except ValueError:
        raise BadInput("Draw from drafts or from signed summaries.") from None


def _check_criteria(criteria: Criteria, seed: str) -> None:
    if not 1 <= criteria.size <= MAX_SIZE:
        raise BadInput(f"Ask for 1 to {MAX_SIZE} summaries.")
    if not seed.strip() or len(seed) > MAX_SEED or "\0" in seed:
        raise BadInput("Give the sample a seed, a word or number of up to 100 characters.")
    if any(at is not None and at.tzinfo is None for at in (criteria.since, criteria.until)):
        raise BadInput("Give the period with a time zone.")
    if criteria.since and criteria.until and criteria.since >= criteria.until:
        raise BadInput("The period ends before it begins.")
