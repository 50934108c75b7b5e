"""The security officer's page of notes that are withheld by their look."""

import pytest

from service.chart.ingest import ingest
from service.database import transaction
from service.summary.people import Person
from service.summary.vocabulary import Role
from tests.service.access.test_rulings import TEXT
from tests.service.chart.builders import a_bundle, a_note, a_patient


@pytest.fixture
def officer(browser, monkeypatch):
    """The demo has no security officer of its own."""
    person = Person("p:security", "P", Role.SECURITY, None)
    with monkeypatch.context() as patch:
        patch.setattr("service.web.api.people.DEMO_PEOPLE", {"clinician": person})
        browser.client.post("/demo/session", json={"persona": "clinician"})
    return browser


def test_the_officer_releases_a_note_and_the_audit_says_so(officer, sessions):
    with transaction(sessions) as session:
        ingest(session, "test", [a_bundle(a_patient(), a_note(TEXT))])
    officer.get("/withheld")
    assert "DocumentReference/n1" in officer.text and "Transference" not in officer.text
    assert "withheld.viewed" in officer.get("/audit?patient=p1").text
    officer.get("/withheld")
    officer.send("/withheld/release")
    assert "None here" in officer.text
    assert "note.released" in officer.get("/audit?patient=p1").text


@pytest.mark.parametrize("act", ["release", "confirm"])
def test_whose_notes_they_are_is_told_to_no_other_reader_of_the_audit(
    officer, sessions, as_person, act
):
    with transaction(sessions) as session:
        ingest(session, "test", [a_bundle(a_patient(), a_note(TEXT))])
    officer.get("/withheld")
    officer.send(f"/withheld/{act}")
    it = as_person("it")
    for page in ("/audit", "/audit?patient=p1", "/operations", "/api/v1/audit?patient=Patient/p1"):
        it.get(page)
        told = it.text.replace("asked_patient", "")
        assert "withheld.viewed" not in told and "note." not in told
        assert "PSYTHPN" not in told and "DocumentReference/n1" not in told


def test_nobody_else_comes_there(as_person):
    for who in ("clinician", "it"):
        as_person(who).get("/withheld", status=403)
