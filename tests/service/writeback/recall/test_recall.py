"""What a model, a prompt, a record or a span of time touched is withdrawn and reported on."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, select, type_coerce

from service import audit
from service.database import now, transaction
from service.errors import BadInput, NotFound, NotPermitted
from service.queue import TaskName
from service.retrieval.erase import erase_patient
from service.sealing.models import PatientKey
from service.summary import progress
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.filing import file_summary, reconcile_filing
from service.writeback.recall.models import Recall
from service.writeback.recall.models import RecallState as R
from service.writeback.recall.recall import (
    AMENDING,
    AT_WORK,
    report_on,
    start_recall,
    step_recalls,
)
from service.writeback.recall.touched import Criteria, touched
from service.writeback.retracting import retract_summary
from tests.service.writeback import ehr
from tests.service.writeback.builders import (
    WRITER,
    a_document,
    a_record,
    a_signed_summary,
    amended,
    sign,
)

IT = DEMO_PEOPLE["it"]
MODEL = Criteria(model="extractive")


@pytest.fixture
def made(sessions):
    """A summary by its status, walked there; answers its id."""

    def make(status=S.SIGNED, **given):
        with transaction(sessions) as session:
            summary = a_signed_summary(session, **given)
            for each in _BACK[status]:
                progress.advance(session, summary, each, actor="dr-a")
            return summary.id

    return make


_BACK = {
    S.SIGNED: (),
    S.FILING_REFUSED: (S.FILING_REFUSED,),
    S.IN_REVIEW: (S.FILING_REFUSED, S.IN_REVIEW),
    S.AWAITING_COSIGN: (S.FILING_REFUSED, S.IN_REVIEW, S.AWAITING_COSIGN),
    S.REQUESTED: (S.FILING_REFUSED, S.IN_REVIEW, S.REQUESTED),
    S.FAILED: (S.FILING_REFUSED, S.IN_REVIEW, S.REQUESTED, S.FAILED),
    S.REJECTED: (S.FILING_REFUSED, S.IN_REVIEW, S.REJECTED),
}


@pytest.fixture
def work(sessions, client):
    """What workers do: the recalls' sweep, then the retractions that it owes."""

    def act():
        step_recalls(lambda: transaction(sessions))
        with sessions() as session:
            owed = session.query(progress.Summary).filter_by(status=S.RETRACTING)
            ids = [summary.id for summary in owed]
        for summary_id in ids:
            with transaction(sessions) as session:
                retract_summary(session, summary_id, client=client)
        step_recalls(lambda: transaction(sessions))

    return act


@pytest.fixture
def filed(made, sessions, client):
    def make(**given):
        summary_id = made(**given)
        with transaction(sessions) as session:
            file_summary(session, summary_id, client=client)
        return summary_id

    return make


def recall(sessions, criteria=MODEL, reason="The model was wrong."):
    with transaction(sessions) as session:
        return start_recall(session, criteria, reason, by=IT).id


def told(sessions, recall_id):
    with sessions() as session:
        report = report_on(session, recall_id, by=IT)
        return {each.summary_id: each for each in report.summaries}


def status_of(sessions, summary_id):
    with sessions() as session:
        summary = progress.find_summary(session, summary_id)
        return summary.status, summary.status_reason


def test_what_is_filed_is_retracted_with_the_one_reason(filed, work, sessions, client, rung):
    ids = [filed(), filed()]
    recall_id = recall(sessions)
    assert rung[-1] == (TaskName.STEP_RECALLS, {})
    work()
    for summary_id in ids:
        assert told(sessions, recall_id)[summary_id].state is R.RETRACTED
    documents = list(client.search("DocumentReference", {}))
    assert {each["status"] for each in documents} == {"entered-in-error"}
    with sessions() as session:
        report = report_on(session, recall_id, by=IT)
        chain = list(audit.chain(session))
        reasons = audit.typed_reasons(session, chain)
        acts = [(act.action, reasons.get(act.seq)) for act in chain]
    assert report.recall.ended_at is not None and report.counts == {"retracted": 2}
    assert acts.count(("summary.retracting", "Recalled: The model was wrong.")) == 2
    assert {"recall.started", "recall.ended"} <= {action for action, _ in acts}


@pytest.mark.parametrize("status", [S.IN_REVIEW, S.AWAITING_COSIGN, S.FILING_REFUSED, S.FAILED])
def test_what_never_came_into_the_ehr_is_rejected(made, work, sessions, client, status):
    summary_id = made(status)
    recall_id = recall(sessions)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.REJECTED
    assert status_of(sessions, summary_id) == (S.REJECTED, "Recalled: The model was wrong.")
    assert list(client.search("DocumentReference", {})) == []


