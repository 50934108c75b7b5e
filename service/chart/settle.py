"""After new records came: which version is the latest, which note still stands, what dangles.

Runs over the charts that were touched, once an ingest, while nobody else touches one of them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.chart.binaries import place_binaries
from service.chart.gaps import GapKind
from service.chart.held import Held, in_parts, refs_held
from service.chart.incoming import Envelope, Incoming
from service.chart.inheritance import patients_quoting, settled_labels
from service.chart.marking import Labelled, charts_lacking, label_held, mark_again
from service.chart.models import Chart, SnapshotRecord, SourceRecord
from service.chart.moved import exclude_moved
from service.chart.notes import replaced_notes
from service.chart.record import NOT_HELD, Surroundings, missing_gaps, rendered_columns
from service.chart.standing import DOCUMENTS, EVIDENCE, Verdict, own_standing
from service.chart.turns import hold_charts, hold_common
from service.database import now
from service.fhir import wire
from service.sealing.marking import marked_rows
from service.summary.vocabulary import Standing

LATER_VERSION = "a later version is held"
_NOTE = (
    SourceRecord.id,
    SourceRecord.resource_ref,
    SourceRecord.resource_type,
    SourceRecord.standing,
    SourceRecord.standing_reason,
    SourceRecord.refers_to,
    SourceRecord.received_at,
    SourceRecord.effective_at,
)
_VERSION = (
    SourceRecord.id,
    SourceRecord.resource_ref,
    SourceRecord.updated_at,
    SourceRecord.origin,
    SourceRecord.marking,
)
_table = SourceRecord.__table__
assert isinstance(_table, Table)


def settle(
    session: Session,
    patients: Iterable[str | None],
    *,
    since: datetime,
    labelled: Labelled | None = None,
) -> int:
    """Bring the charts of these patients in order; the number of gaps on records newer than
    `since`. None stands for records in nobody's chart, of which only the new are looked at.
    `labelled` is what came again with labels of its Bundle. Waits for whoever does the same to
    one of these charts, and then sees what they have brought."""
    gaps = 0
    touched = set(patients)
    session.flush()
    hold_common(session, changes=None in touched)
    touched |= charts_lacking(session, labelled or {})
    touched |= place_binaries(session, touched, since=since)
    if None in touched:
        touched |= patients_quoting(session, since)
    hold_charts(session, (ref for ref in touched if ref))
    label_held(session, labelled or {})
    for patient_ref in sorted(touched, key=lambda ref: ref or ""):
        _mark_older_versions(session, patient_ref)
        mark_again(session, patient_ref)
        _render_again(session, patient_ref)
        for loser in exclude_moved(session, patient_ref, since) - {patient_ref}:
            _touch_chart(session, loser)
        gaps += _settle_chart(session, patient_ref, since)
        if patient_ref is not None:
            _touch_chart(session, patient_ref)
    _forget_loaded(session)
    return gaps


def _of(patient_ref: str | None) -> Any:
    if patient_ref is None:
        return SourceRecord.patient_ref.is_(None)
    return SourceRecord.patient_ref == patient_ref


def _mark_older_versions(session: Session, patient_ref: str | None) -> None:
    """Of several versions one is the latest: by the EHR's lastUpdated, else by receipt."""
    here = (_of(patient_ref), SourceRecord.is_latest)
    several = select(SourceRecord.resource_ref).where(*here).group_by(SourceRecord.resource_ref)
    refs = set(session.scalars(several.having(func.count() > 1)))
    query = (
        select(*_VERSION)
        .where(*here, SourceRecord.resource_ref.in_(refs))
        .order_by(SourceRecord.received_at)
    )
    latest: dict[str, Any] = {}
    older: list[str] = []
    sticking: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(query) if refs else ():
        held = latest.get(row.resource_ref)
        if held is not None:
            row, loser = (held, row) if _is_older(row, held) else (row, held)
            older.append(loser.id)
            if not _is_known_newer(row, loser):
                sticking[row.id] |= {*loser.marking.get("own", ()), *loser.marking.get("given", ())}
                sticking[row.id] |= sticking[loser.id]
        latest[row.resource_ref] = row
    _update(
        session,
        [
            {
                "id": id_,
                "is_latest": False,
                "standing": Standing.REPLACED,
                "standing_reason": LATER_VERSION,
            }
            for id_ in older
        ],
    )
    _keep_labels(session, sticking)


