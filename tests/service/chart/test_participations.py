"""Who takes part in whose care, as care teams, visits and appointments say it, and until when."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service.chart.ingest import ingest
from service.chart.participations import (
    Participation,
    look_for_participations,
    names_of,
    patients_of,
)
from service.chart.parts import parts_of
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


def what(resource):
    return f"{resource['resourceType']} {resource['status']}"


def in_team(**period):
    return a_team(participant=[{"member": {"reference": ME}, "period": period}])


def at_no_time(appointment, **more):
    return {k: v for k, v in appointment.items() if k not in ("start", "end")} | more


def declined(appointment):
    told = [{**each, "status": "declined"} for each in appointment["participant"]]
    return appointment | {"participant": told}


# What either road into a chart passes over: what is held, and what the EHR answers.
OVER_OR_UNCLEAR = [
    a_team(period={"end": "31/12/2099"}),
    a_team(period={"start": "soon"}),
    a_team(period="2026"),
    a_team(period={"end": 2099}),
    in_team(end="2026-11-01"),
    in_team(start="2026-12-24"),
    in_team(end="next year"),
    in_team(end="0001-01-01"),
    a_visit(status="finished", period={}),
    a_visit(status="finished", period=None),
    a_visit(status="finished", period={"end": "20/11/2026"}),
    a_visit(participant=[{"individual": {"reference": ME}, "period": {"end": "2026-11-21"}}]),
    at_no_time(an_appointment(status="fulfilled")),
    at_no_time(an_appointment(status="booked")),
    at_no_time(an_appointment(), start="2020-01-01T09:00:00Z"),
    at_no_time(an_appointment(), end="2030-01-01T09:00:00Z"),
    declined(an_appointment()),
]


@pytest.fixture
def of(session):
    """The patients of these actors, once these resources came."""

    def found(*resources, actors=(ME,), at=NOON, around=0):
        ingest(session, "test", [a_patient("p1"), a_patient("p2"), *resources])
        while look_for_participations(session, zone=UTC):
            pass
        names = names_of(session, actors)
        return set(session.scalars(patients_of(names, around=around * DAY, at=at)))

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
        *OVER_OR_UNCLEAR,
    ],
    ids=what,
)
def test_what_is_over_called_off_or_to_come_is_no_care_now(of, resource):
    assert of(resource, around=1) == set()


@pytest.mark.parametrize(
    "resource",
    [
        a_team(period={"start": "0001-01-01", "end": "9999-12-31"}),
        in_team(start="2026-11-01", end="9999-12-31T23:59:59Z"),
        a_visit(period=None),
        a_visit(status="finished", period={"end": "2026-11-29"}),
        at_no_time(an_appointment(), end="2026-11-29T12:00:00Z"),
    ],
    ids=what,
)
def test_what_has_no_end_yet_or_one_that_is_not_reached_goes_on(of, resource):
    assert of(resource) == {"Patient/p1"}


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


@pytest.mark.parametrize(
    ("zone", "last"),
    [("Pacific/Auckland", "2026-11-29T11:00Z"), ("America/Denver", "2026-11-30T07:00Z")],
)
def test_a_day_begins_and_ends_where_the_site_is(zone, last):
    for period in ({"end": "2026-11-29"}, {"end": "2026-11-29", "start": "2026-11-29"}):
        part = next(parts_of(in_team(**period), ZoneInfo(zone)))
        assert part.ends_at == datetime.fromisoformat(last)
        assert part.starts_at in (None, part.ends_at - DAY)
    assert next(parts_of(in_team(end="2026-11"), ZoneInfo(zone))).ends_at >= part.ends_at


def test_the_places_teams_and_houses_of_a_visit_take_part_too(of):
    place = [{"location": {"reference": WARD}}, {"location": {"reference": "Location/old"}}]
    place[1]["status"] = "completed"
    visit = a_visit(location=place, serviceProvider={"reference": "Organization/psy"})
    of(visit, a_team("t9", "Patient/p2"))
    for actor in (WARD, "Organization/psy"):
        assert of(actors=[actor]) == {"Patient/p1"}
    assert of(actors=["CareTeam/t9"]) == {"Patient/p2"}
    assert of(actors=["Location/old"]) == set()


def test_a_bed_counts_while_the_patient_is_in_it(of):
    def lies(status=None, **period):
        place = {"location": {"reference": WARD}, "period": period, "status": status}
        return a_visit(location=[place])

    for left in (lies(end="2026-11-25"), lies("planned"), lies("reserved"), lies(end="?")):
        assert of(left, actors=[WARD]) == set(), left
    here = lies("active", start="2026-11-25") | {"id": "now"}
    assert of(here, actors=[WARD]) == {"Patient/p1"}


def a_role(who=ME, **more):
    named = {"practitioner": {"reference": who}}
    return {"resourceType": "PractitionerRole", "id": "r", **named, **more}


def test_who_takes_part_in_a_role_is_the_person_too_whichever_comes_first(of):
    assert of(a_visit(who="PractitionerRole/r")) == set()
    assert of(a_role()) == {"Patient/p1"}
    assert of(actors=["PractitionerRole/r"]) == {"Patient/p1"}


def test_a_role_is_whose_it_is_now(of):
    first = a_role() | {"meta": {"versionId": "1", "lastUpdated": "2026-11-01T00:00:00Z"}}
    later = a_role(SHE) | {"meta": {"versionId": "2", "lastUpdated": "2026-11-02T00:00:00Z"}}
    assert of(first, a_visit(who="PractitionerRole/r")) == {"Patient/p1"}
    assert of(later) == set()
    assert of(actors=[SHE]) == {"Patient/p1"}


@pytest.mark.parametrize("over", [{"active": False}, {"period": {"end": "2020-01-01"}}], ids=str)
def test_a_role_that_is_over_is_nobodys(of, over):
    assert of(a_role(**over), a_visit(who="PractitionerRole/r")) == set()


def test_two_times_are_not_the_time_between_them(of):
    in_may, in_june = ({"start": "2026-05-01", "end": "2026-05-09"}, {"start": "2026-12-05"})
    told = [{"member": {"reference": ME}, "period": each} for each in (in_may, in_june)]
    assert of(a_team(participant=told)) == set()
    assert of(at=NOON + 30 * DAY) == {"Patient/p1"}


def test_a_later_version_takes_the_place_of_the_one_before(of):
    first = a_team() | {"meta": {"versionId": "1", "lastUpdated": "2026-11-01T00:00:00Z"}}
    later = a_team(who=SHE) | {"meta": {"versionId": "2", "lastUpdated": "2026-11-02T00:00:00Z"}}
    assert of(first) == {"Patient/p1"}
    assert of(later) == set()
    assert of(actors=[SHE]) == {"Patient/p1"}


def test_each_record_is_looked_through_once_also_where_nobody_takes_part(session):
    ingest(session, "test", [a_patient("p1"), a_team(participant=[]), a_visit(participant=[])])
    assert look_for_participations(session, "Patient/p1", zone=UTC) == 2
    assert look_for_participations(session, "Patient/p1", zone=UTC) == 0
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
    assert isinstance(list(parts_of(a_visit() | odd, UTC)), list)


def test_two_who_look_through_a_chart_at_once_do_not_stop_each_other(sessions):
    with transaction(sessions) as session:
        ingest(session, "test", [a_patient("p1"), a_team(), a_visit()])

    def look():
        with transaction(sessions) as session:
            look_for_participations(session, "Patient/p1", zone=UTC)

    with ThreadPoolExecutor(1) as pool:
        with transaction(sessions) as first:
            look_for_participations(first, "Patient/p1", zone=UTC)
            second = pool.submit(look)
            time.sleep(0.5)  # until it waits for the first
        second.result(10)
    with transaction(sessions) as session:
        assert set(session.scalars(patients_of([ME], around=DAY))) == {"Patient/p1"}
