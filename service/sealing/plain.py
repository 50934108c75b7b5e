"""Seals what was kept before there were keys, and undoes it: rows by rows, in short steps."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Table,
    and_,
    bindparam,
    delete,
    func,
    inspect,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session, sessionmaker

from service.database import Base, session_factory, transaction
from service.sealing.cipher import PLAIN
from service.sealing.columns import AS_BYTES, sealed_columns
from service.sealing.keyring import UNWRAPPED, keyring_of
from service.sealing.marking import marked_rows, says_whose
from service.sealing.models import PatientKey

Columns = tuple[Column[Any], ...]
ROWS = 200  # of one transaction
_keys = cast(Table, PatientKey.__table__)


def seal_plain(engine: Engine) -> int:
    """Seal what lies plain in the tables that alembic has told us of; how many rows. Each step
    commits: it can be stopped, and goes on where it was. Two at once do no harm."""
    sessions, count = session_factory(engine), 0
    with transaction(sessions) as session:
        _wrap_secrets(session)
        tables = _tables(session.connection())
    for table, columns in tables:
        last: tuple[Any, ...] | None = None
        while rows := _seal_some(sessions, table, columns, last):
            last, count = _key(table, rows[-1]), count + len(rows)
    return count


def _seal_some(
    sessions: sessionmaker[Session], table: Table, columns: Columns, last: Any
) -> list[dict[str, Any]]:
    with transaction(sessions) as session:
        query = _rows(table, columns).where(or_(*map(_is_plain, columns))).limit(ROWS)
        if last is not None:
            query = query.where(tuple_(*table.primary_key) > tuple_(*map(literal, last)))
        found = session.execute(query.with_for_update(skip_locked=True))
        rows = [dict(row) for row in found.mappings()]
        if rows:
            changed = marked_rows(session, table, rows)
            _write(session.connection(), table, columns, changed, lambda column: column.type)
        return rows


def seal_here(connection: Connection, name: str) -> None:
    """Seal what lies plain in a table of few rows, in the transaction of a migration."""
    table = Base.metadata.tables[name]
    columns = sealed_columns(table)
    found = connection.execute(_rows(table, columns).where(or_(*map(_is_plain, columns))))
    if rows := [dict(row) for row in found.mappings()]:
        changed = marked_rows(Session(connection), table, rows)
        _write(connection, table, columns, changed, lambda column: column.type)


def opened_column(connection: Connection, name: str, column: str) -> dict[str, Any]:
    """Row id -> what is sealed in this column, for a migration that goes down."""
    columns = Base.metadata.tables[name].columns
    query = select(columns["id"], columns[column])
    return dict(connection.execute(query).all())


def unseal(connection: Connection) -> None:
    """Leave all of it plain, in this one transaction: for a schema that knows of no keys."""
    for table, columns in _tables(connection):
        kinds = {c.name: AS_BYTES[c.type.kind] for c in columns}  # type: ignore[attr-defined]
        found = connection.execute(_rows(table, columns).execution_options(yield_per=ROWS))
        for part in found.mappings().partitions(ROWS):
            rows = [dict(r) | {n: _plain(r[n], to) for n, to in kinds.items()} for r in part]
            _write(connection, table, columns, rows, lambda _: LargeBinary())
    connection.execute(delete(_keys).where(~_keys.c.patient_ref.startswith("Patient/")))
    for key_id in connection.scalars(select(_keys.c.id)).all():
        plain = {"secret": keyring_of(connection.dialect).named(key_id).secret}
        connection.execute(update(_keys).where(_keys.c.id == key_id).values(plain))


def _plain(value: Any, as_bytes: Callable[[Any], bytes]) -> bytes | None:
    if not value:
        return None if value is None else b""
    return PLAIN + as_bytes(value)


def _tables(connection: Connection) -> list[tuple[Table, Columns]]:
    """Those that there are at this revision, each with its sealed columns of this revision: a later
    one may add both."""
    seen = inspect(connection)
    there = {
        name: {c["name"] for c in seen.get_columns(name) if isinstance(c["type"], LargeBinary)}
        for name in seen.get_table_names()
    }
    held = [(table, _there(table, there)) for table in Base.metadata.sorted_tables]
    return [(table, columns) for table, columns in held if columns]


def _there(table: Table, there: dict[str, set[str]]) -> Columns:
    return tuple(c for c in sealed_columns(table) if c.name in there.get(table.name, ()))


def _rows(table: Table, sealed: Columns) -> Any:
    columns = {*table.primary_key, *filter(says_whose, table.columns), *sealed}
    return select(*(c for c in table.columns if c in columns)).order_by(*table.primary_key)


def _is_plain(column: Column[Any]) -> ColumnElement[bool]:
    return func.substring(type_coerce(column, LargeBinary), 1, 1) == PLAIN


def _key(table: Table, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _write(
    connection: Connection,
    table: Table,
    columns: Columns,
    rows: list[dict[str, Any]],
    kind: Any,
) -> None:
    keys = list(table.primary_key)
    new = {c.name: bindparam(f"new_{c.name}", type_=kind(c)) for c in columns}
    here = and_(*(key == bindparam(f"old_{key.name}") for key in keys))
    told = [
        {f"new_{c.name}": row[c.name] for c in columns}
        | {f"old_{k.name}": row[k.name] for k in keys}
        for row in rows
    ]
    connection.execute(update(table).where(here).values(new), told)


def _wrap_secrets(session: Session) -> None:
    rows = select(_keys).where(func.length(_keys.c.secret) == UNWRAPPED).with_for_update()
    _wrap(session.connection(), session.connection().execute(rows).all())


def rewrap(session: Session) -> int:
    """Wrap every key with the site's key of today, whichever it is wrapped with; how many. What
    the keys have sealed stays as it is. Raises Unavailable where neither opens one."""
    rows = session.connection().execute(select(_keys).with_for_update()).all()
    _wrap(session.connection(), rows)
    return len(rows)


def _wrap(connection: Connection, rows: Sequence[Any]) -> None:
    if not rows:
        return
    keyring = keyring_of(connection.dialect)
    told = [
        {"owner": row.patient_ref, "new": keyring.wrapped(row.patient_ref, row.id, secret)}
        for row in rows
        for secret in [keyring.unwrapped(row.patient_ref, row.id, row.secret)]
    ]
    mine = update(_keys).where(_keys.c.patient_ref == bindparam("owner"))
    connection.execute(mine.values(secret=bindparam("new")), told)
