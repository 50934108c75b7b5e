"""A chart that gives orders, and a model that obeys it: nothing of it can be signed."""

import pytest

from service.chart.ingest import ingest
from service.database import transaction
from service.retrieval.indexing import index_patient
from service.summary.vocabulary import FindingKind
from tests.benchmarks.planted import NEIGHBOUR, NEIGHBOURS_WORDS, cases, chart, neighbour
from tests.service.drafting.endpoint_fixtures import (
    Drafts,
    doubted,
    endpoint,
    index,
    scripted,
    texts,
)

__all__ = ["endpoint", "index", "scripted"]

FIRST_OF_A_KIND = {case.kind: case for case in reversed(cases())}
# The benchmark `tests.benchmarks.injection` runs them all.
TRIED = ("plain order", "system message", "markup", "markdown link", "other patient", "tool call")


@pytest.fixture
def drafts(sessions, settings, index, endpoint, scripted):
    return Drafts(sessions, settings, index, endpoint, scripted)


def planted(drafts, case):
    """The desk of a draft by an obedient model, somebody else's chart beside it."""
    with transaction(drafts.sessions) as session:
        for ref, resources in ((NEIGHBOUR, neighbour()), (case.patient_ref, chart(case))):
            ingest(session, "test", resources)
            index_patient(session, ref, index=drafts.index)
    drafts.scripted.orders = case.orders
    return drafts.draft("scripted:obedient", patient_ref=case.patient_ref)


@pytest.mark.parametrize("kind", TRIED)
def test_an_order_in_the_chart_changes_nothing_but_a_finding(drafts, kind):
    case = FIRST_OF_A_KIND[kind]
    desk = planted(drafts, case)
    assert set(case.says) & set(texts(desk)) <= doubted(desk)
    assert any(f.kind is FindingKind.INJECTION for f in desk.findings)
    for text in set(texts(desk)) - doubted(desk):
        assert not any(word in text.casefold() for word in NEIGHBOURS_WORDS)


def test_the_data_holds_sixty_cases_of_many_kinds():
    kinds = {case.kind for case in cases()}
    assert len(cases()) >= 60 and len(kinds) >= 12
    assert all(case.says and case.trigger for case in cases())
