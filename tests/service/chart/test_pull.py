"""A chart is pulled from the sandbox EHR; what the EHR refuses is a gap, not a failure."""

import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from fhir_fixtures import stories
from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.seed import load_seeds
from fhir_fixtures.sandbox.store import Store
from service.chart.ingest import ingest
from service.chart.models import Chart, SourceRecord
from service.chart.pull import pull_chart, refresh_chart
from service.chart.reading import chart_coverage, held_records
from service.chart.searches import SEARCHES
from service.database import now
from service.errors import NotFound
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrRefused, EhrTokenRefused
from service.summary import progress
from service.summary.vocabulary import Standing, SummaryStatus, SummaryType
from tests.service.chart.builders import PATIENT, a_patient, a_record, latest
from tests.service.fhir.wire_fakes import BASE, fhir

STORY = stories.story("depression_two_trials")


class Wire(httpx.BaseTransport):
    """The sandbox behind the client's own transport; `deny` answers for a resource type."""

    def __init__(self, app):
        self.http = TestClient(app, base_url="http://ehr.test")
        self.asked, self.denied = [], {}

    def deny(self, resource_type, status):
        self.denied[resource_type] = status

    def handle_request(self, request):
        self.asked.append(request)
        path = request.url.raw_path.decode().removeprefix("/fhir")
        if status := self.denied.get(path.split("/")[1].partition("?")[0]):
            return fhir({"resourceType": "OperationOutcome", "issue": []}, status)
        answer = self.http.request(
            request.method,
            path,
            content=request.read(),
            headers={"accept": request.headers["accept"]},
        )
        content = answer.content.replace(b"http://ehr.test/", BASE.encode())
        kind = answer.headers.get("content-type", "")
        return httpx.Response(answer.status_code, content=content, headers={"content-type": kind})


@pytest.fixture
def wire(tmp_path):
    store = Store(tmp_path / "ehr")
    load_seeds(store, [STORY.path / "bundle.json"])
    yield Wire(create_app(store))
    store.close()


@pytest.fixture
def client(wire):
    return FhirClient(BASE, transport=wire, page_size=20, sleep=lambda _: None)


def test_a_pulled_chart_holds_what_the_ehr_has(session, client):
    refresh_chart(session, STORY.patient_ref, client=client)
    held = {record.resource_ref for record in held_records(session, STORY.patient_ref)}
    mine = {
        f"{r['resourceType']}/{r['id']}"
        for r in STORY.resources
        if r["resourceType"] not in ("Practitioner", "Organization", "Location")
    }
    assert held == mine
    chart = session.get(Chart, STORY.patient_ref)
    assert chart.gaps == []
    assert chart.pulled_at <= now()
    note = latest(session, "DocumentReference/okafor-note-2026-06-18-sleep")
    assert "sleep apnea" in note.text
    assert latest(session, "Binary/okafor-sleep-letter").patient_ref == STORY.patient_ref


def test_authors_are_read_from_the_directory(session, client):
    refresh_chart(session, STORY.patient_ref, client=client)
    note = latest(session, "DocumentReference/okafor-note-2026-08-25")
    assert note.author == "Sofia Lindqvist, MD"
    assert note.author_role == "Psychiatry"


def test_a_second_pull_asks_only_for_what_changed(session, client, wire):
    refresh_chart(session, STORY.patient_ref, client=client)
    wire.asked.clear()
    count = refresh_chart(session, STORY.patient_ref, client=client)
    searches = [r.url.params for r in wire.asked if {"patient", "subject"} & set(r.url.params)]
    assert len(searches) == len(SEARCHES)
    assert all(params["_lastUpdated"].startswith("ge") for params in searches)
    assert count.kept == 0


def test_a_change_in_the_ehr_replaces_the_older_version(session, client, wire):
    refresh_chart(session, STORY.patient_ref, client=client)
    goal = STORY.of_type("Goal")[0]
    client.update({**goal, "note": [{"text": "changed"}]}, if_match=None)
    refresh_chart(session, STORY.patient_ref, client=client)
    assert "changed" in latest(session, f"Goal/{goal['id']}").text
    older = select(SourceRecord.standing).where(SourceRecord.is_latest.is_(False))
    assert session.scalars(older).all() == [Standing.REPLACED]


def test_a_search_that_is_refused_is_a_gap_and_the_rest_goes_on(session, client, wire):
    wire.deny("Immunization", 403)
    wire.deny("Practitioner", 403)
    refresh_chart(session, STORY.patient_ref, client=client)
    gaps = session.get(Chart, STORY.patient_ref).gaps
    assert {
        "kind": "search",
        "source": "Immunization",
        "reason": "The EHR refused the search of Immunization (403). "
        "Ask for the scope that this needs.",
    } in gaps
    assert any(gap["kind"] == "read" for gap in gaps)
    assert len(held_records(session, STORY.patient_ref)) > 40


def test_after_a_gap_the_next_pull_reads_all_again(session, client, wire):
    wire.deny("Immunization", 403)
    refresh_chart(session, STORY.patient_ref, client=client)
    wire.denied.clear()
    refresh_chart(session, STORY.patient_ref, client=client)
    assert session.get(Chart, STORY.patient_ref).gaps == []
    assert session.scalar(select(func.count()).where(SourceRecord.resource_type == "Immunization"))


