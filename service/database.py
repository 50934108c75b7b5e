"""PostgreSQL: the one engine, the one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import uuid4

import orjson
from sqlalchemy import DateTime, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from service.errors import Conflict

# Opens a transaction of its own: for whoever waits between two of them and must hold no connection.
Transactions = Callable[[], AbstractContextManager[Session]]


class Base(DeclarativeBase):
    """Every table. JSON columns hold values made by our own dataclasses."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
        # By value ("in-review"), as text: readable in the database, and a new word of the
        # vocabulary needs no migration.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=False,
            length=32,
            values_callable=lambda words: [word.value for word in words],
        ),
    }


def new_id() -> str:
    """An opaque row id: 32 hex digits."""
    return uuid4().hex


def now() -> datetime:
    """This instant in UTC; the only clock rows are stamped with."""
    return datetime.now(UTC)


def open_engine(url: str, **pool: int) -> Engine:
    """An engine on psycopg; plain `postgresql://` addresses are accepted. `pool` as for
    create_engine()."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # pool_pre_ping: a restarted PostgreSQL costs one round trip instead of one failed request.
    # hide_parameters: the values of a statement that failed are chart text, and would stand in
    # the message of its error, on their way to a log.
    # json_deserializer: two JSON columns of each record are read, thousands for a draft.
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True, json_deserializer=orjson.loads, **pool
    )
    event.listen(engine, "connect", _speak_utc)
    return engine


def _speak_utc(connection: Any, _record: Any) -> None:
    """Instants come back in UTC whatever the server's zone is: a day told from one is the same
    on every machine."""
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Commit on success, roll back on error. A row changed by somebody else is a Conflict."""
    with sessions() as session:
        try:
            with session.begin():
                yield session
        except StaleDataError:
            raise Conflict("Somebody changed this at the same moment. Look again.") from None
