"""The schema's history. `upgrade()` brings a database to the newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from service.sealing.plain import seal_plain

KEYS = "0022"  # after it texts can be sealed, and the next one refuses what is not
MIGRATION_LOCK = 0x4D696772  # two starts at once: the second waits and finds nothing to do


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply what is missing, once, whoever else is starting. Chart text from before there were
    keys is sealed on the way, in transactions of its own: what was stopped goes on from there."""
    if revision == "head" and not is_current(engine):
        _apply(engine, KEYS)
        seal_plain(engine)
    _apply(engine, revision)


def _apply(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        command.upgrade(_config(connection), revision)


# What the application may do with the tables that it does not own: the audit it only adds to.
_GRANTS = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM {app};
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {app};
"""


def grant(engine: Engine, *, to: str) -> None:
    """Let the application's role work with tables that the owner has made, and not own them."""
    with engine.begin() as connection:
        app = connection.dialect.identifier_preparer.quote(to)
        connection.execute(text(_GRANTS.format(app=app)))


def downgrade(engine: Engine, revision: str) -> None:
    """Take back to an older revision."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        return at == ScriptDirectory.from_config(_config(connection)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    # The path has no % in it for alembic to interpolate: it doubles those itself.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
