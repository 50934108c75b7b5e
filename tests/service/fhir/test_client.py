"""The client reads and writes one EHR, and every failure gets its right name."""

import gzip

import httpx
import pytest

from service.fhir import exchange
from service.fhir.errors import (
    EhrBusy,
    EhrNotFound,
    EhrRefused,
    EhrTokenRefused,
    EhrUnknown,
)
from tests.service.fhir.wire_fakes import BASE, ScriptedEhr, fhir

A_PATIENT = {"resourceType": "Patient", "id": "1"}
AN_OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error",
            "code": "invalid",
            "diagnostics": "Mary drinks",
            "expression": ["Patient.name"],
        }
    ],
}


def test_a_read_keeps_the_exact_text_of_what_was_received():
    raw = '{"resourceType": "Patient",  "id": "1", "extension": [{"valueDecimal": 1.10}]}'
    ehr = ScriptedEhr(httpx.Response(200, text=raw))
    patient = ehr.client(token="secret").read("Patient/1")
    assert patient.raw == raw
    assert str(patient["extension"][0]["valueDecimal"]) == "1.10"
    assert str(ehr.asked[0].url) == BASE + "Patient/1"
    assert ehr.asked[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize("reference", ["Patient/1/_history/3", BASE + "Patient/1"])
def test_a_read_takes_versioned_and_absolute_references(reference):
    ehr = ScriptedEhr(fhir(A_PATIENT))
    assert ehr.client().read(reference)["id"] == "1"
    assert str(ehr.asked[0].url) == BASE + "Patient/1"


def test_a_reference_to_another_server_is_not_followed():
    with pytest.raises(EhrRefused, match="does not lead to this EHR"):
        ScriptedEhr().client().read("https://elsewhere.test/fhir/Patient/1")


def test_a_busy_ehr_is_asked_again_after_the_time_it_names():
    ehr = ScriptedEhr(fhir({}, 429, retry_after="7"), fhir({}, 503), fhir(A_PATIENT))
    assert ehr.client().read("Patient/1")["id"] == "1"
    assert ehr.waited == [7.0, 1.0]


def test_a_long_wait_gives_the_task_back_at_once():
    ehr = ScriptedEhr(fhir({}, 503, retry_after="3600"))
    with pytest.raises(EhrBusy) as caught:
        ehr.client().read("Patient/1")
    assert caught.value.can_retry
    assert caught.value.retry_after_s == 3600
    assert ehr.waited == []


def test_few_tries_then_busy():
    ehr = ScriptedEhr(*[fhir({}, 500)] * 10)
    with pytest.raises(EhrBusy):
        ehr.client().read("Patient/1")
    assert len(ehr.asked) == exchange.ATTEMPTS


class RenewableToken:
    """An Auth whose first token has run out."""

    def __init__(self):
        self.token = "old"

    def header(self):
        return f"Bearer {self.token}"

    def renew(self, refused):
        assert refused == "Bearer old"
        self.token = "new"
        return True


def test_a_401_renews_the_token_and_asks_again():
    ehr = ScriptedEhr(fhir({}, 401), fhir(A_PATIENT))
    assert ehr.client(auth=RenewableToken()).read("Patient/1")["id"] == "1"
    assert ehr.asked[1].headers["authorization"] == "Bearer new"


def test_a_401_that_stays_says_to_renew_the_token():
    with pytest.raises(EhrTokenRefused, match="the work waits"):
        ScriptedEhr(fhir({}, 401), fhir({}, 401)).client(auth=RenewableToken()).read("Patient/1")
    with pytest.raises(EhrTokenRefused, match="the work waits"):
        ScriptedEhr(fhir({}, 401)).client().read("Patient/1")


def test_not_found_and_gone_are_told_from_other_refusals():
    with pytest.raises(EhrNotFound):
        ScriptedEhr(fhir({}, 404)).client().read("Patient/1")
    with pytest.raises(EhrNotFound):
        ScriptedEhr(fhir({}, 410)).client().read("Patient/1")


def test_a_refusal_repeats_codes_and_paths_but_no_chart_text():
    with pytest.raises(EhrRefused) as caught:
        ScriptedEhr(fhir(AN_OUTCOME, 422)).client().create(A_PATIENT)
    assert "invalid Patient.name" in caught.value.sentence
    assert "Mary" not in caught.value.sentence
    assert not caught.value.can_retry


def test_a_web_page_instead_of_fhir_says_to_check_the_address():
    page = httpx.Response(200, html="<html>Sign in</html>")
    with pytest.raises(EhrRefused, match="COUNTERSIGN_FHIR_URL"):
        ScriptedEhr(page).client().read("Patient/1")


def test_broken_json_and_json_that_is_no_resource_are_refused():
    for text in ('{"resourceType": "Pat', "[]", '{"a": NaN}', "[" * 100_000):
        with pytest.raises(EhrRefused):
            ScriptedEhr(httpx.Response(200, text=text)).client().read("Patient/1")


def test_a_redirect_is_not_followed():
    moved = httpx.Response(302, headers={"location": "https://elsewhere.test/"})
    with pytest.raises(EhrRefused, match="redirects"):
        ScriptedEhr(moved).client().read("Patient/1")


def test_an_answer_that_unpacks_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(exchange, "MAX_ANSWER_BYTES", 100_000)
    bomb = httpx.Response(
        200, content=gzip.compress(b" " * 10_000_000), headers={"content-encoding": "gzip"}
    )
    with pytest.raises(EhrRefused, match="PAGE_SIZE"):
        ScriptedEhr(bomb).client().read("Patient/1")


def test_a_refused_connection_is_busy_for_reads_and_writes():
    down = httpx.ConnectError("refused")
    with pytest.raises(EhrBusy, match="is it up"):
        ScriptedEhr(*[down] * 9).client().create(A_PATIENT)


def test_a_write_without_an_answer_is_unknown_and_not_tried_again():
    for silence in (httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), fhir({}, 504)):
        ehr = ScriptedEhr(silence)
        with pytest.raises(EhrUnknown):
            ehr.client().create(A_PATIENT)
        assert len(ehr.asked) == 1