def _is_known_newer(row: Any, loser: Any) -> bool:
    """By its stamp, or because the same source gave it later; programs that send are many. Of two
    copies that only came one after the other the second may be of a feed that strips labels: those
    of the first stay."""
    is_stamped = row.updated_at and loser.updated_at and row.updated_at > loser.updated_at
    return bool(is_stamped or (row.origin == loser.origin and row.origin != "rest"))


def _keep_labels(session: Session, sticking: dict[str, set[str]]) -> None:
    for id_, labels in sticking.items():
        record = session.get_one(SourceRecord, id_, populate_existing=True)
        missing = labels.difference(record.marking.get("own", ()))
        if missing:
            given = sorted({*record.marking.get("given", ()), *missing})
            record.marking = record.marking | {"given": given}
            record.labels = sorted({*record.labels, *missing})
    session.flush()


def _is_older(row: Any, held: Any) -> bool:
    return bool(row.updated_at and held.updated_at and row.updated_at < held.updated_at)


def _render_again(session: Session, patient_ref: str | None) -> None:
    """Records whose text lacked something that has come since: a name, a panel's items.

    Never one that a summary was drafted from: its citations count characters in that text.
    """
    dangling = SourceRecord.gaps.contains([{"kind": str(GapKind.REFERENCE)}])
    query = select(SourceRecord.id, SourceRecord.gaps).where(
        _of(patient_ref), SourceRecord.is_latest, dangling
    )
    waiting = {row.id: _sources(row.gaps) for row in session.execute(query)}
    come = refs_held(session, set().union(*waiting.values())) if waiting else set()
    ready = [id_ for id_, refs in waiting.items() if refs & come]
    held = Held(session)
    for start in range(0, len(ready), 200):
        rows = session.execute(
            select(
                SourceRecord.id,
                SourceRecord.raw,
                SourceRecord.resource_ref,
                SourceRecord.refers_to,
                SourceRecord.gaps,
                SourceRecord.patient_ref,
                SourceRecord.marking,
            ).where(
                SourceRecord.id.in_(ready[start : start + 200]),
                SourceRecord.id.not_in(select(SnapshotRecord.record_id)),
            )
        )
        _update(session, [_rendered_again(row, held) for row in rows])


def _sources(gaps: list[dict[str, Any]]) -> set[str]:
    return {g["source"] for g in gaps if g["kind"] == GapKind.REFERENCE and "source" in g}


def _rendered_again(row: Row[Any], held: Held) -> dict[str, Any]:
    resource = wire.parse(row.raw)
    envelope = Envelope(known=dict(row.refers_to))
    given = frozenset(row.marking.get("given", ()))
    incoming = Incoming(row.raw, resource, row.resource_ref, envelope=envelope, labels=given)
    around = Surroundings(incoming, held, row.patient_ref)
    columns = rendered_columns(resource, around)
    kept = [g for g in row.gaps if g["kind"] == GapKind.VALIDATION]
    return {"id": row.id} | columns | {"gaps": kept + columns["gaps"]}


def _settle_chart(session: Session, patient_ref: str | None, since: datetime) -> int:
    """Dangling references, standing of notes, inherited labels; counts gaps on new records."""
    _mark_dangling(session, patient_ref, since)
    if patient_ref is not None:
        _mark_replaced_notes(session, patient_ref)
        labels = settled_labels(session, patient_ref)
        _update(session, [{"id": id_, "labels": codes} for id_, codes in labels.items()])
    counted = select(func.sum(func.jsonb_array_length(SourceRecord.gaps)))
    return session.scalar(counted.where(_of(patient_ref), SourceRecord.received_at >= since)) or 0


