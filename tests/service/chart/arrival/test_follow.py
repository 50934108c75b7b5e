"""What we are told of is read once, however often and in whatever order it is told."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from service import audit
from service.chart.arrival.follow import (
    FIRST_PAUSE,
    MAX_TRIES,
    follow_arrival,
    note_arrivals,
    owed_arrivals,
)
from service.chart.arrival.models import Arrival
from service.chart.erased import ERASED
from service.chart.models import Chart
from service.database import now
from service.queue import TaskName
from service.summary.vocabulary import Standing
from tests.service.chart.arrival.builders import Ehr
from tests.service.chart.arrival.conftest import owed
from tests.service.chart.builders import PATIENT, a_record, latest
from tests.service.fhir.wire_fakes import fhir


def tell(begin, *refs):
    with begin() as session:
        note_arrivals(session, refs)


def test_a_patient_who_is_told_of_is_read_from_the_ehr(begin, known, ehr, follow):
    tell(begin, PATIENT)
    follow(ehr)
    assert (ehr.pulls(), owed(begin)) == (1, [])
    with begin() as session:
        assert session.get(Chart, PATIENT).pulled_at is not None


def test_what_is_told_ten_times_is_read_once(begin, known, ehr, follow, rung):
    ehr.held["Condition/c1"] = a_record("Condition", "c1")
    for _ in range(5):
        tell(begin, PATIENT, "Condition/c1")
    follow(ehr)
    assert (ehr.pulls(), owed(begin)) == (1, [])
    assert {name for name, _ in rung} == {TaskName.FOLLOW_ARRIVAL}


def test_the_queue_carries_ids_only(begin, rung):
    tell(begin, PATIENT, "Observation/o1", "no reference", "Observation/../x")
    assert rung == [
        (TaskName.FOLLOW_ARRIVAL, {"ref": "Observation/o1"}),
        (TaskName.FOLLOW_ARRIVAL, {"ref": PATIENT}),
    ]


def test_a_patient_of_whom_nothing_is_held_is_ignored(begin, ehr, follow):
    ehr.held["Condition/c1"] = a_record("Condition", "c1")
    tell(begin, PATIENT, "Condition/c1")
    follow(ehr)
    assert (ehr.pulls(), owed(begin)) == (0, [])


def test_unless_the_site_says_otherwise(begin, follow):
    ehr = Ehr(unknown_patients=True)
    ehr.held["Condition/c1"] = a_record("Condition", "c1")
    tell(begin, "Condition/c1")
    follow(ehr)
    assert (ehr.pulls(), owed(begin)) == (1, [])


def test_nor_does_one_come_back_who_was_erased(begin, follow):
    ehr = Ehr(unknown_patients=True)
    with begin() as session:
        audit.record(session, ERASED, actor="command-line", patient_ref=PATIENT)
    tell(begin, PATIENT)
    follow(ehr)
    assert (ehr.pulls(), owed(begin)) == (0, [])


@pytest.mark.parametrize("status", [404, 410])
def test_a_record_that_was_deleted_is_no_evidence_at_once(begin, known, ehr, follow, status):
    ehr.answers["GET Goal"] = lambda r: (
        fhir({"resourceType": "Bundle", "entry": [{"resource": a_record("Goal", "g1")}]})
        if r.url.path == "/fhir/Goal"
        else fhir({}, status)
    )
    tell(begin, PATIENT)
    follow(ehr)
    tell(begin, "Goal/g1")
    follow(ehr)
    with begin() as session:
        assert latest(session, "Goal/g1").standing is Standing.EXCLUDED


def test_an_ehr_that_does_not_answer_is_asked_again_later(begin, known, ehr):
    ehr.answers["GET Patient"] = fhir({}, 503)
    tell(begin, PATIENT)
    follow_arrival(begin, PATIENT, client=ehr.client())
    with begin() as session:
        assert session.get(Arrival, PATIENT).tries == 1
        assert owed_arrivals(session, before=now()) == []
        assert owed_arrivals(session, before=now() + 3 * FIRST_PAUSE) == [PATIENT]
    follow_arrival(begin, PATIENT, client=ehr.client())  # rung again too early: nothing is done
    with begin() as session:
        assert session.get(Arrival, PATIENT).tries == 1
        session.execute(update(Arrival).values(free_at=now(), tries=MAX_TRIES))
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert owed(begin) == []


def test_what_ends_its_worker_again_and_again_is_given_up(begin, known, ehr):
    class Killed(BaseException):
        pass

    def kill(request):
        raise Killed

    ehr.answers["GET Patient"] = kill
    tell(begin, PATIENT)
    for _ in range(MAX_TRIES):
        with begin() as session:
            session.execute(update(Arrival).values(free_at=now()))
        with pytest.raises(Killed):
            follow_arrival(begin, PATIENT, client=ehr.client())
    with begin() as session:
        session.execute(update(Arrival).values(free_at=now()))
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert owed(begin) == []


def test_a_search_that_is_never_answered_is_a_gap_in_the_end(begin, known, ehr):
    ehr.answers["GET Goal"] = fhir({}, 503)
    tell(begin, PATIENT)
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert owed(begin) == [PATIENT]
    with begin() as session:
        session.execute(update(Arrival).values(free_at=now(), first_at=now() - timedelta(hours=1)))
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert owed(begin) == []
    with begin() as session:
        assert [gap["source"] for gap in session.get(Chart, PATIENT).gaps] == ["Goal"]


MERGED = [{"type": "replaced-by", "other": {"reference": "Patient/2"}}]


@pytest.mark.parametrize("link", [[], MERGED])
def test_a_patient_who_is_gone_or_merged_is_not_asked_for_again(begin, known, ehr, follow, link):
    if link:
        ehr.held[PATIENT]["link"] = link
    else:
        del ehr.held[PATIENT]
    tell(begin, PATIENT)
    follow(ehr)
    assert owed(begin) == []


def test_what_is_told_while_it_is_read_is_read_again(begin, known, ehr):
    def meanwhile(request):
        if ehr.pulls() == 1:
            tell(begin, PATIENT)
        return fhir({"resourceType": "Bundle"})

    ehr.answers["GET Goal"] = meanwhile
    tell(begin, PATIENT)
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert owed(begin) == [PATIENT]
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert (owed(begin), ehr.pulls()) == ([], 2)


def test_two_workers_do_not_read_one_chart_at_once(begin, known, ehr):
    def twice(request):
        follow_arrival(begin, PATIENT, client=Ehr().client())
        return fhir({"resourceType": "Bundle"})

    ehr.answers["GET Goal"] = twice
    tell(begin, PATIENT)
    follow_arrival(begin, PATIENT, client=ehr.client())
    assert owed(begin) == []