def test_a_create_sends_its_condition_and_returns_what_is_stored():
    ehr = ScriptedEhr(fhir(A_PATIENT, 201))
    stored = ehr.client().create({"resourceType": "Patient"}, if_none_exist="identifier=a|b")
    assert stored["id"] == "1"
    assert ehr.asked[0].headers["if-none-exist"] == "identifier=a|b"


def test_a_create_answered_by_location_alone_is_read_back():
    created = httpx.Response(201, headers={"location": BASE + "Patient/1/_history/1"})
    ehr = ScriptedEhr(created, fhir(A_PATIENT))
    assert ehr.client().create({"resourceType": "Patient"})["id"] == "1"


def test_a_create_answered_by_nothing_is_unknown():
    with pytest.raises(EhrUnknown, match="which id"):
        ScriptedEhr(httpx.Response(201)).client().create({"resourceType": "Patient"})


def test_an_update_sends_the_version_it_replaces():
    ehr = ScriptedEhr(fhir(A_PATIENT))
    ehr.client().update(A_PATIENT, if_match="3")
    assert ehr.asked[0].headers["if-match"] == 'W/"3"'
    assert ehr.asked[0].method == "PUT"


def test_a_binary_comes_as_itself_or_wrapped():
    plain = httpx.Response(200, content=b"note", headers={"content-type": "text/plain"})
    wrapped = fhir({"resourceType": "Binary", "contentType": "text/plain", "data": "bm90ZQ=="})
    client = ScriptedEhr(plain, wrapped).client()
    assert client.read_binary("Binary/1") == (b"note", "text/plain")
    assert client.read_binary(BASE + "Binary/1") == (b"note", "text/plain")


@pytest.mark.parametrize(
    "answer",
    [{"resourceType": "Patient", "id": "2"}, {"resourceType": "Bundle", "id": "1"}],
)
def test_another_resource_than_the_one_asked_for_is_refused(answer):
    with pytest.raises(EhrRefused, match="another resource"):
        ScriptedEhr(fhir(answer)).client().read("Patient/1")
    with pytest.raises(EhrRefused, match="another resource"):
        ScriptedEhr(fhir(answer)).client().read_binary("Binary/1")


@pytest.mark.parametrize("url", ["https://elsewhere.test/note", "../admin", "file:///etc/passwd"])
def test_an_attachment_elsewhere_is_never_fetched(url):
    with pytest.raises(EhrRefused, match="another server"):
        ScriptedEhr().client().read_binary(url)
