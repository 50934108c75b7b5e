"""An officer's word on notes that are withheld by their look: confirmed, or released.

It holds for that version of that note; a text that changes is looked at anew. Nothing is learned
from it: what the tagger looks for is changed by people, in tagger.toml.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from service import audit
from service.access.labels import names_of, resource_of
from service.access.policy import LABEL_OF
from service.access.tagger import Tag, tags_of
from service.audit import AuditEvent
from service.chart.models import Chart, SourceRecord
from service.database import now
from service.errors import Conflict, NotFound

RELEASED, CONFIRMED = "released", "confirmed"
LISTED = "withheld.viewed"
# Acts whose rows tell which patients have such notes: for the one role that decides about them.
ACTS = (LISTED, f"note.{RELEASED}", f"note.{CONFIRMED}")
LOOKED_THROUGH = 400  # notes of one page: each is read by the tagger


@dataclass(frozen=True)
class HeldNote:
    """A note as the officer sees it: what it is and why it is withheld, none of its words."""

    record_id: str
    patient_ref: str
    source_ref: str
    effective: str
    author_role: str
    reasons: Sequence[str]


def tells_of_notes(act: AuditEvent) -> bool:
    """Whether the row tells that a patient has such notes: the act itself, or that it was looked
    for in the audit."""
    return act.action in ACTS or act.detail.get("asked_action") in ACTS


def rows_of_notes() -> ColumnElement[bool]:
    """The same, asked of the database."""
    asked = func.coalesce(AuditEvent.detail["asked_action"].astext, "")
    return or_(AuditEvent.action.in_(ACTS), asked.in_(ACTS))


def is_released(record: SourceRecord) -> bool:
    return (record.marking or {}).get("ruling") == RELEASED


def undecided(session: Session, *, after: str = "") -> tuple[list[HeldNote], str | None]:
    """Notes that are withheld by their look alone, and where to go on; None at the end."""
    record = SourceRecord
    query = (
        select(record)
        .where(record.is_note, record.is_latest, record.id > after)
        .where(record.marking["ruling"].astext.is_(None))
        .order_by(record.id)
        .limit(LOOKED_THROUGH)
    )
    notes = list(session.scalars(query))
    found = [_held(note, tags) for note in notes if (tags := _tags(note))]
    return found, notes[-1].id if len(notes) == LOOKED_THROUGH else None


def release(session: Session, record_id: str, *, by: str) -> None:
    """It is an ordinary note. Raises NotFound, Conflict where its own label withholds it."""
    note, tags = _found(session, record_id)
    if {LABEL_OF[kind] for kind, _ in tags} & set(note.labels):
        raise Conflict("This note carries the label itself. Have it changed where it is written.")
    _rule(session, note, tags, RELEASED, by=by)


def confirm(session: Session, record_id: str, *, by: str) -> None:
    """It is protected: from now on as if it had been labelled. Raises NotFound."""
    note, tags = _found(session, record_id)
    _rule(session, note, tags, CONFIRMED, by=by)


def _found(session: Session, record_id: str) -> tuple[SourceRecord, tuple[Tag, ...]]:
    note = session.get(SourceRecord, record_id, with_for_update=True)
    tags = _tags(note) if note is not None and note.is_latest else ()
    if note is None or not tags:
        raise NotFound("No note of this id is withheld by its look, or no longer. Look again.")
    return note, tags


def _rule(
    session: Session, note: SourceRecord, tags: tuple[Tag, ...], ruling: str, *, by: str
) -> None:
    labels = sorted({LABEL_OF[kind] for kind, _ in tags})
    given = set(note.marking.get("given", ()))
    if ruling == CONFIRMED:
        note.labels = sorted({*note.labels, *labels})
        given.update(labels)
    note.marking = note.marking | {"ruling": ruling, "given": sorted(given)}
    # Whoever indexes the chart looks at this, and decides on it anew.
    changed = update(Chart).where(Chart.patient_ref == note.patient_ref).values(changed_at=now())
    session.execute(changed)
    audit.record(
        session,
        f"note.{ruling}",
        actor=by,
        patient_ref=note.patient_ref,
        record=note.resource_ref,
        version=note.version,
        labels=labels,
    )


def _tags(note: SourceRecord) -> tuple[Tag, ...]:
    return tags_of(names_of(note, resource_of(note)), note.author_role or "", note.text or "")


def _held(note: SourceRecord, tags: tuple[Tag, ...]) -> HeldNote:
    reasons = [why for _, why in tags]
    return HeldNote(
        note.id,
        note.patient_ref or "",
        note.resource_ref,
        note.effective,
        note.author_role,
        reasons,
    )
