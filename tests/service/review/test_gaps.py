"""What could not be read is told to who may know of the record that it belongs to."""

from service.chart.models import Chart
from service.review.charts import open_chart
from service.review.coverage import coverage_for, named_refs
from service.review.sources import look_up
from tests.service.review.builders import CLINICIAN, QA, SERTRALINE, a_record

PATIENT = "Patient/1"
SEARCH = {"kind": "search", "source": "Condition", "reason": "not served"}
OWN = {"kind": "read", "source": PATIENT, "reason": "not answered"}
ATTACHED = {"kind": "read", "source": "Binary/letter", "reason": "not answered"}
GAPS = [SEARCH, OWN, ATTACHED]


def seen_by(session, told, person):
    looked = look_up(session, PATIENT, person, refs=named_refs(told))
    return coverage_for(PATIENT, told, looked, person)


def test_a_chart_names_no_attachment_to_who_does_not_treat(session):
    a_record(session, SERTRALINE)
    session.merge(Chart(patient_ref=PATIENT, gaps=GAPS))
    assert open_chart(session, PATIENT, CLINICIAN).gaps == tuple(GAPS)
    assert open_chart(session, PATIENT, QA).gaps == (SEARCH, OWN)


def test_nor_does_the_coverage_of_a_draft(session):
    told = {"searches_failed": GAPS}
    assert seen_by(session, told, CLINICIAN)["searches_failed"] == tuple(GAPS)
    assert seen_by(session, told, QA)["searches_failed"] == (SEARCH, OWN)
