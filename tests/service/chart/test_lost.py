"""A chart lets go of what the EHR has no longer, and concludes nothing from a failed search."""

from datetime import timedelta

import pytest

from service.chart import pull
from service.chart.ingest import ingest
from service.chart.lost import DELETED
from service.chart.models import Chart
from service.chart.moved import MOVED
from service.summary.vocabulary import Standing
from tests.service.chart.builders import PATIENT, a_patient, a_record, latest
from tests.service.chart.test_asked import Ehr, a_searchset, pulled
from tests.service.fhir.wire_fakes import fhir


@pytest.fixture
def ehr(session):
    """One that had a goal when its chart was read, a day ago."""
    ehr = Ehr()
    ehr.answers["Goal"] = fhir(a_searchset(a_record("Goal")))
    pulled(session, ehr)
    session.get(Chart, PATIENT).looked_at -= pull.WHOLE_EVERY + timedelta(minutes=1)
    del ehr.answers["Goal"]
    return ehr


def standing(session, ref="Goal/1"):
    record = latest(session, ref)
    return record.standing, record.standing_reason


@pytest.mark.parametrize("status", [404, 410])
def test_what_was_deleted_is_no_evidence_any_more(session, ehr, status):
    ehr.answers["Goal/1"] = fhir({}, status)
    pulled(session, ehr)
    assert standing(session) == (Standing.EXCLUDED, DELETED)


def test_what_was_filed_under_another_patient_is_let_go(session, ehr):
    ehr.answers["Goal/1"] = fhir(a_record("Goal", subject={"reference": "Patient/p2"}))
    pulled(session, ehr)
    assert standing(session) == (Standing.EXCLUDED, MOVED)


def test_what_a_search_leaves_out_and_the_ehr_still_has_stands(session, ehr):
    ehr.answers["Goal/1"] = fhir(a_record("Goal"))
    pulled(session, ehr)
    assert standing(session)[0] is Standing.EVIDENCE


def test_nothing_is_concluded_where_the_search_failed(session, ehr):
    ehr.answers |= {"Goal": fhir({}, 403), "Goal/1": fhir({}, 404)}
    pulled(session, ehr)
    assert standing(session)[0] is Standing.EVIDENCE


def test_nothing_is_concluded_where_the_read_is_refused(session, ehr):
    ehr.answers["Goal/1"] = fhir({}, 403)
    (gap,) = pulled(session, ehr)
    assert (gap["kind"], gap["source"]) == ("read", "Goal/1")
    assert standing(session)[0] is Standing.EVIDENCE


def test_what_was_posted_here_is_not_the_ehrs_to_delete(session, ehr):
    ingest(session, "upload", [a_patient(), a_record("Condition", "own")])
    ehr.answers |= {"Goal/1": fhir({}, 404), "Condition/own": fhir({}, 404)}
    pulled(session, ehr)
    assert standing(session, "Condition/own")[0] is Standing.EVIDENCE


def test_within_the_day_only_what_is_new_is_asked(session, ehr):
    ehr.answers["Goal/1"] = fhir({}, 404)
    pulled(session, ehr)
    ehr.asked.clear()
    pulled(session, ehr)
    assert all("_lastUpdated" in params for _, params in ehr.asked if "patient" in params)


def test_what_was_deleted_and_comes_back_stands_again(session, ehr):
    ehr.answers["Goal/1"] = fhir({}, 404)
    pulled(session, ehr)
    ehr.answers["Goal"] = fhir(a_searchset(a_record("Goal")))
    session.get(Chart, PATIENT).looked_at = None
    pulled(session, ehr)
    assert standing(session)[0] is Standing.EVIDENCE
