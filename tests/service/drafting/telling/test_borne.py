"""What composing tells is borne by what it cites: a long course, what a visit was for."""

import pytest

from service.drafting.coverage import Unread
from service.drafting.extractive import ExtractiveWriter
from service.drafting.telling.compose import compose
from service.drafting.telling.course import MOST_CITED
from service.drafting.telling.given import with_facts
from service.summary.vocabulary import Support
from service.verification.charts import records_of
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.builders import a_request

WHO = {"subject": {"reference": "Patient/1"}}
PATIENT = {
    "resourceType": "Patient",
    "id": "1",
    "gender": "female",
    "birthDate": "1980-01-02",
    "name": [{"family": "Quill", "given": ["Ada"]}],
}


def an_order(number, day, strength, status="stopped", **more):
    return {
        **{"resourceType": "MedicationRequest", "id": f"m{number}", "status": status},
        **{"intent": "order", "authoredOn": day, **WHO, **more},
        "medicationCodeableConcept": {"text": f"Sertraline {strength} oral tablet"},
    }


def a_visit(reason):
    return {
        **{"resourceType": "Encounter", "id": "e1", "status": "finished", **WHO},
        "class": {"code": "EMER"},
        "type": [{"text": "Emergency room admission"}],
        "period": {"start": "2026-05-08", "end": "2026-05-09"},
        "reasonCode": [{"text": reason}],
    }


def assessed(summary_type, *resources):
    """Every statement of the draft with its support."""
    entries = [{"resource": each} for each in (PATIENT, *resources)]
    records = records_of({"resourceType": "Bundle", "type": "collection", "entry": entries})
    request = with_facts(a_request(summary_type, records), on="2026-06-01")
    document = compose(request, ExtractiveWriter().write(request), Unread()).document
    chart = Chart(records)
    return {p.statement.text: assess_placed(p, chart).support for p in document.placed()}


def test_a_course_of_more_steps_than_are_cited_is_borne_in_every_cell():
    often = {"dosageInstruction": [{"text": "25 mg every six hours"}]}
    first = [an_order(0, "1999-01-07", "25 mg", **often)]
    then = {"dosageInstruction": [{"text": "50 mg daily"}]}
    days = [f"{year}-0{month}-11" for year in range(2000, 2015) for month in range(1, 5)]
    later = [an_order(n, day, "50 mg", **then) for n, day in enumerate(days, 1)]
    found = assessed("medication-history", *first, *later)
    [row] = [text for text in found if text.startswith("sertraline")]
    assert len(later) > MOST_CITED and "25 mg, 50 mg" in row
    assert found[row] is Support.SUPPORTED


@pytest.mark.parametrize(
    "reason", ["Addiction_Overdose", "Zork's disease (mild)", "Fall; head injury", "RTA 3/7 ago"]
)
def test_what_a_visit_was_for_is_borne_in_whatever_words(reason):
    found = assessed("pre-visit", a_visit(reason))
    [who] = [text for text in found if text.startswith("Patient: ")]
    assert f"for {reason}" in who
    assert found[who] is Support.SUPPORTED
