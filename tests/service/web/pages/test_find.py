"""A patient is looked for in the EHR and chosen, never guessed; what was typed goes nowhere."""

import httpx
import pytest
from sqlalchemy import select

from service.audit import AuditEvent
from service.web.app import equip
from tests.service.fhir.wire_fakes import ScriptedEhr, fhir
from tests.service.web.pages.conftest import Browser


def a_bundle(*patients):
    entries = [{"resource": {"resourceType": "Patient", **each}} for each in patients]
    return fhir({"resourceType": "Bundle", "type": "searchset", "entry": entries})


ADA = {
    "id": "7",
    "name": [{"use": "nickname", "text": "Addie"}, {"use": "official", "text": "Ada Quist"}],
    "gender": "female",
    "birthDate": "1950-02-03",
    "identifier": [
        {"system": "urn:insurer", "value": "999"},
        {"type": {"coding": [{"code": "MR"}]}, "value": "MRN-1"},
    ],
}
NAMESAKE = {
    "id": "8",
    "name": [{"given": ["Ada"], "family": "Quist"}],
    "link": [{"type": "replaced-by", "other": {"reference": "Patient/7"}}],
}


@pytest.fixture
def ehr():
    return ScriptedEhr()


@pytest.fixture
def worklist(routes, runtime, web_settings, ehr):
    runtime.settings = web_settings.model_copy(update={"fhir_url": "https://ehr.test/fhir/"})
    runtime.client = ehr.client()
    browser = Browser(equip(routes, runtime)).sign_in("clinician").get("/worklist")
    yield browser
    browser.client.close()


FORM = "/worklist/find#ask"


def test_each_is_shown_with_two_identifiers_and_none_is_chosen(worklist, ehr):
    ehr.answers = [a_bundle(ADA, NAMESAKE)]
    worklist.send(FORM, name="quist", number="", born="")
    told = [" ".join(each.get_text().split()) for each in worklist.page.select("#found label")]
    assert told == [
        "Ada Quist born 1950-02-03, female, record MRN-1",
        "Ada Quist birth date not known merged into another record",
    ]
    assert not worklist.page.select("#found input[checked]")
    worklist.send("/worklist", patient="Patient/7", type="handoff")
    assert "Asked for" in worklist.text


def test_all_that_was_typed_is_asked_for_and_nothing_of_it_is_kept(worklist, ehr, sessions):
    ehr.answers = [a_bundle(ADA)]
    worklist.send(FORM, name="Quist", number="MRN-1", born="1950-02-03")
    asked = ehr.asked[0].url.params
    assert (asked["name"], asked["identifier"], asked["birthdate"]) == (
        "Quist",
        "MRN-1",
        "1950-02-03",
    )
    with sessions() as session:
        act = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "patients.searched")
        ).one()
    assert act.detail == {"found": 1, "patients": ["Patient/7"]}
    assert "Quist" not in str(worklist.answer.url)


def test_nobody_too_little_and_an_ehr_that_is_away_say_so(worklist, ehr):
    worklist.send(FORM, name="q", status=400)
    assert "two letters or more" in worklist.text
    ehr.answers = [a_bundle()]
    worklist.send(FORM, name="quist")
    assert "knows nobody" in worklist.text
    ehr.answers = [httpx.ConnectError("down")]
    worklist.send(FORM, name="quist", status=503)
    assert "cannot be reached" in worklist.text


def test_more_than_can_be_compared_says_so(worklist, ehr):
    ehr.answers = [a_bundle(*({**ADA, "id": str(n)} for n in range(30)))]
    worklist.send(FORM, name="quist")
    assert len(worklist.page.select("#found label")) == 20 and "more match" in worklist.text


def test_only_who_may_ask_for_a_summary_may_look(as_person):
    quality = as_person("qa")
    token = quality.page.select_one("input[name=csrf_token]")["value"]
    answer = quality.client.post("/worklist/find", data={"name": "quist", "csrf_token": token})
    assert answer.status_code == 403
