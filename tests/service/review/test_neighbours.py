"""From one note to the next in time, past what this person may not see."""

from datetime import UTC, datetime

from service.chart.models import Chart
from service.review.neighbours import neighbours
from service.summary.vocabulary import Standing
from tests.service.review.builders import CLINICIAN, QA, a_record


def a_note(session, day, text="Seen today.", **more):
    session.merge(Chart(patient_ref="Patient/1", gaps=[]))
    at = datetime(2026, 3, day, 9, tzinfo=UTC)
    told = {"is_note": True, "effective_at": at, "effective": at.isoformat()}
    ref = more.pop("ref", f"DocumentReference/{day}")
    return a_record(session, text, ref=ref, **(told | more))


def beside(session, note, person=CLINICIAN):
    found = neighbours(session, note, person)
    return found.before, found.after


def test_the_nearest_in_time_stand_beside_it(session):
    notes = [a_note(session, day) for day in (1, 5, 9, 20)]
    assert beside(session, notes[1]) == (notes[0], notes[2])
    assert beside(session, notes[0]) == (None, notes[1])
    assert beside(session, notes[3]) == (notes[2], None)


def test_two_of_one_instant_are_both_come_by(session):
    first, second = sorted((a_note(session, 5, ref=f"D/{n}") for n in "ab"), key=lambda n: n.id)
    assert beside(session, first) == (None, second)
    assert beside(session, second) == (first, None)


def test_what_is_no_note_or_no_evidence_or_another_patients_is_passed_over(session):
    here = a_note(session, 5)
    a_note(session, 6, is_note=False)
    a_note(session, 7, standing=Standing.REPLACED)
    a_note(session, 8, is_latest=False)
    a_note(session, 9, patient="Patient/2")
    assert beside(session, here) == (None, None)


def test_what_a_person_may_not_see_is_passed_over(session):
    here, after = a_note(session, 5), a_note(session, 9)
    a_note(session, 7, labels=["42CFRPart2"])
    assert beside(session, here, QA) == (None, after)


def test_what_has_no_time_has_no_neighbours(session):
    a_note(session, 5)
    assert beside(session, a_note(session, 6, effective_at=None, effective="")) == (None, None)
