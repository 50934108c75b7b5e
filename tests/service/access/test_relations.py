"""How a person stands to a patient: treating, covering, by broken glass, or a stranger."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from service import audit
from service.access.glass import (
    BrokenGlass,
    _seal,
    break_glass,
    broken_for,
    end_glass,
    take_glass_back,
)
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
from service.chart.models import Chart
from service.database import new_id, now, transaction
from service.errors import BadInput, NotFound, NotPermitted
from service.retrieval.erase import remaining
from service.summary.people import Reach
from tests.service.chart.builders import a_patient
from tests.service.chart.test_participations import a_team, a_visit, an_appointment
from tests.service.review.builders import ATTENDING, CLINICIAN, QA

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


def aged(session, hours):
    """All that is held and told, so many hours older."""
    for column in (
        "source_records.received_at",
        "charts.pulled_at",
        "whole_listings.told_at",
        "listed_patients.until",
    ):
        table, name = column.split(".")
        by = f"{name} = {name} - interval '{hours} hours'"
        session.execute(text(f"UPDATE {table} SET {by}"))
    session.expire_all()


def read(session):
    session.get(Chart, P1).pulled_at = now()
    session.flush()


def agrees(session, relation, *, is_old=False):
    """What one is asked about one patient and what stands in a list are the same."""
    found = stands(session)
    assert sees(session) == ({P1} if relation is Relation.TREATING else set())
    return (found.relation, found.is_old) == (relation, is_old)


GOES_ON = [
    a_team(who=ME),
    a_team(who=ME, period={"end": f"{now() + timedelta(days=400):%Y-%m-%d}"}),
    a_visit(who=ME),
    an_appointment(who=ME, day=f"{now() + timedelta(days=3):%Y-%m-%d}"),
]


@pytest.mark.parametrize("resource", GOES_ON, ids=lambda r: r["resourceType"])
def test_what_goes_on_counts_until_the_ehr_tells_all_and_does_not_name_the_patient(
    session, two_patients, resource
):
    ingest(session, "test", [resource])
    note_listed(session, CLINICIAN, [], whole=True)
    assert agrees(session, Relation.TREATING), "read as lately as the list is"
    aged(session, 11)
    assert agrees(session, Relation.TREATING)
    aged(session, 2)
    note_listed(session, CLINICIAN, [], whole=True)
    assert agrees(session, Relation.NONE)
    read(session)
    assert agrees(session, Relation.TREATING)


def test_whom_the_ehr_still_names_is_ones_patient_however_old_the_chart(session, two_patients):
    ingest(session, "test", [a_team(who=ME)])
    aged(session, 4_000)
    note_listed(session, CLINICIAN, [P1], whole=True)
    assert agrees(session, Relation.TREATING)
    aged(session, 13)
    assert agrees(session, Relation.NONE), "that the EHR named them was half a day ago"


def test_where_the_ehr_never_told_all_what_is_held_counts_and_is_known_to_be_old(
    session, two_patients
):
    ingest(session, "test", [a_team(who=ME)])
    aged(session, 4_000)
    note_listed(session, CLINICIAN, [], whole=False)
    assert agrees(session, Relation.TREATING, is_old=True)
    note_listed(session, ATTENDING, [], whole=True)
    assert agrees(session, Relation.TREATING, is_old=True), "another's list says nothing of mine"


def test_a_chart_that_was_read_after_the_list_stands_against_it(session, two_patients):
    ingest(session, "test", [a_team(who=ME)])
    note_listed(session, CLINICIAN, [], whole=True)
    aged(session, 30)
    read(session)
    aged(session, 14)
    assert agrees(session, Relation.TREATING, is_old=True)


def test_what_was_over_when_the_chart_was_read_needs_no_asking(session, two_patients):
    ended = {"start": "2020-01-01", "end": (now() - timedelta(days=2)).isoformat()}
    ingest(session, "test", [a_visit(who=ME, status="finished", period=ended)])
    aged(session, 13)
    note_listed(session, CLINICIAN, [], whole=True)
    assert agrees(session, Relation.TREATING)


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


def count(session):
    return len(session.scalars(select(BrokenGlass)).all())


def test_broken_twice_it_is_one(session):
    first = broken(session)
    assert broken(session, reason="called") == first
    assert count(session) == 1
    others = [broken(session, by=ATTENDING), broken(session, ref="Patient/p2")]
    assert count(session) == 3
    assert first.id not in {each.id for each in others}


def test_broken_twice_at_the_same_moment_it_is_one(sessions):
    with transaction(sessions) as first, ThreadPoolExecutor(1) as pool:
        made = broken(first)

        def again():
            with transaction(sessions) as second:
                return broken(second)

        waiting = pool.submit(again)
        time.sleep(0.5)  # until it waits for the first
        first.commit()
        assert waiting.result(10) == made


def copied(session, glass):
    """A second row of the same person and patient, as an earlier release has made them."""
    row = session.get(BrokenGlass, glass.id)
    given = {c.name: getattr(row, c.name) for c in BrokenGlass.__table__.columns}
    made = BrokenGlass(**given | {"id": new_id()})
    made.seal = _seal(session, made)
    session.add(made)
    session.flush()


@pytest.mark.parametrize("ends", [end_glass, take_glass_back])
def test_ended_all_of_that_person_and_patient_is_ended(session, two_patients, ends):
    glass = broken(session)
    other = broken(session, ref="Patient/p2")
    copied(session, glass)
    ends(session, glass.id, by=CLINICIAN)
    assert sees(session) == {"Patient/p2"}
    acts = [act for act in audit.pending(session) if act.action == "glass.ended"]
    assert len(acts) == 2
    assert other.id not in {act.subject_id for act in acts}


def test_what_was_taken_back_is_not_opened_so_again_before_its_time(session, two_patients):
    glass = broken(session)
    session.commit()
    take_glass_back(session, glass.id, by=QA)
    session.commit()
    for reason in ("emergency", "called"):
        with pytest.raises(NotPermitted, match="security officer"):
            broken(session, reason=reason)
    broken(session, by=ATTENDING)
    broken(session, ref="Patient/p2")
    with session.begin_nested(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.access.glass.now", lambda: now() + HOURS + timedelta(minutes=1))
        broken(session)


def test_what_one_has_ended_oneself_one_may_open_again(session):
    glass = broken(session)
    session.commit()
    end_glass(session, glass.id, by=CLINICIAN)
    session.commit()
    assert broken(session).id != glass.id


@pytest.mark.parametrize("change", ["patient_ref = 'Patient/p2'", "until = now() + interval '9 d'"])
def test_nobody_breaks_glass_in_the_database(session, two_patients, change):
    glass = broken(session)
    session.flush()
    session.execute(text(f"UPDATE broken_glass SET {change}"))
    session.expire_all()
    ref = session.get(BrokenGlass, glass.id).patient_ref
    assert broken_for(session, ref, CLINICIAN) is None
    assert sees(session) == set()


def test_what_was_ended_is_not_opened_in_the_database(session, two_patients):
    glass = broken(session)
    session.commit()
    end_glass(session, glass.id, by=CLINICIAN)
    session.commit()
    session.execute(text("UPDATE broken_glass SET ended_at = NULL"))
    session.expire_all()
    assert stands(session).is_stranger
    assert sees(session) == set()


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