def test_observations_are_asked_by_category_where_all_of_them_are_refused(session):
    def answer(request):
        if request.url.path.endswith(PATIENT):
            return fhir(a_patient())
        if "/Observation" in request.url.path and "category" not in request.url.params:
            return fhir({}, 400)
        survey = request.url.params.get("category") == "survey"
        score = a_record("Observation", status="final")
        entries = [{"resource": score}] if survey else []
        return fhir({"resourceType": "Bundle", "entry": entries})

    client = FhirClient(BASE, transport=httpx.MockTransport(answer))
    refresh_chart(session, PATIENT, client=client)
    assert latest(session, "Observation/1").patient_ref == PATIENT
    assert session.get(Chart, PATIENT).gaps == []


def test_records_of_other_patients_are_left_aside_and_said(session):
    def answer(request):
        if request.url.path.endswith(PATIENT):
            return fhir(a_patient())
        other = a_record("Goal", "g2", subject={"reference": "Patient/p2"})
        entries = [{"resource": other}] if request.url.path.endswith("Goal") else []
        return fhir({"resourceType": "Bundle", "entry": entries})

    client = FhirClient(BASE, transport=httpx.MockTransport(answer))
    refresh_chart(session, PATIENT, client=client)
    reason = "1 results were of other patients and were left aside"
    assert session.get(Chart, PATIENT).gaps == [
        {"kind": "aside", "source": "Goal", "reason": reason}
    ]
    assert session.scalar(select(func.count()).where(SourceRecord.resource_ref == "Goal/g2")) == 0


def test_a_patient_whom_only_we_know_is_summarized_with_a_gap(session, client):
    ingest(session, "upload", [a_patient(), a_record("Goal")])
    refresh_chart(session, PATIENT, client=client)
    assert [gap["reason"] for gap in session.get(Chart, PATIENT).gaps] == [
        "the EHR does not know this patient; 2 ingested records used"
    ]


def test_a_patient_whom_nobody_knows_is_refused_with_a_sentence(session, client):
    with pytest.raises(NotFound, match="check the patient's id"):
        refresh_chart(session, "Patient/nobody", client=client)


def test_an_ehr_that_refuses_everything_is_not_an_empty_chart(session, client, wire):
    for search in SEARCHES:
        wire.deny(search.resource_type, 403)
    wire.deny("Patient", 403)
    with pytest.raises(EhrRefused):
        refresh_chart(session, STORY.patient_ref, client=client)


@pytest.mark.parametrize(("status", "error"), [(503, EhrBusy), (401, EhrTokenRefused)])
def test_what_is_wrong_with_the_ehr_is_no_gap_of_the_chart(session, client, wire, status, error):
    wire.deny("Condition", status)
    with pytest.raises(error):
        refresh_chart(session, STORY.patient_ref, client=client)


def a_summary(session, patient_ref):
    return progress.request_summary(session, patient_ref, SummaryType.PRE_VISIT, actor="a")


def test_a_pulled_summary_is_charted_once(session, client, wire):
    summary = a_summary(session, STORY.patient_ref)
    pull_chart(session, summary.id, client=client)
    assert summary.status is SummaryStatus.CHARTED
    wire.asked.clear()
    pull_chart(session, summary.id, client=client)
    assert wire.asked == []


def test_a_summary_of_an_unknown_patient_fails_with_the_sentence(session, client):
    summary = a_summary(session, "Patient/nobody")
    pull_chart(session, summary.id, client=client)
    assert summary.status is SummaryStatus.FAILED
    assert "check the patient's id" in summary.status_reason


def test_coverage_counts_what_is_held_and_what_is_not_readable(session, client):
    refresh_chart(session, STORY.patient_ref, client=client)
    coverage = chart_coverage(session, STORY.patient_ref)
    assert coverage.total == len(held_records(session, STORY.patient_ref))
    assert coverage.by_standing["unreadable"] == 1
    assert coverage.record_gaps == {"attachment": 1}
    assert coverage.by_type["DocumentReference"] == len(STORY.of_type("DocumentReference"))


def test_results_that_do_not_say_whose_they_are_are_a_visible_gap(session):
    def answer(request):
        if request.url.path.endswith(PATIENT):
            return fhir(a_patient())
        unclear = a_record("Goal", "g1", subject={"identifier": {"value": "7"}})
        entries = [{"resource": unclear}] if request.url.path.endswith("Goal") else []
        return fhir({"resourceType": "Bundle", "entry": entries})

    refresh_chart(session, PATIENT, client=FhirClient(BASE, transport=httpx.MockTransport(answer)))
    (gap,) = session.get(Chart, PATIENT).gaps
    assert (gap["kind"], gap["source"]) == ("search", "Goal")
    assert "whose they are" in gap["reason"]


def test_a_note_has_the_label_that_the_ehr_keeps_on_the_binary_behind_it(session, client, wire):
    binary = next(r for r in STORY.resources if r["resourceType"] == "Binary")
    labelled = {**binary, "meta": {"security": [{"code": "42CFRPart2"}]}}
    wire.http.put(f"/Binary/{binary['id']}", json=labelled)
    refresh_chart(session, STORY.patient_ref, client=client)
    held = held_records(session, STORY.patient_ref)
    behind = [r for r in held if f"Binary/{binary['id']}" in r.refers_to.values()]
    assert behind and all(r.labels == ["42CFRPart2"] for r in behind)
