"""Whom the EHR is asked about before a chart stays shut or an old one opens, and how often."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import text

from service.access.relations import NOT_FOUND, note_listed
from service.database import transaction
from service.web.app import equip
from service.web.reach import LastAsked
from tests.service.chart.test_participations import a_team
from tests.service.review.builders import CLINICIAN
from tests.service.review.test_visiting import Ehr
from tests.service.review.test_visiting import a_team as a_team_as_listed
from tests.service.web.conftest import WebRuntime
from tests.service.web.test_reach import ABSENT, acts, brought, held, opens, web_settings

__all__ = ["held", "web_settings"]


@pytest.fixture
def with_ehr(routes, web_settings, sessions):
    """The application beside an EHR that holds this."""

    def made(*resources, lacking=200, **given):
        address = {"fhir_url": "http://ehr.test/fhir"}
        settings = web_settings.model_copy(update=address | given)
        ehr = Ehr(*resources, lacking=lacking)
        equip(routes, WebRuntime(settings, sessions, client=ehr.client()))
        return ehr

    return made


def test_whom_the_ehr_has_given_somebody_since_is_asked_of_it(app, with_ehr, sign_in, held):
    ehr = with_ehr(a_team_as_listed("5", "Patient/1"))
    clinician = sign_in("clinician")
    assert opens(clinician, held)
    asked = len(ehr.asked)
    assert clinician.get(f"/api/v1/patients/{ABSENT}/facts").status_code == 404
    assert len(ehr.asked) == asked, "a stranger's tries cost the EHR nothing more"
    assert not any(ABSENT in str(request.url) for request in ehr.asked)


def lists_asked(ehr):
    """How often the EHR was asked whom somebody treats, by one of the searches for that."""
    return sum("CareTeam" in r.url.path and "participant" in r.url.params for r in ehr.asked)


def long_ago(sessions):
    with transaction(sessions) as session:
        session.execute(text("UPDATE source_records SET received_at = now() - interval '180 days'"))


def test_whom_the_ehr_names_no_more_is_asked_of_it_before_an_old_chart_opens(
    app, with_ehr, sign_in, sessions, held
):
    brought(sessions, a_team(patient="Patient/1", who=CLINICIAN.practitioner_ref))
    ehr = with_ehr()
    clinician = sign_in("clinician")
    assert opens(clinician, held)
    assert lists_asked(ehr) == 0, "what was read just now needs no asking"
    long_ago(sessions)
    assert not opens(clinician, held)
    assert clinician.get("/api/v1/summaries").json()["rows"] == []
    assert not opens(clinician, held)
    assert lists_asked(ehr) == 1


@pytest.mark.parametrize("lacking", [403, 503])
def test_an_old_chart_opens_where_the_ehr_can_not_say(
    app, with_ehr, sign_in, sessions, held, lacking
):
    brought(sessions, a_team(patient="Patient/1", who=CLINICIAN.practitioner_ref))
    long_ago(sessions)
    ehr = with_ehr(lacking=lacking)
    clinician = sign_in("clinician")
    assert opens(clinician, held)
    assert lists_asked(ehr) == 1
    [row] = clinician.get("/api/v1/summaries").json()["rows"]
    assert row["id"] == held.id


@pytest.mark.parametrize(("lacking", "after_s"), [(503, 16), (403, 301), (200, 301)])
def test_a_silent_ehr_is_asked_again_soon_and_another_not(
    app, with_ehr, sign_in, held, monkeypatch, lacking, after_s
):
    ehr, clock = with_ehr(lacking=lacking), [1_000.0]
    monkeypatch.setattr("service.web.reach.time.monotonic", lambda: clock[0])
    clinician = sign_in("clinician")
    assert not opens(clinician, held)
    for waited, is_asked in ((after_s - 2, False), (2, True)):
        clock[0] += waited
        ehr.asked.clear()
        assert not opens(clinician, held)
        assert bool(ehr.asked) is is_asked


def test_who_comes_while_another_asks_waits_for_the_answer(app, with_ehr, sign_in, held):
    begun, may_answer = Event(), Event()
    ehr = with_ehr(a_team_as_listed("5", "Patient/1"))
    answer = ehr.handle_request

    def slowly(request):
        begun.set()
        assert may_answer.wait(10)
        return answer(request)

    ehr.handle_request = slowly
    clinician = sign_in("clinician")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(opens, clinician, held)
        assert begun.wait(10)
        second = pool.submit(opens, clinician, held)
        time.sleep(0.5)  # until it waits for the first
        may_answer.set()
        assert first.result(10)
        assert second.result(10)
    assert lists_asked(ehr) == 1


def test_an_ehr_that_does_not_answer_takes_nobody_away(app, with_ehr, sign_in, sessions, held):
    with_ehr(lacking=503)
    clinician = sign_in("clinician")
    assert not opens(clinician, held)
    with transaction(sessions) as session:
        note_listed(session, CLINICIAN, ["Patient/1"], whole=True)
    app.state.last_asked = LastAsked()
    assert not clinician.get(f"/api/v1/patients/{ABSENT}/facts").is_success
    assert opens(clinician, held)


def test_a_site_that_only_tells_reports_nobody_who_treats(
    app, runtime, with_ehr, sign_in, sessions, held
):
    with_ehr(a_team_as_listed("5", "Patient/1"), relation="told")
    assert opens(sign_in("clinician"), held)
    assert acts(sessions, NOT_FOUND) == []
