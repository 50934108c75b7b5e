"""What may become evidence, by its own status and by what else the chart holds."""

import pytest

from service.chart.ingest import ingest
from service.chart.standing import own_standing
from service.summary.vocabulary import Standing
from tests.service.chart.builders import a_document, a_note, a_patient, a_record, latest

EVIDENCE, EXCLUDED, REPLACED = Standing.EVIDENCE, Standing.EXCLUDED, Standing.REPLACED


@pytest.mark.parametrize(
    ("resource", "standing"),
    [
        (a_record("Observation", status="final"), EVIDENCE),
        (a_record("Observation", status="preliminary"), EVIDENCE),
        (a_record("Observation", status="entered-in-error"), EXCLUDED),
        (a_record("Observation", status="registered"), EXCLUDED),
        (a_record("Procedure", status="not-done"), EVIDENCE),
        (a_record("MedicationAdministration", status="not-done"), EVIDENCE),
        (a_record("Communication", status="not-done"), EXCLUDED),
        (a_record("Condition", verificationStatus={"text": "Entered in error"}), EXCLUDED),
        (a_record("MedicationStatement", status="not-taken"), EVIDENCE),
        (a_record("Goal", lifecycleStatus="entered-in-error"), EXCLUDED),
        (
            a_record("Condition", verificationStatus={"coding": [{"code": "entered-in-error"}]}),
            EXCLUDED,
        ),
        (a_record("Condition", verificationStatus={"coding": [{"code": "refuted"}]}), EVIDENCE),
        (a_note("x"), EVIDENCE),
        (a_note("x", docStatus="preliminary"), EXCLUDED),
        (a_note("x", docStatus="entered-in-error"), EXCLUDED),
        (a_note("x", status="entered-in-error"), EXCLUDED),
        (a_note("x", status="superseded"), EVIDENCE),
        (a_note("x", meta={"security": [{"code": "AIAST"}]}), EXCLUDED),
        (a_record("Composition", status="preliminary"), EXCLUDED),
        (a_record("Claim", status="active"), EXCLUDED),
    ],
)
def test_a_record_says_itself_whether_it_can_be_evidence(resource, standing):
    assert own_standing(resource)[0] is standing
    assert bool(own_standing(resource)[1]) == (standing is EXCLUDED)


def standing_of(session, id_):
    return latest(session, f"DocumentReference/{id_}").standing


def replaces(id_):
    target = {"reference": f"DocumentReference/{id_}"}
    return {"relatesTo": [{"code": "replaces", "target": target}]}


def test_a_superseded_note_is_evidence_until_another_takes_its_place(session):
    ingest(session, "a", [a_note("old", id_="old", status="superseded")])
    assert standing_of(session, "old") is EVIDENCE
    ingest(session, "a", [a_note("new", id_="new", **replaces("old"))])
    assert standing_of(session, "old") is REPLACED
    assert standing_of(session, "new") is EVIDENCE


def test_a_note_that_lost_its_successor_stands_again(session):
    ingest(session, "a", [a_note("old", id_="old"), a_note("new", id_="new", **replaces("old"))])
    assert standing_of(session, "old") is REPLACED
    withdrawn = a_note("new", id_="new", **replaces("old"), status="entered-in-error")
    ingest(session, "a", [withdrawn])
    assert standing_of(session, "old") is EVIDENCE


def test_a_preliminary_note_replaces_nothing(session):
    draft = a_note("new", id_="new", docStatus="preliminary", **replaces("old"))
    ingest(session, "a", [a_note("old", id_="old", status="superseded"), draft])
    assert standing_of(session, "old") is EVIDENCE


def test_the_newest_of_one_identifier_stands_for_superseded_ones(session):
    one = {"identifier": [{"system": "s", "value": "7"}]}
    ingest(
        session,
        "a",
        [
            a_note("1", id_="a", status="superseded", date="2026-01-01", **one),
            a_note("2", id_="b", status="superseded", date="2026-02-01", **one),
            a_note("3", id_="c", status="superseded", date="2026-03-01"),
        ],
    )
    assert [standing_of(session, id_) for id_ in "abc"] == [REPLACED, EVIDENCE, EVIDENCE]


def test_two_notes_that_claim_to_replace_each_other_leave_the_newer(session):
    ingest(
        session,
        "a",
        [
            a_note("1", id_="a", date="2026-01-01", **replaces("b")),
            a_note("2", id_="b", date="2026-02-01", **replaces("a")),
        ],
    )
    assert [standing_of(session, id_) for id_ in "ab"] == [REPLACED, EVIDENCE]


def test_a_note_without_readable_text_is_unreadable_and_kept(session):
    broken = a_document({"contentType": "application/pdf", "data": "%%"})
    ingest(session, "a", [a_patient(), broken])
    record = latest(session, "DocumentReference/n1")
    assert record.standing is Standing.UNREADABLE
    assert record.standing_reason == "no text could be read from its attachments"
    assert [g["kind"] for g in record.gaps] == ["attachment"]