def test_what_may_be_in_the_ehr_already_waits_and_follows(made, work, sessions, client, wire):
    summary_id = made()
    wire.faults = {"POST /DocumentReference": ehr.lost_answer}
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    recall_id = recall(sessions)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.WAITING
    with transaction(sessions) as session:
        reconcile_filing(session, summary_id, client=client)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.RETRACTED


def test_an_open_amendment_waits_for_the_person_who_has_it(filed, work, sessions, client):
    summary_id = filed()
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        progress.advance(session, summary, S.IN_REVIEW, actor="dr-a")
    recall_id = recall(sessions)
    work()
    item = told(sessions, recall_id)[summary_id]
    assert (item.state, item.said) == (R.WAITING, AMENDING)
    said = status_of(sessions, summary_id)[1]
    assert said == f"Recalled: The model was wrong. {AMENDING}"  # who has it open sees it
    with transaction(sessions) as session:
        sign(session, progress.find_summary(session, summary_id))
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.RETRACTED


def test_what_is_drafted_anew_by_something_else_is_let_go(made, work, sessions):
    summary_id = made(S.REQUESTED)
    recall_id = recall(sessions)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.WAITING
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        for status in (S.CHARTED, S.INDEXED):
            progress.advance(session, summary, status, actor=SYSTEM)
        other = {**WRITER, "name": "openai:better"}
        progress.add_version(
            session, summary, a_document(), made_by=SYSTEM, writer=other, coverage={}
        )
        for status in (S.DRAFTED, S.IN_REVIEW):
            progress.advance(session, summary, status, actor=SYSTEM)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.CLEAR
    assert status_of(sessions, summary_id)[0] is S.IN_REVIEW


def test_what_the_ehr_will_not_withdraw_is_said_and_not_tried_for_ever(filed, work, sessions, wire):
    summary_id = filed()
    recall_id = recall(sessions)
    wire.faults["PUT /DocumentReference"] = ehr.refused
    work()
    item = told(sessions, recall_id)[summary_id]
    assert item.state is R.REFUSED and "not withdrawn" in item.said
    sent = len(wire.calls)
    work()
    assert len(wire.calls) == sent
    with sessions() as session:
        assert report_on(session, recall_id, by=IT).recall.ended_at is not None


def test_an_ehr_that_is_away_is_waited_for(filed, work, sessions, wire):
    summary_id = filed()
    recall_id = recall(sessions)
    wire.faults["PUT /DocumentReference"] = ehr.lost_answer
    with pytest.raises(Exception, match="no answer came"):
        work()
    wire.faults.clear()
    work()
    assert told(sessions, recall_id)[summary_id].state is R.RETRACTED


def test_after_a_death_in_the_middle_it_goes_on(filed, work, sessions):
    ids = [filed() for _ in range(3)]
    recall_id = recall(sessions)
    seen = []

    def dying():
        seen.append(1)
        if len(seen) == 3:  # one read of what waits, one summary, and then the end
            raise ehr.Crash
        return transaction(sessions)

    with pytest.raises(ehr.Crash):
        step_recalls(dying)
    work()
    assert {told(sessions, recall_id)[each].state for each in ids} == {R.RETRACTED}


def test_what_was_over_before_stays_as_it_was(made, work, sessions):
    summary_id = made(S.REJECTED)
    recall_id = recall(sessions)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.OVER


@pytest.mark.parametrize(
    ("criteria", "fits"),
    [
        ({"model": "extractive"}, True),
        ({"model": "openai:x"}, False),
        ({"prompt": "pre-visit"}, True),
        ({"prompt": "pre-visit 1"}, True),
        ({"prompt": "pre-visit 2"}, False),
        ({"prompt": "ab" * 32}, True),
        ({"source": "Observation/o1"}, True),
        ({"source": "Observation/o1/_history/1"}, True),
        ({"source": "Observation/o1/_history/2"}, False),
        ({"source": "Observation/o2"}, False),
        ({"since": now() - timedelta(hours=1)}, True),
        ({"since": now() + timedelta(hours=1)}, False),
        ({"until": now() - timedelta(hours=1)}, False),
        ({"model": "extractive", "source": "Observation/o2"}, False),
    ],
)
def test_all_that_is_named_must_fit(sessions, criteria, fits):
    with transaction(sessions) as session:
        a_signed_summary(session, records=[a_record(session)])
    with sessions() as session:
        found = touched(session, Criteria(**criteria))
    assert bool(found) is fits
    assert Criteria.from_json(json.loads(json.dumps(Criteria(**criteria).to_json()))) == Criteria(
        **criteria
    )


