"""What is not for certain this patient's is told in no record of theirs, whoever points at it."""

import base64

import pytest

from service.chart.ingest import ingest
from service.chart.models import Chart
from service.chart.pull import refresh_chart
from service.reading.keep import Found
from service.summary.vocabulary import Standing
from tests.service.chart.builders import (
    PATIENT,
    a_bundle,
    a_concept,
    a_document,
    a_patient,
    a_record,
    latest,
)
from tests.service.chart.test_asked import Ehr, a_searchset
from tests.service.fhir.wire_fakes import fhir

THEIRS = a_document({"contentType": "text/plain", "url": "Binary/b"}, id_="theirs") | {
    "subject": {"reference": "Patient/p2"}
}
MINE = a_document({"contentType": "text/plain", "url": "Binary/b"}, id_="mine")
AN_ADDRESS = {"reference": "urn:uuid:6f0c24c2-2d4a-4d0e-9a53-0d8d4a0c8f11"}


def a_binary(context: str = "") -> dict:
    """The letter behind both notes; `context` is what its securityContext points at."""
    data = base64.b64encode(b"The flamingo was seen.").decode()
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": data}
    return binary | ({"securityContext": {"reference": context}} if context else {})


def an_ehr(binary: dict) -> Ehr:
    ehr = Ehr()
    found = {"Binary/b": binary, "DocumentReference/theirs": THEIRS}
    ehr.answers |= {ref: fhir(resource) for ref, resource in found.items()}
    ehr.answers["DocumentReference/away"] = fhir({}, 404)
    ehr.answers["DocumentReference"] = fhir(a_searchset(MINE))
    return ehr


@pytest.mark.parametrize(
    "context", ["Patient/p2", "DocumentReference/theirs", "DocumentReference/away"]
)
def test_an_attachment_that_is_anothers_is_not_read_from_the_ehr(session, context):
    refresh_chart(session, PATIENT, client=an_ehr(a_binary(context)).client())
    note = latest(session, "DocumentReference/mine")
    assert "flamingo" not in note.text and note.standing is Standing.UNREADABLE
    (gap,) = session.get(Chart, PATIENT).gaps
    assert (gap["kind"], gap["source"]) == ("read", "Binary/b")


@pytest.mark.parametrize("context", ["", "Patient/p1", "DocumentReference/mine", "Practitioner/dr"])
def test_an_attachment_that_is_theirs_or_says_nothing_is_read(session, context):
    refresh_chart(session, PATIENT, client=an_ehr(a_binary(context)).client())
    assert "flamingo" in latest(session, "DocumentReference/mine").text
    assert latest(session, "Binary/b").patient_ref == PATIENT


@pytest.mark.parametrize("context", ["Patient/p2", "DocumentReference/theirs"])
@pytest.mark.parametrize("is_one", [True, False])
def test_an_attachment_that_is_anothers_is_not_taken_from_what_is_sent(session, context, is_one):
    sent = [a_patient(), MINE, a_binary(context), THEIRS]
    for each in [a_bundle(*sent)] if is_one else sent:
        ingest(session, "upload", [each])
    assert "flamingo" not in latest(session, "DocumentReference/mine").text
    assert "flamingo" in latest(session, "DocumentReference/theirs").text
    assert latest(session, "Binary/b").patient_ref != PATIENT


UNCLEAR = [
    {"subject": {"identifier": {"system": "urn:mrn", "value": "B-9"}, "display": "Berta"}},
    {"subject": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p"}]},
    {"subject": AN_ADDRESS},
    {"subject": {"reference": "Patient?identifier=urn:mrn|B-9"}},
    {"subject": {"display": "Berta Other"}},
    {"subject": {"reference": "https://other.example/fhir/Patient/p1"}},
]
A_REPORT = a_record(
    "DiagnosticReport",
    status="final",
    code=a_concept("Panel"),
    result=[{"reference": "Observation/o"}],
)


@pytest.mark.parametrize("whose", UNCLEAR)
@pytest.mark.parametrize("is_one", [True, False])
def test_a_result_of_nobody_we_can_name_is_not_told_in_the_report(session, whose, is_one):
    result = a_record("Observation", "o", status="final", code=a_concept("Flamingo"), **whose)
    sent = [a_patient(), result, A_REPORT]
    for each in [a_bundle(*sent)] if is_one else sent:
        ingest(session, "upload", [each])
    report = latest(session, "DiagnosticReport/1")
    assert "Flamingo" not in report.text
    assert [g["source"] for g in report.gaps if "not for certain" in g["reason"]] == [
        "Observation/o"
    ]
    assert Found(session).find(report, "Observation/o") is None


def test_a_result_that_turns_out_to_be_theirs_is_told_then(session):
    result = a_record("Observation", "o", status="final", code=a_concept("Flamingo"))
    unclear = result | {"subject": AN_ADDRESS}
    ingest(session, "upload", [a_bundle(a_patient(), unclear, A_REPORT)])
    ingest(session, "upload", [result])
    assert "Flamingo" in latest(session, "DiagnosticReport/1").text


@pytest.mark.parametrize("subject", [{"reference": "Group/1"}, {"reference": "Location/1"}, None])
def test_what_is_about_no_patient_is_still_told(session, subject):
    result = a_record("Observation", "o", status="final", code=a_concept("Flamingo"))
    result |= {"subject": subject} if subject else {}
    ingest(session, "upload", [a_bundle(a_patient(), result, A_REPORT)])
    assert "Flamingo" in latest(session, "DiagnosticReport/1").text
