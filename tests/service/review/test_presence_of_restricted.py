"""Who does not treat a patient learns nothing of restricted records from lists, counts, names
and reasons."""

from service import audit
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.review import actions
from service.review.charts import open_chart
from service.review.coverage import coverage_for, named_refs
from service.review.desk import open_desk
from service.review.permissions import Ability
from service.review.sources import look_up
from service.review.worklist import patient_names, row
from service.summary import progress
from service.summary.people import SYSTEM, Person
from service.summary.vocabulary import ResolutionAction, Role
from tests.service.access.test_consent import a_consent, allowed, permit, sensitive
from tests.service.chart.builders import PATIENT, a_patient
from tests.service.review.builders import (
    CLINICIAN,
    QA,
    S,
    a_finding,
    a_record,
    a_summary,
    a_summary_at,
)


def seen_by(session, told, person):
    looked = look_up(session, "Patient/1", person, refs=named_refs(told))
    return coverage_for("Patient/1", told, looked, person)


def test_a_trainee_reads_records_as_they_read_texts():
    consent = a_consent(permit("SUD", purpose=[{"code": "TREAT"}]))
    assert allowed(sensitive(), consent, role=Role.TRAINEE)


def test_counts_of_what_was_read_are_for_who_treats(session):
    summary = a_summary(session)
    told = summary.current.coverage | {"notes_read": 2}
    told["sections"] = [{"looked_for": "x among 9 records"}]
    mine = seen_by(session, told, CLINICIAN)
    theirs = seen_by(session, told, QA)
    assert (mine["read"], mine["notes_read"]) == ({"Observation": 1}, 2)
    assert (theirs["read"], theirs["notes_read"]) == ({}, None)
    assert "9" not in str(theirs["sections"])


def test_a_restricted_name_is_not_told_to_who_does_not_treat(session):
    ingest(session, "test", [a_patient("p1")])
    record = session.query(SourceRecord).one()
    assert PATIENT in patient_names(session, [PATIENT], QA)
    record.labels = ["V"]
    session.flush()
    assert patient_names(session, [PATIENT], QA) == {}
    assert PATIENT in patient_names(session, [PATIENT], CLINICIAN)


def test_the_audit_lists_what_was_shown(session):
    a_summary(session)
    a_record(session, "Counselling", ref="DocumentReference/9", labels=["42CFRPart2"])
    shown = open_chart(session, "Patient/1", CLINICIAN).records.rows
    assert any(each.withheld for each in shown)
    (act,) = [a for a in audit.pending(session) if a.action == "chart.viewed"]
    assert "DocumentReference/9" not in str(act.detail)


def test_a_typed_reason_is_for_who_treats(session):
    summary = a_summary_at(session, S.REJECTED)
    program = Person("token:x", "x", Role.SERVICE, abilities=frozenset({"read", "list"}))
    assert row(session, summary, CLINICIAN).status_reason == "not needed"
    assert row(session, summary, QA).status_reason == ""
    assert row(session, summary, program).status_reason == ""


def test_what_people_typed_about_acts_and_findings_is_too(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    accepted = ResolutionAction.ACCEPTED
    why = "He told it in his hour with the quetzal."
    actions.resolve_finding(session, summary.id, 1, accepted, why, by=CLINICIAN)
    actions.reject(session, summary.id, "Speaks of the quetzal.", by=CLINICIAN)
    session.commit()
    program = Person("token:x", "x", Role.SERVICE, abilities=frozenset({Ability.READ}))
    assert "quetzal" in str(open_desk(session, summary.id, CLINICIAN).history)
    for reader in (QA, program):
        desk = open_desk(session, summary.id, reader)
        assert "quetzal" not in str((desk.history, desk.findings, desk.summary))
        assert desk.history and desk.findings


def test_the_systems_own_reasons_are_for_all_readers(session):
    summary = a_summary(session)
    progress.advance(session, summary, S.SUPERSEDED, actor=SYSTEM, reason="A newer one.")
    session.commit()
    assert open_desk(session, summary.id, QA).history[-1].detail["reason"] == "A newer one."
