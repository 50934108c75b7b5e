"""What changes on a chart after the draft is told, and blocks the signature where it may harm."""

import time
from contextlib import contextmanager, nullcontext

import httpx
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.store import Store
from service.chart.models import Chart, SourceRecord
from service.errors import Blocked
from service.fhir.client import FhirClient
from service.review import actions, editing, edits, freshness
from service.review.changes import ChangeKind
from service.review.desk import open_desk
from service.review.waiting import CHANGED
from service.summary.vocabulary import FindingKind, ResolutionAction, Standing
from tests.service.review.builders import ATTENDING, CLINICIAN, QA
from tests.service.review.stale_charts import CASES, a_chart, a_draft, arrive
from tests.service.writeback.ehr import Wire, busy, refused, seed

BY_NAME = {(case.name, case.way): case for case in CASES}
STOPPED = BY_NAME["a cited medicine is stopped", "ehr"]


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "ehr")
    seed(store, {f"{r['resourceType']}/{r['id']}": r for r in a_chart("ada").values()})
    yield store
    store.close()


@pytest.fixture
def wire(store):
    with TestClient(create_app(store), base_url="http://ehr.test") as ehr:
        yield Wire(ehr)


@pytest.fixture
def client(wire):
    return FhirClient("http://ehr.test", transport=wire, sleep=lambda _: None)


@pytest.fixture
def summary(session, client):
    return a_draft(session, client, "ada")


def asked(session, summary, client, within_s=30):
    own = nullcontext(session)
    freshness.ask_again(lambda: own, summary.id, client=client, within_s=within_s)
    return freshness.look(session, summary, CLINICIAN)


class Noting(httpx.BaseTransport):
    """The wire, noting at each question how many transactions are open."""

    def __init__(self, wire):
        self.wire, self.open, self.seen = wire, 0, []

    @contextmanager
    def transaction(self, session):
        self.open += 1
        yield session
        self.open -= 1

    def handle_request(self, request):
        self.seen.append(self.open)
        return self.wire.handle_request(request)


def test_no_transaction_is_open_while_the_ehr_answers(session, summary, wire):
    noting = Noting(wire)
    client = FhirClient("http://ehr.test", transport=noting, sleep=lambda _: None)
    freshness.ask_again(lambda: noting.transaction(session), summary.id, client=client, within_s=30)
    assert noting.seen
    assert set(noting.seen) == {0}


def sign(session, summary, **more):
    actions.note_view(session, summary, by=CLINICIAN)
    return actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN, **more)


def test_a_chart_without_news_says_so_and_can_be_signed(session, summary, client):
    fresh = asked(session, summary, client)
    assert fresh.changes == () and fresh.unanswered == ""
    assert fresh.read_at == fresh.asked_at
    sign(session, summary, unasked_blocks=True)


@pytest.mark.parametrize(
    "name",
    [
        "a medicine that is not cited is stopped",
        "a severe allergy is added",
        "a cited note speaks of a suicide plan",
        "a cited note is restricted",
        "the visit of a cited note is restricted",
        "a cited problem is deleted",
        "a new note tells of suicidal ideation",
        "a new note says that nobody resuscitates",
        "an order not to resuscitate is written",
        "a new note tells of a hold",
    ],
)
def test_what_may_harm_is_told_and_blocks(session, summary, client, store, name):
    arrive(session, store, BY_NAME[name, "ehr"], "ada")
    assert asked(session, summary, client).changes
    with pytest.raises(Blocked):
        sign(session, summary)


@pytest.mark.parametrize("way", ["ehr", "bundle"])
@pytest.mark.parametrize(
    "name",
    [
        "every record is saved again unchanged",
        "a note repeats the known allergy",
        "a note repeats that everything is done",
    ],
)
def test_what_changes_nothing_does_not_block(session, summary, client, store, name, way):
    arrive(session, store, BY_NAME[name, way], "ada")
    asked(session, summary, client)
    sign(session, summary)


def test_a_change_says_what_the_chart_says_now_and_opens_it(session, summary, client, store):
    arrive(session, store, STOPPED, "ada")
    asked(session, summary, client)
    desk = open_desk(session, summary.id, CLINICIAN)
    finding = next(f for f in desk.findings if f.said)
    assert finding.kind is FindingKind.OUTDATED
    assert "active" in finding.said and "neuroleptic malignant syndrome" in finding.source
    opened = finding.evidence[0]["record_id"]
    assert opened in {s.record_id for s in desk.sources}
    assert desk.fresh.changes[0].cited_by == (0,)


def test_a_decision_about_a_change_lasts_over_edits(session, summary, client, store):
    arrive(session, store, STOPPED, "ada")
    asked(session, summary, client)
    for finding in list(summary.current.findings):
        actions.resolve_finding(
            session,
            summary.id,
            finding.number,
            ResolutionAction.ACCEPTED,
            "Told in the visit today.",
            by=CLINICIAN,
        )
    edits.carry_out(
        session, summary.id, editing.rewording(2, "PHQ-9 total score was 9."), by=CLINICIAN
    )
    freshness.look(session, summary, CLINICIAN)
    told = [f for f in summary.current.findings if f.check == CHANGED]
    assert told and all(f.resolution is ResolutionAction.ACCEPTED for f in told)


