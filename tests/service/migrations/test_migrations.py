"""The schema's history goes up and down, and ends where the models are."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from service import migrations
from service.database import transaction
from service.migrations.tables import METADATA
from service.summary import progress
from service.summary.vocabulary import SummaryType


@pytest.fixture
def empty_engine(engine):
    """A database of its own beside the one of this run."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrations"))
        connection.execute(text("CREATE DATABASE migrations"))
    fresh = create_engine(engine.url.set(database="migrations"))
    yield fresh
    fresh.dispose()


def differences(engine):
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), METADATA)


def test_the_newest_revision_is_what_the_models_say(empty_engine):
    assert not migrations.is_current(empty_engine)
    migrations.upgrade(empty_engine)
    assert migrations.is_current(empty_engine)
    assert differences(empty_engine) == []


def test_every_revision_goes_down_and_up_again(empty_engine):
    migrations.upgrade(empty_engine)
    migrations.downgrade(empty_engine, "base")
    migrations.upgrade(empty_engine)
    assert differences(empty_engine) == []


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"],
)
def test_the_database_refuses_to_change_the_audit(sessions, change):
    with transaction(sessions) as session:
        progress.request_summary(session, "Patient/1", SummaryType.HANDOFF, actor="dr-a")
    with pytest.raises(DBAPIError, match="only ever added"), transaction(sessions) as session:
        session.execute(text(change))
