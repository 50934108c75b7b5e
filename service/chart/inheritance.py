"""Where labels stick: to what was made in a labelled visit, stands in a labelled list, or says
something in the words of a labelled record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, String, func, null, or_, select, type_coerce
from sqlalchemy.orm import Session

from service.chart.held import in_parts
from service.chart.models import SourceRecord

HOLDERS = ("Encounter", "EpisodeOfCare")
_COLUMNS = (
    SourceRecord.id,
    SourceRecord.resource_ref,
    SourceRecord.encounter_ref,
    SourceRecord.labels,
    SourceRecord.refers_to,
)
_IS_LABELLED = func.jsonb_array_length(SourceRecord.labels) > 0

Labels = dict[str, set[str]]


def settled_labels(session: Session, patient_ref: str) -> dict[str, list[str]]:
    """Record id -> all its labels, for those of this chart whose labels were others."""
    latest = (SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest)
    rows = list(session.execute(select(*_COLUMNS, SourceRecord.marking).where(*latest)))
    outside = _quoted_elsewhere(session, rows)
    if not outside and not any(row.labels for row in rows):
        return {}
    spreading = spread([*rows, *outside])
    mine = {row.id: sorted(row.labels) for row in rows}
    return {id_: codes for id_, codes in spreading.items() if mine.get(id_, codes) != codes}


def patients_quoting(session: Session, since: datetime) -> set[str]:
    """Whose charts name something of nobody's chart that came since with a label: a medicine, a
    programme, an organization. Also where its words are not in the text yet, since it had not come
    when that was written."""
    new = select(SourceRecord.resource_ref).where(
        SourceRecord.patient_ref.is_(None), SourceRecord.received_at >= since, _IS_LABELLED
    )
    refs = list(session.scalars(new))
    if not refs:
        return set()
    wanted = type_coerce(refs, ARRAY(String))
    names = or_(
        func.jsonb_exists_any(SourceRecord.marking["quotes"], wanted),
        func.jsonb_exists_any(SourceRecord.refers_to, wanted),
    )
    query = select(SourceRecord.patient_ref).where(SourceRecord.is_latest, names).distinct()
    return {ref for ref in session.scalars(query) if ref}


def spread(
    rows: Sequence[Any], *, written: Mapping[str, Iterable[str]] | None = None
) -> dict[str, list[str]]:
    """Record id -> all its labels. Rows (or records) of one chart and what it quotes; `written`
    are labels, by record id, that were found in a resource and are not kept with its row.

    Down from encounters and episodes, documents and lists go the labels that these carry
    themselves; into a text go all labels of whatever it quotes, however many steps away.
    """
    more = written or {}
    own = {row.id: _own(row).union(more.get(row.id, ())) for row in rows}
    ids = _ids_of(rows)
    _hand_down(rows, own, ids)
    _close(own, {row.id: _found(_quotes(row), ids) for row in rows})
    return {id_: sorted(codes) for id_, codes in own.items()}


def _ids_of(rows: Sequence[Any]) -> dict[str, list[str]]:
    """Reference -> ids of the rows that it means now: never an older version."""
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if getattr(row, "is_latest", True) is not False:
            ids[row.resource_ref].append(row.id)
    return ids


def _found(refs: Iterable[str], ids: Mapping[str, list[str]]) -> set[str]:
    return {id_ for ref in refs for id_ in ids.get(ref, ())}


def _hand_down(rows: Sequence[Any], labels: Labels, ids: Mapping[str, list[str]]) -> None:
    """What a document hands on is told item by item, since its sections differ; what it has from
    its own encounter it hands on whole."""
    above = {row.id: _found(_parents(row), ids) for row in rows}
    handing = {row.id: set() if _hands(row) else set(labels[row.id]) for row in rows}
    for row in rows:
        for ref, codes in _hands(row).items():
            for id_ in ids.get(ref, ()):
                above[id_].add(row.id)
                handing[id_].update(codes)
    _close(handing, above)
    for id_, handed in handing.items():
        labels[id_] |= handed


def _close(labels: Labels, edges: Mapping[str, Iterable[str]]) -> None:
    """Let each take the labels of those that it points at, until nothing moves; circles too."""
    pointing: dict[str, list[str]] = defaultdict(list)
    for id_, targets in edges.items():
        for target in targets:
            pointing[target].append(id_)
    moving = [id_ for id_, codes in labels.items() if codes]
    while moving:
        target = moving.pop()
        for id_ in pointing[target]:
            if not labels[target] <= labels[id_]:
                labels[id_] |= labels[target]
                moving.append(id_)


def _own(row: Any) -> set[str]:
    """What the record carries itself or has from its Bundle; of a record that was kept before
    this was told apart, all that it has."""
    marking = row.marking or {}
    if "own" not in marking:
        return set(row.labels or ())
    return {*marking["own"], *marking.get("given", ())}


def _hands(row: Any) -> dict[str, list[str]]:
    return (row.marking or {}).get("hands") or {}


def _quotes(row: Any) -> set[str]:
    return set((row.marking or {}).get("quotes", ()))


def _parents(row: Any) -> set[str]:
    """Its encounter; for an encounter also what it is part of, and its episodes."""
    found = {row.encounter_ref} if row.encounter_ref else set()
    found |= {t for t in (row.refers_to or {}).values() if t.startswith("EpisodeOfCare/")}
    return found - {row.resource_ref}


def _quoted_elsewhere(session: Session, rows: Sequence[Any]) -> list[Any]:
    """Labelled records outside this chart in whose words something in it speaks."""
    here = {row.resource_ref for row in rows}
    wanted = set().union(*map(_quotes, rows)) - here if rows else set()
    found: list[Any] = []
    for some in in_parts(wanted):
        query = select(*_COLUMNS, null().label("marking")).where(
            SourceRecord.resource_ref.in_(some), SourceRecord.is_latest, _IS_LABELLED
        )
        found += session.execute(query)
    return found
