"""Marks what is written with the key of its owner, through the mapper and past it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Column, Connection, Select, Table, delete, event, inspect
from sqlalchemy.orm import Mapper, Session, object_session

from service.database import Base
from service.sealing.cipher import DataKey, row_tag
from service.sealing.columns import Mark, marked, place_columns, sealed_columns
from service.sealing.keyring import keyring_of
from service.sealing.models import PatientKey
from service.sealing.owners import Known, owner_of


@dataclass
class _Taken:
    """What one transaction has looked up; a key that it has taken nobody destroys meanwhile."""

    of: Any = None
    keys: dict[str, DataKey] = field(default_factory=dict)
    owners: Known = field(default_factory=dict)


def key_of_patient(session: Session, patient_ref: str) -> DataKey:
    """The patient's key, made at first use; not held, for who only reads with it."""
    connection = session.connection()
    return keyring_of(connection.dialect).of(connection, patient_ref, hold=False)


def marked_rows(
    session: Session, kind: type[Base] | Table, rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows for an INSERT or UPDATE past the mapper, each with its primary key and with whatever
    says whose it is."""
    table = kind if isinstance(kind, Table) else cast(Table, kind.__table__)
    connection, taken = session.connection(), _taken(session)
    columns, done = sealed_columns(table), []
    owned = [(owner_of(connection, table, row, taken.owners), row) for row in rows]
    if wanted := {owner for owner, _ in owned} - taken.keys.keys():
        taken.keys |= keyring_of(connection.dialect).of_all(connection, wanted, hold=True)
    for owner, row in owned:
        mark = Mark(taken.keys[owner], _tag(table, row))
        change = {c.name: marked(row[c.name], c, mark) for c in columns if c.name in row}
        done.append({**row, **change})
    return done


def learn_keys(session: Session, owners: Select[Any]) -> None:
    """Before many rows of many patients are read: their keys are fetched together."""
    connection = session.connection()
    keyring_of(connection.dialect).learn(connection, owners)


def destroy_keys(session: Session, owners: Iterable[str]) -> int:
    """Wait for whoever is sealing with one of these keys, then remove them; how many. What they
    sealed can be read by nobody from when this transaction commits; within it it still is."""
    gone = set(owners)
    mine = delete(PatientKey).where(PatientKey.patient_ref.in_(gone))
    destroyed = session.scalars(mine.returning(PatientKey.id)).all()
    for owner in gone:
        _taken(session).keys.pop(owner, None)
    return len(destroyed)


def _mark(connection: Connection, table: Table, row: Mapping[str, Any], taken: _Taken) -> Mark:
    owner = owner_of(connection, table, row, taken.owners)
    if owner not in taken.keys:
        taken.keys[owner] = keyring_of(connection.dialect).of(connection, owner, hold=True)
    return Mark(taken.keys[owner], _tag(table, row))


def _tag(table: Table, row: Mapping[str, Any]) -> bytes:
    return row_tag(*(row[column.name] for column in table.primary_key))


def _taken(session: Session) -> _Taken:
    """Of the innermost transaction: a savepoint that is rolled back lets go of what it held."""
    now_in = session.get_nested_transaction() or session.get_transaction()
    taken: _Taken | None = session.info.get("taken_keys")
    if taken is None or taken.of is not now_in:
        taken = session.info["taken_keys"] = _Taken(now_in)
    return taken


@event.listens_for(Mapper, "after_mapper_constructed")
def _place(mapper: Mapper[Any], _class: type) -> None:
    place_columns(cast(Table, mapper.local_table))


@event.listens_for(Mapper, "before_insert")
def _before_insert(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    if columns := sealed_columns(cast(Table, mapper.local_table)):
        for key in mapper.primary_key:
            if getattr(target, key.name) is None and key.default is not None:
                setattr(target, key.name, cast(Any, key.default).arg(None))
        _put_marks(mapper, connection, target, [c for c in columns if target.__dict__.get(c.name)])


@event.listens_for(Mapper, "before_update")
def _before_update(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    if columns := sealed_columns(cast(Table, mapper.local_table)):
        attributes = inspect(target).attrs
        changed = [c for c in columns if c.name in target.__dict__]
        changed = [c for c in changed if attributes[c.name].history.has_changes()]
        _put_marks(mapper, connection, target, changed)


def _put_marks(mapper: Mapper[Any], connection: Connection, target: Any, columns: Any) -> None:
    """Beside the attributes' history: the values are the same."""
    session = object_session(target)
    if not columns or session is None:
        return
    table = cast(Table, mapper.local_table)
    row = {c.name: getattr(target, c.name) for c in table.columns if says_whose(c)}
    mark = _mark(connection, table, row, _taken(session))
    for column in columns:
        target.__dict__[column.name] = marked(target.__dict__[column.name], column, mark)


def says_whose(column: Column[Any]) -> bool:
    is_told = column.name in ("patient_ref", "resource_type")
    return is_told or column.primary_key or bool(column.foreign_keys)


@event.listens_for(Mapper, "after_insert")
@event.listens_for(Mapper, "after_update")
def _unmark(mapper: Mapper[Any], _connection: Connection, target: Any) -> None:
    for column in sealed_columns(cast(Table, mapper.local_table)):
        value = target.__dict__.get(column.name)
        if hasattr(value, "mark"):
            target.__dict__[column.name] = column.type.kind(value)  # type: ignore[attr-defined]
