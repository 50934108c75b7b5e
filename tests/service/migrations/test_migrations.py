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


@pytest.fixture
def application(empty_engine):
    """An engine as the role that works with the tables and does not own them."""
    migrations.upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS countersign_app"))
        connection.execute(text("CREATE ROLE countersign_app LOGIN PASSWORD 'app'"))
    migrations.grant(empty_engine, to="countersign_app")
    url = empty_engine.url.set(username="countersign_app", password="app")
    engine = create_engine(url)
    yield engine
    engine.dispose()
    with empty_engine.begin() as connection:
        connection.execute(text("DROP OWNED BY countersign_app"))
        connection.execute(text("DROP ROLE countersign_app"))


ROW = (
    "INSERT INTO audit_events (seq, at, action, actor, detail, previous_hash, hash) "
    "VALUES (1, now(), 'x', 'y', '{}', '', '')"
)


def test_the_application_adds_to_the_audit_and_cannot_change_it(application):
    with application.begin() as connection:
        connection.execute(text(ROW))
        connection.execute(text("DELETE FROM summaries"))
    for statement in (
        "UPDATE audit_events SET actor = 'x'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON audit_events",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        with pytest.raises(DBAPIError), application.begin() as connection:
            connection.execute(text(statement))
