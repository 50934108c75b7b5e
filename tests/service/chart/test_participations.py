"""Who takes part in whose care, as care teams, visits and appointments say it, and until when."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from service.chart.ingest import ingest
from service.chart.participations import (
    Participation,
    look_for_participations,
    parts_of,
    patients_of,
)
from service.database import transaction
from tests.service.chart.builders import a_patient

ME, SHE, WARD = "Practitioner/1", "Practitioner/2", "Location/ward-3"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def a_team(id_="t", patient="Patient/p1", *, who=ME, **more):
    told = {"subject": {"reference": patient}, "participant": [{"member": {"reference": who}}]}
    return {"resourceType": "CareTeam", "id": id_, "status": "active", **told, **more}


def a_visit(id_="v", patient="Patient/p1", *, who=ME, status="in-progress", **more):
    told = {"subject": {"reference": patient}, "participant": [{"individual": {"reference": who}}]}
    kind = {"class": {"code": "IMP"}, "period": {"start": "2026-11-20"}}
    return {"resourceType": "Encounter", "id": id_, "status": status, **kind, **told, **more}


def an_appointment(id_="a", patient="Patient/p1", *, who=ME, status="booked", day="2026-11-29"):
    actors = [{"actor": {"reference": ref}, "status": "accepted"} for ref in (patient, who)]
    times = {"start": f"{day}T09:00:00Z", "end": f"{day}T09:30:00Z"}
    told = {"resourceType": "Appointment", "id": id_, "status": status}
    return {**told, **times, "participant": actors}


@pytest.fixture
def of(session):
    """The patients of these actors, once these resources came."""

    def found(*resources, actors=(ME,), at=NOON, around=0):
        ingest(session, "test", [a_patient("p1"), a_patient("p2"), *resources])
        while look_for_participations(session):
            pass
        return set(session.scalars(patients_of(actors, around=around * DAY, at=at)))

    return found


@pytest.mark.parametrize("resource", [a_team(), a_visit(), an_appointment()])
def test_each_names_who_takes_part(of, resource):
    assert of(resource, around=1) == {"Patient/p1"}
    assert of(actors=[SHE]) == set()


@pytest.mark.parametrize(
    "resource",
    [
        a_team(status="inactive"),
        a_team(status="proposed"),
        a_team(status="entered-in-error"),
        a_team(period={"end": "2026-11-28"}),
        a_team(period={"start": "2026-12-01"}),
        a_team(participant=[{"member": {"reference": ME}, "period": {"end": "2026-11-01"}}]),
        a_visit(status="planned"),
        a_visit(status="cancelled"),
        a_visit(status="finished", period={"start": "2026-11-01", "end": "2026-11-02"}),
        a_visit(status="finished", period={"start": "2026-11-01"}),
        an_appointment(status="cancelled"),
        an_appointment(status="noshow"),
        an_appointment(day="2026-12-24"),
        an_appointment(day="2026-11-01"),
    ],
    ids=lambda r: f"{r['resourceType']} {r['status']}",
)
def test_what_is_over_called_off_or_to_come_is_no_care_now(of, resource):
    assert of(resource, around=1) == set()


def test_a_visit_counts_some_days_before_and_after_and_a_team_does_not(of):
    over = {"start": "2026-11-20", "end": "2026-11-26T10:00:00Z"}
    visit = a_visit(status="finished", period=over)
    team = a_team(patient="Patient/p2", period={"end": "2026-11-28"})
    assert of(visit, team) == set()
    assert of(around=7) == {"Patient/p1"}
    assert of(around=7, at=NOON + 30 * DAY) == set()
    assert of(an_appointment("b", "Patient/p2", day="2026-12-03"), around=7) == {
        "Patient/p1",
        "Patient/p2",
    }


def test_a_day_is_over_at_its_end(of):
    assert of(a_team(period={"end": "2026-11-29"})) == {"Patient/p1"}


def test_the_places_teams_and_houses_of_a_visit_take_part_too(of):
    place = [{"location": {"reference": WARD}}, {"location": {"reference": "Location/old"}}]
    place[1]["status"] = "completed"
    visit = a_visit(location=place, serviceProvider={"reference": "Organization/psy"})
    of(visit, a_team("t9", "Patient/p2"))
    for actor in (WARD, "Organization/psy"):
        assert of(actors=[actor]) == {"Patient/p1"}
    assert of(actors=["CareTeam/t9"]) == {"Patient/p2"}
    assert of(actors=["Location/old"]) == set()


def test_who_takes_part_in_a_role_is_the_person_too(of):
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": ME}}
    assert of(role, a_visit(who="PractitionerRole/r")) == {"Patient/p1"}


def test_a_later_version_takes_the_place_of_the_one_before(of):
    first = a_team() | {"meta": {"versionId": "1", "lastUpdated": "2026-11-01T00:00:00Z"}}
    later = a_team(who=SHE) | {"meta": {"versionId": "2", "lastUpdated": "2026-11-02T00:00:00Z"}}
    assert of(first) == {"Patient/p1"}
    assert of(later) == set()
    assert of(actors=[SHE]) == {"Patient/p1"}


def test_each_record_is_looked_through_once_also_where_nobody_takes_part(session):
    ingest(session, "test", [a_patient("p1"), a_team(participant=[]), a_visit(participant=[])])
    assert look_for_participations(session, "Patient/p1") == 2
    assert look_for_participations(session, "Patient/p1") == 0
    assert "" in set(session.scalars(select(Participation.actor_ref)))


@pytest.mark.parametrize(
    "odd",
    [
        {"participant": "nobody"},
        {"participant": [None, {"individual": "x"}, {"individual": {"reference": 7}}]},
        {"period": "2026"},
        {"location": [{"location": None}]},
        {"status": None},
        {"serviceProvider": []},
    ],
    ids=str,
)
def test_what_is_not_as_fhir_has_it_breaks_nothing(odd):
    assert isinstance(list(parts_of(a_visit() | odd)), list)


def test_two_who_look_through_a_chart_at_once_do_not_stop_each_other(sessions):
    with transaction(sessions) as session:
        ingest(session, "test", [a_patient("p1"), a_team(), a_visit()])

    def look():
        with transaction(sessions) as session:
            look_for_participations(session, "Patient/p1")

    with ThreadPoolExecutor(1) as pool:
        with transaction(sessions) as first:
            look_for_participations(first, "Patient/p1")
            second = pool.submit(look)
            time.sleep(0.5)  # until it waits for the first
        second.result(10)
    with transaction(sessions) as session:
        assert set(session.scalars(patients_of([ME], around=DAY))) == {"Patient/p1"}