def _mark_dangling(session: Session, patient_ref: str | None, since: datetime) -> None:
    """A gap for each reference that leads to nothing held, on the records that have such."""
    chosen = [_of(patient_ref), SourceRecord.is_latest]
    if patient_ref is None:
        chosen.append(SourceRecord.received_at >= since)
    lost = _lost_targets(session, chosen)
    marked = SourceRecord.gaps.contains([{"kind": str(GapKind.REFERENCE)}])
    light = select(SourceRecord.id, SourceRecord.gaps)
    held = {row.id: row.gaps for row in session.execute(light.where(*chosen, marked))}
    for some in in_parts(lost.keys() - held.keys()):
        held |= {r.id: r.gaps for r in session.execute(light.where(SourceRecord.id.in_(some)))}
    wanted = {id_: _with_dangling(gaps, lost.get(id_, set())) for id_, gaps in held.items()}
    _update(
        session, [{"id": id_, "gaps": gaps} for id_, gaps in wanted.items() if gaps != held[id_]]
    )


def _lost_targets(session: Session, chosen: list[Any]) -> dict[str, set[str]]:
    """Record id -> what it refers to and is not held.

    Three plain queries: one anti-join would be planned on the statistics of a table that this
    very transaction has filled, and was seen to take minutes instead of milliseconds.
    """
    each = func.jsonb_each_text(SourceRecord.refers_to).table_valued("key", "value").lateral()
    target = each.c.value.label("target")
    pairs = select(SourceRecord.id, target).join_from(SourceRecord, each, true()).where(*chosen)
    targets = set(session.scalars(select(pairs.subquery().c.target).distinct()))
    lost = targets - refs_held(session, targets)
    found: dict[str, set[str]] = defaultdict(set)
    for some in in_parts(lost):
        for id_, named in session.execute(pairs.where(each.c.value.in_(some))):
            found[id_].add(named)
    return found


def _with_dangling(gaps: list[dict[str, Any]], dangling: set[str]) -> list[dict[str, Any]]:
    kept = [g for g in gaps if g["reason"] != NOT_HELD]
    return kept + missing_gaps(dangling)


def _mark_replaced_notes(session: Session, patient_ref: str) -> None:
    """A note that another replaced; or one that stands again because the other fell."""
    query = select(*_NOTE).where(
        _of(patient_ref), SourceRecord.is_latest, SourceRecord.resource_type.in_(DOCUMENTS)
    )
    rows = list(session.execute(query))
    replaced = replaced_notes(session, rows)
    changes = []
    for row in rows:
        standing = _standing(session, row, replaced)
        if standing != (row.standing, row.standing_reason):
            changes.append({"id": row.id, "standing": standing[0], "standing_reason": standing[1]})
    _update(session, changes)


def _standing(session: Session, row: Row[Any], replaced: dict[str, str]) -> Verdict:
    if row.standing == Standing.EVIDENCE and row.resource_ref in replaced:
        return Standing.REPLACED, f"replaced by {replaced[row.resource_ref]}"
    if row.standing == Standing.REPLACED and row.resource_ref not in replaced:
        raw = session.scalar(select(SourceRecord.raw).where(SourceRecord.id == row.id))
        return own_standing(wire.parse(raw)) if raw else EVIDENCE
    return row.standing, row.standing_reason


def _touch_chart(session: Session, patient_ref: str) -> None:
    """The chart has changed; whoever indexes it looks at `changed_at`."""
    statement = insert(Chart).values(patient_ref=patient_ref, changed_at=now(), gaps=[])
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Chart.patient_ref], set_={"changed_at": now()}
        )
    )


def _forget_loaded(session: Session) -> None:
    """Rows were written past the session: what it has loaded of them must be read again."""
    for loaded in list(session.identity_map.values()):
        if isinstance(loaded, SourceRecord | Chart):
            session.expire(loaded)


def _update(session: Session, changes: list[dict[str, Any]]) -> None:
    """Write these columns of these rows, by id; all have the same columns."""
    if not changes:
        return
    names = [name for name in changes[0] if name != "id"]
    changes = _marked(session, changes) if "text" in names else changes
    assert isinstance(_table, Table)
    statement = (
        update(_table)
        .where(_table.c.id == bindparam("_id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    session.connection().execute(
        statement,
        [{"_id": c["id"], **{f"new_{name}": c[name] for name in names}} for c in changes],
    )


def _marked(session: Session, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    whose = select(SourceRecord.id, SourceRecord.patient_ref, SourceRecord.resource_type)
    rows = session.execute(whose.where(SourceRecord.id.in_([c["id"] for c in changes])))
    of = {row.id: row._asdict() for row in rows}
    return marked_rows(session, SourceRecord, [c | of[c["id"]] for c in changes])
