"""A story's chart in the database, ready to draft from."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from fhir_fixtures import stories
from service import audit, database
from service.chart.files import of_text
from service.chart.ingest import ingest
from service.retrieval.index import PassageIndex
from service.retrieval.place import place_of
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus
from tests.conftest import empty


@pytest.fixture(scope="session")
def index(settings, minilm):
    index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()


@pytest.fixture(scope="module")
def kept(engine, settings) -> Iterator[Session]:
    """A session for all tests of a module, never committed: what they all begin with is made once.
    Each undoes what it does (`undone`), and none asks for `sessions`: that waits for this one."""
    empty(engine)
    factory = database.session_factory(engine)
    audit.keep_chain(factory, audit.key_of(settings))
    with factory() as session:
        yield session
        session.rollback()


@contextmanager
def undone(session: Session) -> Iterator[Session]:
    nested = session.begin_nested()
    yield session
    if nested.is_active:
        nested.rollback()
    session.expire_all()


@pytest.fixture
def an_indexed_summary(session):
    """A summary of a story's patient that is owed its draft."""
    return indexing(session)


def indexing(session: Session):
    def make(summary_type, story="depression_two_trials"):
        incoming = list(of_text(json.dumps(stories.story(story).bundle)))
        ingest(session, "test", incoming)
        patient = next(i for i in incoming if i.resource["resourceType"] == "Patient")
        summary = progress.request_summary(session, patient.ref, summary_type, actor="dr-a")
        for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
            progress.advance(session, summary, status, actor=SYSTEM)
        return summary

    return make
