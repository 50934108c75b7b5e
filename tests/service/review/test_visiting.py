"""Whom a practitioner sees, as the EHR says it; and drafts that are ready before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import audit
from service.audit import AuditEvent
from service.chart import visits as asked_visits
from service.chart.erased import ERASED
from service.chart.finding import FoundPatient
from service.chart.models import Chart
from service.chart.visits import Listing, Visit, appointments, in_care, treated
from service.database import now
from service.errors import NotPermitted
from service.review.preparing import prepare_visits
from service.review.visiting import NOT_KNOWN, ask_treated, ask_visits, my_patients
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.service.chart.test_participations import NOON, OVER_OR_UNCLEAR, what
from tests.service.fhir.wire_fakes import ScriptedEhr, fhir
from tests.service.review.builders import CLINICIAN, QA, a_summary, a_summary_at

ME = CLINICIAN.practitioner_ref
DAY = date(2026, 11, 30)
ADA = {
    "resourceType": "Patient",
    "id": "7",
    "name": [{"text": "Ada Quist"}],
    "birthDate": "1950-02-03",
}


def an_appointment(id_, start, patient="Patient/7", *, status="booked", who=ME):
    actors = [{"reference": patient, "display": "As the book has it"}, {"reference": who}]
    told = {"participant": [{"actor": a} for a in actors], "description": "Review"}
    return {"resourceType": "Appointment", "id": id_, "status": status, "start": start, **told}


def an_encounter(id_, patient, *, status="in-progress", who=ME):
    told = {"subject": {"reference": patient}, "participant": [{"individual": {"reference": who}}]}
    return {"resourceType": "Encounter", "id": id_, "status": status, **told}


def a_team(id_, patient, *, who=ME):
    told = {"subject": {"reference": patient}, "participant": [{"member": {"reference": who}}]}
    return {"resourceType": "CareTeam", "id": id_, "status": "active", "name": "Ward 3", **told}


class Ehr(ScriptedEhr):
    """Answers by resource type; of one that it has nothing of, what `lacking` says."""

    def __init__(self, *held, lacking=200):
        super().__init__()
        self.held, self.lacking = held, lacking

    def handle_request(self, request):
        self.asked.append(request)
        wanted = request.url.path.rpartition("/")[2]
        if wanted == "metadata":
            return fhir({}, 404)
        found = [each for each in self.held if each["resourceType"] == wanted]
        if not found and self.lacking != 200:
            return fhir({"resourceType": "OperationOutcome", "issue": []}, self.lacking)
        people = [each for each in self.held if each["resourceType"] == "Patient"]
        entries = [{"resource": each} for each in found]
        entries += [{"resource": each, "search": {"mode": "include"}} for each in people]
        return fhir({"resourceType": "Bundle", "type": "searchset", "entry": entries})


def of_day(*held, zone=UTC, practitioner_ref=ME):
    return appointments(Ehr(*held).client(), DAY, zone=zone, practitioner_ref=practitioner_ref)


def test_appointments_stand_in_order_with_who_comes():
    later, first = (an_appointment(h, f"2026-11-30T{h}:00:00Z") for h in ("14", "09"))
    listing = of_day(later, first, ADA)
    assert [v.at.hour for v in listing.visits] == [9, 14]
    assert listing.visits[0].patient == FoundPatient("Patient/7", "Ada Quist", "", "1950-02-03", "")
    assert listing.problem == ""


@pytest.mark.parametrize(
    "other",
    [
        an_appointment("1", "2026-11-30T09:00:00Z", status="cancelled"),
        an_appointment("2", "2026-11-30T09:00:00Z", status="noshow"),
        an_appointment("3", "2026-12-01T09:00:00Z"),
        an_appointment("4", "2026-11-30T09:00:00Z", who="Practitioner/other"),
        an_appointment("5", "tomorrow"),
        an_appointment("6", None),
        an_appointment("7", "0001-01-01T00:00:00+01:00"),
    ],
    ids=["cancelled", "no show", "another day", "another's", "no instant", "no time", "sentinel"],
)
def test_what_is_no_appointment_of_this_day_is_not_listed(other):
    assert of_day(other, ADA).visits == ()


def test_a_day_is_the_day_where_the_site_is():
    late = an_appointment("1", "2026-12-01T04:30:00Z")
    [visit] = of_day(late, zone=ZoneInfo("America/Denver")).visits
    assert visit.at.hour == 21
    assert of_day(late).visits == ()


def test_a_patient_who_does_not_come_along_is_named_as_the_book_has_it():
    [visit] = of_day(an_appointment("1", "2026-11-30T09:00:00Z")).visits
    assert visit.patient.name == "As the book has it"


def test_in_care_is_who_is_here_and_whose_team_one_is_in_each_once():
    held = (an_encounter("1", "Patient/7"), a_team("2", "Patient/7"), a_team("3", "Patient/8"))
    others = (
        an_encounter("4", "Patient/9", status="finished"),
        a_team("5", "Patient/9", who="x/1"),
    )
    listing = in_care(Ehr(*held, *others, ADA).client(), ME, zone=UTC)
    assert {v.patient.ref: v.what for v in listing.visits} == {
        "Patient/7": "Encounter",
        "Patient/8": "Ward 3",
    }


def test_a_mother_in_her_childs_team_is_no_patient_of_it():
    team = a_team("1", "Patient/child")
    team["participant"].append({"member": {"reference": "Patient/mother"}})
    visit = an_encounter("2", "Patient/child")
    visit["participant"].append({"individual": {"reference": "Patient/mother"}})
    for held in (team, visit):
        ehr = Ehr(held)
        assert refs(in_care(ehr.client(), ME, zone=UTC)) == ["Patient/child"]
        assert refs(of_rule(ehr)) == ["Patient/child"]


def refs(listing):
    return [visit.patient.ref for visit in listing.visits]


def of_rule(ehr, *, names=(ME,), around=7):
    return treated(ehr.client(), names, around=timedelta(days=around), zone=UTC)


@pytest.mark.parametrize("resource", OVER_OR_UNCLEAR, ids=what)
def test_what_is_held_and_what_is_answered_are_seen_by_one_rule(monkeypatch, resource):
    monkeypatch.setattr(asked_visits, "now", lambda: NOON)
    assert of_rule(Ehr(resource), names=["Practitioner/1"], around=1) == Listing()
    care = in_care(Ehr(resource).client(), "Practitioner/1", zone=UTC)
    assert care.visits == ()


def test_who_declined_an_appointment_has_none_and_is_none(monkeypatch):
    start = "2026-11-30T09:00:00Z"
    for at in (0, 1):
        told = an_appointment("1", start)
        told["participant"][at]["status"] = "declined"
        assert of_day(told).visits == ()


def test_who_comes_another_day_and_who_just_went_is_treated_too():
    around = [
        an_appointment("1", days(3), "Patient/soon"),
        an_appointment("2", days(-3), "Patient/was-here", status="fulfilled"),
        an_appointment("3", days(30), "Patient/later"),
        an_encounter("4", "Patient/went", status="finished") | {"period": {"end": days(-2)}},
        an_encounter("5", "Patient/long-gone", status="finished") | {"period": {"end": days(-20)}},
    ]
    ehr = Ehr(*around)
    assert set(refs(of_rule(ehr))) == {"Patient/soon", "Patient/was-here", "Patient/went"}
    asked = [dict(request.url.params.multi_items()) for request in ehr.asked if request.url.params]
    assert all(ME in each.values() for each in asked)
    assert sum("date" in each for each in asked) == 2, "what is over, not all that ever was"


def days(number):
    return (now() + timedelta(days=number)).isoformat()


def test_the_roles_of_a_person_are_asked_for_too():
    role = "PractitionerRole/r"
    ehr = Ehr(an_encounter("1", "Patient/7", who=role))
    assert refs(of_rule(ehr)) == []
    ehr.asked.clear()
    assert set(refs(of_rule(ehr, names=[ME, role]))) == {"Patient/7"}
    [asked] = {r.url.params["participant"] for r in ehr.asked if r.url.path.endswith("Encounter")}
    assert set(asked.split(",")) == {ME, role}


def test_a_list_that_was_cut_does_not_call_itself_whole(monkeypatch):
    ehr = Ehr(*(a_team(str(number), f"Patient/{number}") for number in range(3)))
    monkeypatch.setattr(asked_visits, "MOST_READ", 3)
    assert in_care(ehr.client(), ME, zone=UTC).problem == ""
    monkeypatch.setattr(asked_visits, "MOST_READ", 2)
    for listing in (in_care(ehr.client(), ME, zone=UTC), of_rule(ehr)):
        assert "more than 2 of CareTeam" in listing.problem
        assert len(listing.visits) == 2


@pytest.mark.parametrize(("status", "can_retry"), [(503, True), (403, False)])
def test_that_the_ehr_is_silent_is_told_from_that_it_serves_none(status, can_retry):
    listing = of_rule(Ehr(lacking=status))
    assert listing.problem
    assert listing.can_retry is can_retry


def test_nobody_is_treated_by_whom_the_ehr_does_not_know():
    listing = ask_treated(Ehr().client(), CLINICIAN, (), zone=UTC, within_s=1)
    assert listing.problem == NOT_KNOWN


def test_that_the_ehr_does_not_answer_is_not_that_nobody_comes():
    ehr = Ehr(an_encounter("1", "Patient/7"), ADA, lacking=403)
    listing = in_care(ehr.client(), ME, zone=UTC)
    assert [v.patient.ref for v in listing.visits] == ["Patient/7"]
    assert listing.problem
    assert appointments(ehr.client(), DAY, zone=UTC).problem


def test_only_whoever_may_ask_for_a_summary_sees_the_lists(session):
    client = Ehr().client()
    with pytest.raises(NotPermitted):
        ask_visits(client, QA, DAY, zone=UTC, within_s=1)


def test_nobody_is_listed_for_whom_the_ehr_does_not_know():
    unknown = replace(CLINICIAN, practitioner_ref=None)
    listings = ask_visits(Ehr().client(), unknown, DAY, zone=UTC, within_s=1)
    assert {each.problem for each in listings} == {NOT_KNOWN}


def test_what_is_prepared_stands_beside_and_the_audit_has_who_was_shown_without_names(session):
    made = a_summary(session, patient="Patient/7")
    start = an_appointment("1", "2026-11-30T09:00:00Z")
    found = my_patients(
        session, CLINICIAN, of_day(start, ADA), in_care(Ehr().client(), ME, zone=UTC)
    )
    assert found.prepared == {"Patient/7": made}
    session.commit()
    act = session.scalars(select(AuditEvent).where(AuditEvent.action == "visits.listed")).one()
    assert act.detail == {"patients": ["Patient/7"]}


def visits(*ids):
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    return [Visit(FoundPatient(f"Patient/{id_}", "", "", "", ""), at, "") for id_ in ids]


def asked_for(session):
    rows = session.scalars(select(Summary).where(Summary.requested_by == SYSTEM))
    return sorted(row.patient_ref for row in rows)


def test_each_who_comes_is_asked_for_once_however_often_the_schedule_comes(session):
    assert prepare_visits(session, visits("1", "2", "1"), most=10) == 2
    assert prepare_visits(session, visits("1", "2"), most=10) == 0
    assert asked_for(session) == ["Patient/1", "Patient/2"]
    assert {s.type for s in session.scalars(select(Summary))} == {SummaryType.PRE_VISIT}


def test_no_more_are_asked_for_than_the_site_says(session):
    assert prepare_visits(session, visits("1", "2", "3"), most=2) == 2
    session.commit()
    act = session.scalars(select(AuditEvent).where(AuditEvent.action == "visits.prepared")).one()
    assert act.detail == {"visits": 3, "asked": 2, "left": 1}


def test_where_a_draft_is_open_there_is_no_second(session):
    a_summary(session, patient="Patient/1")
    a_summary(session, patient="Patient/2", summary_type=SummaryType.HANDOFF)
    assert prepare_visits(session, visits("1", "2"), most=10) == 1
    assert asked_for(session) == ["Patient/2"]


def test_what_was_filed_today_is_not_drafted_again(session):
    a_summary_at(session, SummaryStatus.FILED, patient="Patient/1")
    assert prepare_visits(session, visits("1"), most=10) == 0


def test_who_was_erased_is_left_alone_until_a_person_asks(session):
    audit.record(session, ERASED, actor="command-line", patient_ref="Patient/1")
    session.commit()
    assert prepare_visits(session, visits("1", "2"), most=10) == 1
    assert asked_for(session) == ["Patient/2"]
    session.add(Chart(patient_ref="Patient/1", gaps=[]))  # somebody has asked for a summary
    session.flush()
    assert prepare_visits(session, visits("1"), most=10) == 1
