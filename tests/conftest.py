"""Real parts for every test: PostgreSQL, Redis and Chroma, started once for a run."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from celery import Celery
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from service import audit, database, migrations, queue
from service.embedded import environment, running_parts
from service.retrieval.minilm import MiniLM
from service.sealing import keyring
from service.settings import Settings
from tests import order

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = order.in_order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return order.scheduler(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_finish() -> None:
    """The thousands of tests themselves are no garbage: each collection would look at them all."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def new_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a folder for parts. The embedding network takes seconds to build, so that all
    processes of a run keep one."""
    run = tmp_path_factory.getbasetemp()
    models = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "models"
    models.mkdir(exist_ok=True)

    def make(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        (folder / "models").symlink_to(models)
        return folder

    return make


@pytest.fixture(scope="session")
def settings(new_data_dir: Callable[[str], Path]) -> Iterator[Settings]:
    """Settings that point at the parts of this run."""
    with running_parts(Settings(data_dir=new_data_dir("parts"))) as parts:
        yield parts.settings


@pytest.fixture(scope="session")
def minilm(settings: Settings) -> MiniLM:
    """The real embedder."""
    return MiniLM(settings.data_dir / "models")


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    assert settings.database_url
    engine = database.open_engine(settings.database_url.get_secret_value())
    keyring.give_keys(engine, keyring.key_of(settings))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def rung() -> list[tuple[queue.TaskName, dict[str, str]]]:
    """What the bell rang for in this test; no worker listens."""
    return []


@pytest.fixture
def narrow(engine: Engine, settings: Settings) -> Iterator[Engine]:
    """One connection: who holds it while asking for another waits in vain."""
    narrow = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=30)
    keyring.give_keys(narrow, keyring.key_of(settings))
    yield narrow
    narrow.dispose()


@pytest.fixture
def sessions(engine: Engine, settings: Settings, rung: list) -> Iterator[sessionmaker[Session]]:
    """A session factory with audit chain and bell, on empty tables: emptied after the test, and
    before it of what a command or a worker left, which has no such fixture."""
    empty(engine)
    factory = database.session_factory(engine)
    audit.keep_chain(factory, audit.key_of(settings))
    queue.hang_bell(factory, lambda task, ids: rung.append((task, ids)))
    yield factory
    empty(engine)


def empty(engine: Engine) -> None:
    """By DELETE: TRUNCATE makes new files for fifty tables, and takes a hundred times as long."""
    tables = [table.name for table in database.Base.metadata.sorted_tables]
    with engine.begin() as connection:
        # The audit refuses to be emptied; only here, as the owner, the trigger is passed over, and
        # with it what keeps the order of the tables.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        # Whoever still writes is waited for: their rows are to go too.
        connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE"))
        connection.execute(text("; ".join(f"DELETE FROM {each}" for each in tables)))


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One open session; tests flush or commit it themselves."""
    with sessions() as session:
        yield session


@pytest.fixture(scope="session")
def worker_app(settings: Settings) -> Iterator[Celery]:
    """The Celery application as a worker sees it; no worker runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(settings).items():
            patch.setenv(name, value)
        from workers.app import app

        structlog.reset_defaults()  # it holds the stderr of the test that asked first
        app.loader.import_default_modules()
        yield app


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Third-party data beside the project; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("third-party data (../shared/data) is not on this machine")
    return SHARED_DATA
