"""A story's chart in the database, ready to draft from."""

import json

import pytest

from fhir_fixtures import stories
from service.chart.files import of_text
from service.chart.ingest import ingest
from service.retrieval.index import PassageIndex
from service.retrieval.place import place_of
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus


@pytest.fixture(scope="session")
def index(settings, minilm):
    index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()


@pytest.fixture
def an_indexed_summary(session):
    """A summary of a story's patient that is owed its draft."""

    def make(summary_type, story="depression_two_trials"):
        incoming = list(of_text(json.dumps(stories.story(story).bundle)))
        ingest(session, "test", incoming)
        patient = next(i for i in incoming if i.resource["resourceType"] == "Patient")
        summary = progress.request_summary(session, patient.ref, summary_type, actor="dr-a")
        for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
            progress.advance(session, summary, status, actor=SYSTEM)
        return summary

    return make
