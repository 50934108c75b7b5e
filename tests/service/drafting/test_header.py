"""The header names the patient as the Patient record does, and how far the records reach."""

import pytest

from service.drafting.header import header
from service.drafting.windows import Window
from tests.service.drafting.builders import a_note, a_record


def a_patient(headline="Patient: Maria Okafor (female, born 1987-02-03)", **columns):
    return a_record("Patient", headline, effective="1987-02-03", **columns)


def test_name_birth_date_number_period_and_last_date():
    patient = a_patient(text="Patient: Maria Okafor (female, born 1987-02-03)\nMRN: 00123\n")
    lines = header([patient, a_note("x", effective="2026-08-25")], Window(says="whole chart"))
    assert lines == (
        "Patient: Maria Okafor, born 1987-02-03, MRN 00123",
        "Period: whole chart",
        "Drawn from records up to 2026-08-25",
    )


def test_a_name_without_brackets():
    assert header([a_patient("Patient: Maria Okafor")], Window())[0] == "Patient: Maria Okafor"


def test_a_chart_without_a_patient_record_says_so():
    assert "no Patient record" in header([], Window())[0]


@pytest.mark.parametrize("died", ["died 2026-04-01", "died 2026-04", "deceased"])
def test_that_the_patient_died(died):
    patient = a_patient(f"Patient: Maria Okafor (female; born 1987-02-03; {died})")
    assert header([patient], Window())[0] == f"Patient: Maria Okafor, born 1987-02-03, {died}"
