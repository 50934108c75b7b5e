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


def test_nobody_else_comes_there(as_person):
    for who in ("clinician", "it"):
        as_person(who).get("/withheld", status=403)