def test_a_text_that_the_ehr_holds_counts_though_another_stands_now(filed, sessions):
    summary_id = filed()
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        progress.advance(session, summary, S.IN_REVIEW, actor="dr-a")
        other = {**WRITER, "name": "openai:better"}
        progress.add_version(
            session, summary, a_document(), made_by=SYSTEM, writer=other, coverage={}
        )
    with sessions() as session:
        (one,) = touched(session, MODEL)
    assert (one.summary_id, len(one.document_refs)) == (summary_id, 1)


def test_each_summary_is_named_once_with_all_that_the_ehr_holds(filed, sessions, client):
    summary_id = filed()
    with transaction(sessions) as session:
        amended(session, progress.find_summary(session, summary_id), "PHQ-9 total score 13")
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    with sessions() as session:
        (one,) = touched(session, MODEL)
    assert len(one.document_refs) == 2
    assert "Patient" not in str(one) and "PHQ" not in str(one)


def test_nothing_is_recalled_without_criteria_reason_or_right(made, sessions):
    made()
    with transaction(sessions) as session:
        with pytest.raises(BadInput, match="Name a model"):
            start_recall(session, Criteria(), "why", by=IT)
        with pytest.raises(BadInput, match="Type/id"):
            start_recall(session, Criteria(source="the note"), "why", by=IT)
        with pytest.raises(BadInput, match="why it is recalled"):
            start_recall(session, MODEL, "  ", by=IT)
        with pytest.raises(NotFound, match="No summary fits"):
            start_recall(session, Criteria(model="none"), "why", by=IT)
        for persona in ("clinician", "attending", "qa"):
            with pytest.raises(NotPermitted):
                start_recall(session, MODEL, "why", by=DEMO_PEOPLE[persona])
        with pytest.raises(NotFound):
            report_on(session, "none", by=IT)


def test_the_typed_reason_is_sealed_out_of_the_audit_and_goes_with_the_last_patient(
    made, sessions, index
):
    first, second = made(), made()
    typed = "It mixed up Quetzal with somebody."
    recall_id = recall(sessions, reason=typed)
    with sessions() as session:
        assert session.get(Recall, recall_id).reason == typed
        kept = session.scalar(select(type_coerce(Recall.reason, LargeBinary)))
        started = [act for act in audit.chain(session) if act.action == "recall.started"]
    assert typed.encode() not in kept
    assert typed not in repr([act.detail for act in started])
    assert len(started[0].detail["reason_hash"]) == 64
    refs = {patient_of(sessions, each) for each in (first, second)}
    for ref in refs:
        with transaction(sessions) as session:
            assert session.get(Recall, recall_id)
            erased = erase_patient(session, ref, index=index).removed
    assert erased["recalls"] == 1
    with sessions() as session:
        assert session.get(Recall, recall_id) is None
        owners = session.scalars(select(PatientKey.patient_ref))
        assert [each for each in owners if "recalls" in each] == []


def patient_of(sessions, summary_id):
    with sessions() as session:
        return progress.find_summary(session, summary_id).patient_ref


class NoVectors:
    """A store that nothing was put into."""

    def spaces(self):
        return set()


@pytest.fixture
def index():
    return NoVectors()


def test_what_was_signed_and_not_filed_yet_is_not_filed_any_more(
    made, work, sessions, client, wire
):
    summary_id = made()
    recall_id = recall(sessions)
    work()  # the filing is owed: it is first
    assert told(sessions, recall_id)[summary_id].said == AT_WORK
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    work()
    assert told(sessions, recall_id)[summary_id].state is R.REJECTED
    assert "POST /DocumentReference" not in wire.calls


def test_what_waits_for_people_holds_up_nothing_else(filed, work, sessions, monkeypatch):
    monkeypatch.setattr("service.writeback.recall.recall.ITEMS_A_RUN", 1)
    waits, other = sorted((filed(), filed()))
    with transaction(sessions) as session:
        progress.advance(
            session, progress.find_summary(session, waits), S.IN_REVIEW, actor="demo-clinician"
        )
    recall_id = recall(sessions)
    for _ in range(20):
        work()
    states = {id_: each.state for id_, each in told(sessions, recall_id).items()}
    assert states == {waits: R.WAITING, other: R.RETRACTED}
