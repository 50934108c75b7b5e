"""A consent that is taken back, or a label that comes late, reaches the index and what is under
way."""

import pytest
from sqlalchemy import select, update

from service.chart.ingest import ingest
from service.chart.models import Chart, SourceRecord
from service.database import now, transaction
from service.drafting.closing import when_closed
from service.drafting.progress import DraftCancelled
from service.retrieval.indexing import index_patient
from service.retrieval.models import Passage
from service.retrieval.sync import close_step
from service.summary.vocabulary import Standing
from tests.service.access.test_roads import REF, a_note, labelled, of
from tests.service.drafting.endpoint_fixtures import Drafts, endpoint, index, scripted
from tests.small_chart import ordinary, patient

__all__ = ["endpoint", "index", "scripted"]

NOTE = "DocumentReference/sud"


def a_consent(version, status="active", **provision):
    asked = {"type": "permit", "securityLabel": [{"code": "SUD"}]} | provision
    privacy = {"coding": [{"code": "patient-privacy"}]}
    return {
        "resourceType": "Consent",
        "id": "c",
        "meta": {"versionId": version, "lastUpdated": f"2026-09-0{version}T08:00:00Z"},
        "status": status,
        "scope": privacy,
        "patient": {"reference": REF},
        "provision": asked,
    }


def comes(sessions, *resources):
    with transaction(sessions) as session:
        ingest(session, "ehr", resources)


def a_chart_with_leave(sessions, index):
    """A note of a programme, indexed because the patient has agreed."""
    sud = a_note("sud", **labelled("SUD"))
    named = patient(REF, "Ada", "Quill", "1979-03-05", "55-2001")
    comes(sessions, named, *ordinary(REF), sud, a_consent("1"))
    with transaction(sessions) as session:
        index_patient(session, REF, index=index)
    found = vectors_of(sessions, NOTE)
    assert found and index.present(found) == found
    return found


def vectors_of(sessions, ref):
    query = select(Passage.vector_id).join(SourceRecord, SourceRecord.id == Passage.record_id)
    with sessions() as session:
        return set(session.scalars(query.where(SourceRecord.resource_ref == ref)))


def closed(sessions, index):
    """How many charts the step that runs each quarter of a minute cuts anew."""
    with transaction(sessions) as session:
        return close_step(session, index=index)


def confirmed_by_an_officer(sessions):
    with transaction(sessions) as session:
        mine = SourceRecord.resource_ref == NOTE
        session.execute(update(SourceRecord).where(mine).values(labels=["SUD", "PSYTHPN"]))
        session.execute(update(Chart).values(changed_at=now()))


def deleted_in_the_ehr(sessions):
    with transaction(sessions) as session:
        gone = {"standing": Standing.EXCLUDED, "standing_reason": "deleted in the EHR"}
        consent = SourceRecord.resource_type == "Consent"
        session.execute(update(SourceRecord).where(consent).values(gone))
        session.execute(update(Chart).values(changed_at=now()))


CLOSING = {
    "revoked": lambda s: comes(s, a_consent("2", status="inactive")),
    "denied": lambda s: comes(s, a_consent("2", type="deny")),
    "deleted": deleted_in_the_ehr,
    "labelled": confirmed_by_an_officer,
}


@pytest.mark.parametrize("way", CLOSING)
def test_what_is_closed_leaves_passages_and_store_before_anything_else_is_indexed(
    sessions, index, way
):
    before = a_chart_with_leave(sessions, index)
    assert closed(sessions, index) == 0
    CLOSING[way](sessions)
    assert closed(sessions, index) == 1
    assert vectors_of(sessions, NOTE) == set()
    assert index.present(before) == set()
    assert closed(sessions, index) == 0, "nothing is cut twice"


def test_other_news_of_a_chart_wait_for_the_ordinary_indexing(sessions, index):
    a_chart_with_leave(sessions, index)
    comes(sessions, of("Goal", "g", lifecycleStatus="active", description={"text": "Row again"}))
    assert closed(sessions, index) == 0


def test_the_step_runs_often_enough(worker_app):
    beat = worker_app.conf.beat_schedule["sweep.closed"]
    assert beat["schedule"] <= 30


@pytest.mark.parametrize("way", CLOSING)
def test_a_draft_that_a_model_is_writing_ends_when_its_source_is_closed(
    sessions, settings, index, endpoint, scripted, way, monkeypatch
):
    monkeypatch.setattr("service.drafting.closing.LOOK_EVERY_S", 0.0)
    monkeypatch.setattr("service.drafting.underway.SHARE", 0)  # a busy machine looks seldom
    a_chart_with_leave(sessions, index)
    is_closed = when_closed(lambda: transaction(sessions), REF)
    steps = []

    def report(step):
        steps.append(step)
        if step.stage == "writing" and step.done == 1:
            CLOSING[way](sessions)

    drafts = Drafts(sessions, settings, index, endpoint, scripted)
    with pytest.raises(DraftCancelled):
        drafts.draft("scripted:slow", patient_ref=REF, report=report, cancelled=is_closed)
    assert steps[-1].done < steps[-1].total


def test_a_record_that_comes_meanwhile_ends_no_draft(sessions, index):
    a_chart_with_leave(sessions, index)
    is_closed = when_closed(lambda: transaction(sessions), REF)
    comes(sessions, a_note("later", **labelled("PSYTHPN")))
    assert not is_closed()