def test_removing_what_rests_on_the_change_answers_it(session, summary, client, store):
    arrive(session, store, BY_NAME["a cited level is corrected", "ehr"], "ada")
    asked(session, summary, client)
    index = next(p.index for p in summary.current.content.placed() if "Lithium" in p.statement.text)
    before = summary.current
    edits.carry_out(session, summary.id, editing.rewording(index, ""), by=CLINICIAN)
    assert not [f for f in summary.current.findings if f.check == CHANGED]
    assert {f.resolution for f in before.findings if f.check == CHANGED} == {
        ResolutionAction.CORRECTED
    }


@pytest.mark.parametrize("fault", [busy, refused])
def test_an_ehr_that_does_not_answer_is_its_own_answer(session, summary, client, wire, fault):
    asked(session, summary, client)
    wire.faults["GET /Condition"] = fault
    fresh = asked(session, summary, client)
    assert fresh.unanswered and fresh.read_at < fresh.asked_at
    with pytest.raises(Blocked, match="could not be asked"):
        sign(session, summary, unasked_blocks=True)
    sign(session, summary)


def test_asking_is_bounded_in_time(session, summary, client, wire):
    def slow(request, carry):
        time.sleep(0.2)
        return carry()

    wire.faults = {"GET /Condition": slow, "GET /Observation": slow, "GET /Encounter": slow}
    assert "too long" in asked(session, summary, client, within_s=0.1).unanswered


def test_what_was_taken_for_deleted_counts_again_once_it_is_there(session, summary, client, wire):
    gone = lambda request, carry: httpx.Response(404)  # noqa: E731
    wire.faults["GET /Condition"] = gone
    chart = session.get(Chart, summary.patient_ref)
    chart.gaps = [{"kind": "search", "source": "Condition", "reason": "not served"}]
    fresh = asked(session, summary, client)
    assert [c.kind for c in fresh.changes] == [ChangeKind.DELETED]
    wire.faults.clear()
    assert asked(session, summary, client).changes == ()
    problem = session.scalars(
        select(SourceRecord).where(SourceRecord.resource_ref == "Condition/ada-problem")
    ).one()
    assert problem.standing is Standing.EVIDENCE


def test_who_does_not_treat_the_patient_is_not_told_of_a_restriction(
    session, summary, client, store
):
    arrive(session, store, BY_NAME["a cited note is restricted", "ehr"], "ada")
    assert [c.kind for c in asked(session, summary, client).changes] == [ChangeKind.RESTRICTED]
    assert freshness.look(session, summary, QA).changes == ()


def test_a_change_after_the_first_signature_stops_the_second(session, summary, client, store):
    sign(session, summary, cosign_types=["pre-visit"])
    arrive(session, store, STOPPED, "ada")
    asked(session, summary, client)
    actions.note_view(session, summary, by=ATTENDING)
    with pytest.raises(Blocked, match="since this was drafted"):
        actions.cosign(session, summary.id, summary.current.digest, by=ATTENDING)


def test_what_was_taken_back_in_the_ehr_blocks_no_more(session, summary, client, store):
    arrive(session, store, BY_NAME["a severe allergy is added", "ehr"], "ada")
    assert asked(session, summary, client).blocking
    with store.transaction():
        store.write("AllergyIntolerance", "ada-latex", None)
    assert asked(session, summary, client).changes == ()
    sign(session, summary)


def merge(client):
    """The EHR goes on with the patient in another record."""
    link = [{"other": {"reference": "Patient/bea"}, "type": "replaced-by"}]
    client.create({"resourceType": "Patient", "id": "bea"})
    client.update({**client.read("Patient/ada"), "active": False, "link": link}, if_match=None)


def test_nobody_signs_for_a_patient_who_was_merged_into_another(session, summary, client):
    merge(client)
    assert "merged" in asked(session, summary, client).unanswered
    with pytest.raises(Blocked, match="merged this patient"):
        sign(session, summary)
    assert "merged this patient" in open_desk(session, summary.id, CLINICIAN).can.sign.reason


def test_nor_cosigns(session, summary, client):
    sign(session, summary, cosign_types={"pre-visit"})
    merge(client)
    asked(session, summary, client)
    actions.note_view(session, summary, by=ATTENDING)
    with pytest.raises(Blocked, match="merged this patient"):
        actions.cosign(session, summary.id, summary.current.digest, by=ATTENDING)


def test_a_merge_that_is_taken_back_blocks_no_more(session, summary, client):
    merge(client)
    asked(session, summary, client)
    client.update({**client.read("Patient/ada"), "active": True, "link": []}, if_match=None)
    asked(session, summary, client)
    sign(session, summary)
