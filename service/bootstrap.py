"""Builds the real adapters once, for both doors: FHIR client, passage index, writer, bell."""

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import structlog
from celery import Celery
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from service import audit, database, migrations, queue
from service.drafting.prompts import Prompt, load_prompts
from service.drafting.underway import UnderWay
from service.drafting.writers import Writer, build_writer
from service.errors import WrongSetting
from service.fhir.client import FhirClient
from service.fhir.connecting import connect
from service.retrieval.embedding import build_embedder, former_embedders
from service.retrieval.index import PassageIndex
from service.retrieval.place import place_of
from service.sealing import keyring
from service.settings import Settings
from service.summary.turns import LAST, turn_of
from service.summary.vocabulary import SummaryType
from service.verification.entailment.choice import local, scorer_of
from service.verification.entailment.scorer import Scorer
from service.verification.held import CHARTS, SCORER, new_charts

# Ten lists for one queue, the first emptied first; see summary/turns.py.
IN_TURN = {"priority_steps": list(range(LAST + 1)), "queue_order_strategy": "priority"}
# As many connections as the web has threads: no request waits for one of another's.
POOL = {"pool_size": 5, "max_overflow": 35}
BELL_TIMEOUT_S = 2.0  # a Redis that hangs must not hold the answer to a committed request


def look_for_garbage_seldom() -> None:
    """For a process that stays. A chart in the making is a million objects and no garbage: looked
    at every 700, as Python does unless told, one of 5,000 records takes 1.7 s of a processor
    instead of 1.0, and a draft of it 3.4 s instead of 2.4."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def configure_logging(settings: Settings) -> None:
    """One line of key=value on stderr an event, from the level that is set."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    for chatty in ("httpx", "httpx2", "pypdf"):  # httpx would log addresses with patients' ids
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )


def new_celery(settings: Settings) -> Celery:
    """A Celery application on the broker of these settings; the doors only send with it."""
    if settings.redis_url is None:
        raise WrongSetting("COUNTERSIGN_REDIS_URL is not set; `countersign up` starts one.")
    # Celery spells a unix socket `redis+socket://`; redis-py spells it `unix://`.
    url = settings.redis_url.get_secret_value().replace("unix://", "redis+socket://", 1)
    return Celery("countersign", broker=url)


@dataclass
class Runtime:
    """Everything a door needs, each part made when first asked for."""

    settings: Settings

    @cached_property
    def bell(self) -> queue.Bell:
        """Puts a task on the queue; fails at once when Redis is away: the sweep rings again."""
        celery = new_celery(self.settings)
        celery.conf.broker_transport_options = IN_TURN | {"socket_timeout": BELL_TIMEOUT_S}

        def ring(task: queue.TaskName, ids: dict[str, str]) -> None:
            celery.send_task(
                task.value, kwargs=ids, retry=False, ignore_result=True, priority=self._turn(ids)
            )

        return ring

    def _turn(self, ids: dict[str, str]) -> int:
        """Uploads are long, and wait for whoever sits before a page."""
        if "summary_id" not in ids:
            return LAST
        with self.transaction() as session:
            return turn_of(session, ids["summary_id"])

    @cached_property
    def engine(self) -> Engine:
        if self.settings.database_url is None:
            raise WrongSetting("COUNTERSIGN_DATABASE_URL is not set; `countersign up` starts one.")
        engine = database.open_engine(self.settings.database_url.get_secret_value(), **POOL)
        return self._with_keys(engine)

    def _with_keys(self, engine: Engine) -> Engine:
        key, former = keyring.key_of(self.settings), keyring.former_key_of(self.settings)
        return keyring.give_keys(engine, key, former)

    def migrate(self) -> None:
        """Bring the schema up to date, as its owner where the site names one."""
        owner_url = self.settings.database_owner_url
        if owner_url is None:
            migrations.upgrade(self.engine)
            return
        owner = self._with_keys(database.open_engine(owner_url.get_secret_value()))
        try:
            migrations.upgrade(owner)
            migrations.grant(owner, to=str(self.engine.url.username))
        finally:
            owner.dispose()

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        sessions = database.session_factory(self.engine)
        audit.keep_chain(sessions, audit.key_of(self.settings))
        queue.hang_bell(sessions, self.bell)
        hung = {SCORER: local(self.scorer), CHARTS: new_charts()}
        sessions.configure(info={**sessions.kw.get("info", {}), **hung})
        return sessions

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with database.transaction(self.sessions) as session:
            yield session

    @cached_property
    def client(self) -> FhirClient:
        return connect(self.settings)

    @cached_property
    def index(self) -> PassageIndex:
        return PassageIndex(
            place_of(self.settings),
            build_embedder(self.settings),
            former=former_embedders(self.settings),
        )

    @cached_property
    def prompts(self) -> dict[SummaryType, Prompt]:
        return load_prompts(self.settings.prompts_dir)

    @cached_property
    def writer(self) -> Writer:
        return build_writer(self.settings, self.transaction)

    @cached_property
    def scorer(self) -> Scorer | None:
        """What no typed comparison decides; a model is loaded when it is first asked."""
        return scorer_of(self.settings, lambda: self.writer)

    @cached_property
    def under_way(self) -> UnderWay:
        if self.settings.redis_url is None:
            raise WrongSetting("COUNTERSIGN_REDIS_URL is not set; `countersign up` starts one.")
        url = self.settings.redis_url.get_secret_value()
        return UnderWay(url, audit.key_of(self.settings))

    def close(self) -> None:
        """Let go of connections that were opened."""
        if "under_way" in self.__dict__:
            self.under_way.close()
        if "client" in self.__dict__:
            self.client.close()
        if "index" in self.__dict__:
            self.index.close()
        if "engine" in self.__dict__:
            self.engine.dispose()
