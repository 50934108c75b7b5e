"""The whole job on foreign servers: a chart comes, a draft is made, signed, filed and found."""

import base64

import pytest

from service.database import transaction
from service.review import actions
from service.summary import progress
from service.summary.lifecycle import OWED
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from service.summary.vocabulary import SummaryType
from tests import small_chart
from tests.peers import faults
from tests.workers.conftest import task, task_with

__all__ = ["task", "task_with"]

PATIENT = "Patient/p1"
CLINICIAN = DEMO_PEOPLE["clinician"]
# Each comes once, in the middle: the job goes on after it.
TROUBLE = {
    "GET Observation": [faults.READING["truncated"]],
    "GET Condition": [faults.READING["dropped after"]],
    "GET DocumentReference": [faults.READING["503"]],
    "POST DocumentReference": [faults.WRITING["500 after"]],
}


@pytest.fixture
def workers(sessions, peer, proxy, task_with, worker_app):
    """`workers(summary_id)` does what is owed until it is a person's turn."""
    peer.keep(small_chart.patient(PATIENT, "Yelena", "Sorokina", "1980-02-03", "p1"))
    peer.keep(*small_chart.ordinary(PATIENT))
    peer.keep({"resourceType": "Practitioner", "id": "demo-clinician"})
    task_with(fhir_url=proxy.url, fhir_profile=None)

    def act(summary_id):
        for _ in range(12):
            with sessions() as session:
                owed = OWED.get(progress.find_summary(session, summary_id).status)
            if owed:
                worker_app.tasks[owed.value](summary_id)
        with sessions() as session:
            return progress.find_summary(session, summary_id).status

    return act


@pytest.mark.parametrize("trouble", [{}, TROUBLE], ids=["", "trouble"])
def test_a_chart_becomes_a_signed_document_in_the_ehr(workers, sessions, proxy, proxied, trouble):
    proxy.faults = {call: list(planned) for call, planned in trouble.items()}
    with transaction(sessions) as session:
        summary_id = actions.request_summary(
            session, PATIENT, SummaryType.PRE_VISIT, by=CLINICIAN
        ).id
    assert workers(summary_id) is S.IN_REVIEW
    text = signed(sessions, summary_id)
    assert "Penicillin G" in text and "Sertraline" in text
    assert workers(summary_id) is S.FILED
    ours = [d for d in proxied.search("DocumentReference", {}) if d.get("identifier")]
    assert [base64.b64decode(d["content"][0]["attachment"]["data"]).decode() for d in ours] == [
        text
    ]


def signed(sessions, summary_id):
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        actions.note_view(session, summary, by=CLINICIAN)
        actions.sign(session, summary_id, summary.current.digest, by=CLINICIAN)
        return summary.current.text
