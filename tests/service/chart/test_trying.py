"""`doctor` tells an EHR that cannot work from one that can, and tries a patient without a trace."""

import httpx
import pytest

from service.chart.trying import look, try_patient
from service.errors import WrongSetting
from service.fhir.client import FhirClient
from service.fhir.errors import EhrRefused, EhrTokenRefused
from tests.service.chart.builders import PATIENT, a_patient, a_record
from tests.service.fhir.test_abilities import a_statement
from tests.service.fhir.wire_fakes import BASE, fhir


class Ehr(httpx.BaseTransport):
    """Answers a statement, and one patient with one Goal; `denied` is type -> status."""

    def __init__(self, statement=None, **denied):
        self.statement, self.denied = statement or a_statement(), denied

    def handle_request(self, request):
        assert request.method == "GET"
        resource_type = request.url.path.removeprefix("/fhir/").partition("/")[0]
        if status := self.denied.get(resource_type):
            return fhir({}, status)
        if resource_type == "metadata":
            return fhir(self.statement)
        if resource_type == "Patient":
            known = request.url.path.endswith(PATIENT)
            return fhir(a_patient()) if known else fhir({}, 404)
        entries = [{"resource": a_record("Goal")}] if resource_type == "Goal" else []
        return fhir({"resourceType": "Bundle", "entry": entries})

    def client(self):
        return FhirClient(BASE, transport=self, sleep=lambda _: None)


def test_a_fit_ehr_is_told_with_what_it_lacks():
    said = look(Ehr().client())
    assert said.startswith("FHIR 4.0.1; not served, so a gap in each chart: AdverseEvent, ")
    assert "AllergyIntolerance, " in said
    assert "no create of Provenance" in said


def test_an_unfit_ehr_is_refused_with_all_that_is_wrong():
    with pytest.raises(WrongSetting, match=r"FHIR 5.*XML only"):
        look(Ehr(a_statement(fhirVersion="5.0.0", format=["xml"])).client())


def test_an_ehr_that_shows_only_its_statement_is_refused():
    with pytest.raises(EhrTokenRefused, match="who we are"):
        look(Ehr(Patient=401).client())
    with pytest.raises(EhrRefused, match="scope"):
        look(Ehr(Patient=403).client())


def test_an_ehr_that_wants_ids_of_its_own_form_is_fit():
    assert look(Ehr(Patient=400).client()).startswith("FHIR 4.0.1")


def test_a_patient_is_tried_and_counted():
    assert try_patient(Ehr().client(), PATIENT) == (
        "2 resources, 0 attachments read; Goal 1; Patient 1"
    )


def test_what_could_not_be_read_of_a_patient_is_named():
    with pytest.raises(WrongSetting, match=r"Goal 1.*Not read: Consent: The EHR refused.*403"):
        try_patient(Ehr(Consent=403).client(), PATIENT)


def test_a_patient_whom_the_ehr_does_not_know_is_said():
    with pytest.raises(WrongSetting, match="no patient of this id"):
        try_patient(Ehr().client(), "Patient/nobody")
