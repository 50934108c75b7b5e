"""A signed text into foreign servers, through a network that fails: there once in the end."""

import pytest

from service.database import transaction
from service.errors import CountersignError
from service.summary import progress
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.filing import file_summary, reconcile_filing
from tests.peers import faults
from tests.service.writeback.builders import a_signed_summary

VERBS = {S.SIGNED: file_summary, S.FILING_UNKNOWN: reconcile_filing}
ROUNDS = 8


@pytest.fixture
def work(sessions, store, proxied):
    """Do what a summary owes, as workers and the sweep do, until nothing is owed."""
    with transaction(sessions) as session:
        summary_id = a_signed_summary(session).id

    def act(rounds=ROUNDS):
        for _ in range(rounds):
            with sessions() as session:
                verb = VERBS.get(progress.find_summary(session, summary_id).status)
            try:
                with transaction(sessions) as session:
                    verb and verb(session, summary_id, client=proxied)
            except CountersignError:
                pass  # it stays owed
        with sessions() as session:
            return progress.find_summary(session, summary_id)

    return act


@pytest.mark.parametrize("resource_type", ["DocumentReference", "Device"])
@pytest.mark.parametrize("fault", faults.WRITING.values(), ids=faults.WRITING)
def test_a_create_that_fails_is_there_once_in_the_end(work, proxied, proxy, fault, resource_type):
    proxy.faults[f"POST {resource_type}"] = [fault] * 2
    assert work().status is S.FILED
    documents = list(proxied.search("DocumentReference", {}))
    assert [each["status"] for each in documents] == ["current"]


@pytest.mark.parametrize("fault", faults.READING.values(), ids=faults.READING)
def test_a_look_that_fails_never_makes_a_second_copy(work, proxied, proxy, fault):
    proxy.faults = {
        "POST DocumentReference": [faults.WRITING["dropped after"]],
        "GET DocumentReference": [fault] * 8,
    }
    work()
    proxy.faults.clear()
    assert work().status is S.FILED
    assert len(list(proxied.search("DocumentReference", {}))) == 1
