"""How a person stands to a patient: treating, covering, by broken glass, or a stranger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from service import audit
from service.access.glass import BrokenGlass, break_glass, broken_for, end_glass
from service.access.relations import (
    NOT_FOUND,
    Relation,
    note_listed,
    note_stranger,
    open_patients,
    standing_to,
)
from service.audit import TypedReason
from service.chart.ingest import ingest
from service.errors import BadInput, NotFound
from service.retrieval.erase import remaining
from service.summary.people import Reach
from tests.service.chart.builders import a_patient
from tests.service.chart.test_participations import a_team, a_visit
from tests.service.review.builders import ATTENDING, CLINICIAN

P1, ME = "Patient/p1", CLINICIAN.practitioner_ref
HOURS = timedelta(hours=4)


def bound(person=CLINICIAN, **given):
    return replace(person, reach=Reach(**given))


def stands(session, person=None, ref=P1):
    person = person or bound()
    return standing_to(session, ref, person, person.reach)


def sees(session, person=None):
    return set(session.scalars(open_patients(session, person or bound())))


@pytest.fixture
def two_patients(session):
    ingest(session, "test", [a_patient("p1"), a_patient("p2")])


def test_who_is_in_the_care_team_treats(session, two_patients):
    assert stands(session).relation is Relation.NONE
    assert sees(session) == set()
    ingest(session, "test", [a_team(who=ME)])
    assert stands(session).relation is Relation.TREATING
    assert stands(session, bound(ATTENDING)).is_stranger
    assert stands(session, ref="Patient/p2").is_stranger
    assert sees(session) == {P1}


def test_who_signs_in_in_a_role_is_the_person_of_it(session, two_patients):
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": ME}}
    ingest(session, "test", [role, a_team(who=ME)])
    in_role = bound(replace(CLINICIAN, practitioner_ref="PractitionerRole/r"))
    assert stands(session, in_role).relation is Relation.TREATING
    unknown = bound(replace(CLINICIAN, practitioner_ref="PractitionerRole/other"))
    assert stands(session, unknown).is_stranger


def test_whom_the_ehr_had_open_is_ones_patient(session, two_patients):
    launched = bound(launched=P1)
    assert stands(session, launched).relation is Relation.TREATING
    assert stands(session, launched, "Patient/p2").is_stranger
    assert sees(session, launched) == {P1}


def test_who_covers_a_place_sees_its_patients(session, two_patients):
    where = [{"location": {"reference": "Location/ward-3"}}]
    ingest(session, "test", [a_visit(who="Practitioner/other", location=where)])
    covering = bound(covers=frozenset({"Location/ward-3"}))
    assert stands(session, covering).relation is Relation.COVERING
    assert stands(session).is_stranger
    assert sees(session, covering) == {P1}


def test_whom_the_ehr_lists_counts_until_it_lists_them_no_more(session, two_patients):
    note_listed(session, CLINICIAN, [P1], whole=True)
    note_listed(session, CLINICIAN, ["Patient/p2"], whole=False)
    assert sees(session) == {P1, "Patient/p2"}
    assert stands(session).relation is Relation.TREATING
    note_listed(session, CLINICIAN, ["Patient/p2"], whole=True)
    assert sees(session) == {"Patient/p2"}
    session.execute(text("UPDATE listed_patients SET until = now() - interval '1 minute'"))
    assert sees(session) == set()


def test_a_site_that_does_not_ask_bounds_no_list(session):
    assert open_patients(session, CLINICIAN) is None
    assert open_patients(session, bound(is_bound=False)) is None


def broken(session, *, by=CLINICIAN, reason="emergency", words="", lasts=HOURS, ref=P1):
    return break_glass(session, ref, reason, words, by=by, lasts=lasts)


def test_broken_glass_opens_one_chart_to_one_person_for_a_time(session, two_patients):
    glass = broken(session)
    assert not stands(session).is_stranger
    assert stands(session).relation is Relation.NONE
    assert stands(session).glass.reason == "An emergency: the patient needs care now."
    assert sees(session) == {P1}
    assert stands(session, ref="Patient/p2").is_stranger
    assert stands(session, bound(ATTENDING)).is_stranger
    end_glass(session, glass.id, by=CLINICIAN)
    assert stands(session).is_stranger
    assert sees(session) == set()


def test_it_ends_by_itself(session, two_patients):
    broken(session, lasts=timedelta(seconds=-1))
    assert stands(session).is_stranger
    assert sees(session) == set()


def test_nobody_ends_anothers_nor_twice(session):
    glass = broken(session)
    with pytest.raises(NotFound):
        end_glass(session, glass.id, by=ATTENDING)
    end_glass(session, glass.id, by=CLINICIAN)
    with pytest.raises(NotFound):
        end_glass(session, glass.id, by=CLINICIAN)


@pytest.mark.parametrize("change", ["patient_ref = 'Patient/p2'", "until = now() + interval '9 d'"])
def test_nobody_breaks_glass_in_the_database(session, two_patients, change):
    glass = broken(session)
    session.flush()
    session.execute(text(f"UPDATE broken_glass SET {change}"))
    session.expire_all()
    ref = session.get(BrokenGlass, glass.id).patient_ref
    assert broken_for(session, ref, CLINICIAN) is None


@pytest.mark.parametrize(
    ("ref", "reason", "words"),
    [
        ("Practitioner/1", "called", ""),
        ("Patient/", "called", ""),
        (P1, "", "x"),
        (P1, "other", ""),
    ],
)
def test_a_patient_and_a_reason_are_needed(session, ref, reason, words):
    with pytest.raises(BadInput):
        broken(session, ref=ref, reason=reason, words=words)


def test_what_was_typed_stands_beside_the_audit_and_goes_with_the_patient(session, two_patients):
    broken(session, reason="other", words="Mother of Ada called from the ward")
    [act] = audit.pending(session)
    assert (act.action, act.patient_ref, act.detail["why"]) == ("glass.broken", P1, "other")
    assert "Ada" not in str(act.detail)
    assert session.scalar(select(TypedReason.words)) == "Mother of Ada called from the ward"
    ingest(session, "test", [a_team(who=ME)])
    stands(session)
    note_listed(session, CLINICIAN, [P1], whole=False)
    held = remaining(session, P1)
    assert {"broken_glass", "listed_patients", "participations", "typed_reasons"} <= held.keys()


def test_a_stranger_whose_chart_opens_is_noted_once(session):
    for _ in range(2):
        note_stranger(session, P1, CLINICIAN)
        session.commit()
    acts = session.scalars(select(audit.AuditEvent)).all()
    assert [act.action for act in acts] == [NOT_FOUND]
