"""Drafts before a visit: beat asks when the site says, and for whom the EHR says."""

from datetime import timedelta

import pytest
from celery import Celery
from celery.schedules import crontab
from sqlalchemy import select

from service.bootstrap import Runtime
from service.chart.ingest import ingest
from service.chart.participations import patients_of
from service.database import now, transaction
from service.queue import TaskName
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus
from tests.service.chart.builders import a_patient
from tests.service.chart.test_participations import a_team
from tests.service.review.test_visiting import ADA, Ehr, an_appointment


def test_beat_asks_at_the_time_that_the_site_sets_in_its_own_zone(worker_app, settings):
    from workers.app import configure

    app = Celery()
    told = {"prepare_at": "18:30", "time_zone": "Europe/Stockholm"}
    configure(app, settings.model_copy(update=told))
    assert app.conf.beat_schedule[TaskName.PREPARE_VISITS]["schedule"] == crontab("30", "18")
    assert app.conf.timezone == "Europe/Stockholm"
    configure(app, settings)
    assert TaskName.PREPARE_VISITS not in app.conf.beat_schedule


@pytest.mark.parametrize("is_connected", [True, False])
def test_whoever_comes_tomorrow_is_asked_for(worker_app, sessions, settings, is_connected):
    from workers import periodic

    url = "https://ehr.test/fhir/" if is_connected else None
    runtime = Runtime(settings.model_copy(update={"fhir_url": url}))
    tomorrow = (now() + timedelta(days=1)).replace(hour=9).isoformat()
    after = (now() + timedelta(days=2)).replace(hour=9).isoformat()
    held = (an_appointment("1", tomorrow), an_appointment("2", after, "Patient/9"), ADA)
    runtime.client = Ehr(*held).client()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(periodic, "runtime", lambda: runtime)
        assert periodic.prepare_visits() == (1 if is_connected else 0)
        assert periodic.prepare_visits() == 0
    worker_app.control.purge()
    with sessions() as session:
        found = [(s.patient_ref, s.status) for s in session.scalars(select(Summary))]
    assert found == ([("Patient/7", SummaryStatus.REQUESTED)] if is_connected else [])
    runtime.close()


def test_who_takes_part_in_whose_care_is_known_before_anybody_asks(worker_app, sessions, settings):
    from workers import periodic

    with transaction(sessions) as session:
        ingest(session, "test", [a_patient("p1"), a_team(who="Practitioner/1")])
    runtime = Runtime(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(periodic, "runtime", lambda: runtime)
        periodic.read_records()
    runtime.close()
    with transaction(sessions) as session:
        mine = patients_of(["Practitioner/1"], around=timedelta())
        assert session.scalars(mine).all() == ["Patient/p1"]
