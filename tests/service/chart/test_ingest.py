"""Everything that comes in is kept, unchanged or quarantined; versions and patients stay apart."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from service.chart.files import of_text
from service.chart.incoming import Incoming
from service.chart.ingest import IngestCount, chunks, ingest
from service.chart.models import Chart, Quarantined, SourceRecord
from service.database import transaction
from service.fhir import wire
from service.summary.vocabulary import Standing
from tests.service.chart.builders import (
    PATIENT,
    a_bundle,
    a_concept,
    a_document,
    a_note,
    a_patient,
    a_record,
    latest,
)


def a_condition(text="Anxiety", **more):
    return a_record("Condition", "c1", code=a_concept(text), **more)


def test_the_same_content_again_is_unchanged_however_it_is_laid_out(session):
    pretty = wire.parse('{\n "id": "p1",\n "resourceType": "Patient", "meta": {"versionId": "1"}}')
    tight = wire.parse(
        '{"resourceType":"Patient","meta":{"versionId":"1",'
        '"lastUpdated":"2026-01-01T00:00:00Z"},"id":"p1"}'
    )
    assert ingest(session, "a", [pretty]) == IngestCount(kept=1)
    assert ingest(session, "b", [tight]) == IngestCount(unchanged=1)
    assert latest(session, PATIENT).raw == pretty.raw


def test_the_raw_text_is_kept_to_the_character(session):
    text = (
        '{"resourceType":"Observation", "id":"o1",  "valueQuantity":{"value":1.10}, "x":"\\u00e9"}'
    )
    ingest(session, "a", [wire.parse(text)])
    record = latest(session, "Observation/o1")
    assert record.raw == text
    assert "1.10" in record.headline


def test_a_duplicate_inside_one_bundle_counts_as_unchanged(session):
    count = ingest(session, "a", [a_bundle(a_patient(), a_patient(), a_condition())])
    assert (count.kept, count.unchanged, count.quarantined) == (2, 1, 0)


def test_a_newer_version_replaces_the_older_by_the_ehrs_clock(session):
    newer = a_condition("New", meta={"versionId": "2", "lastUpdated": "2026-02-01T00:00:00Z"})
    older = a_condition("Old", meta={"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"})
    ingest(session, "a", [newer])
    ingest(session, "a", [older])
    assert "New" in latest(session, "Condition/c1").headline
    query = select(SourceRecord.standing).where(SourceRecord.is_latest.is_(False))
    assert session.scalars(query).all() == [Standing.REPLACED]


def test_without_a_clock_what_came_last_is_the_latest(session):
    ingest(session, "a", [a_condition("Old")])
    ingest(session, "a", [a_condition("New")])
    assert "New" in latest(session, "Condition/c1").headline


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "not JSON"),
        ('{"a": 1}', "no resourceType"),
        ("[1, 2]", "not an object"),
        ('{"resourceType": "<script>"}', "not the name of a type"),
        ('{"resourceType": "Patient", "id": "x"', "not JSON"),
    ],
)
def test_what_is_no_resource_is_quarantined_with_its_reason(session, text, reason):
    count = ingest(session, "upload", of_text(text))
    assert count.kept == 0
    assert count.quarantined >= 1
    kept = session.scalars(select(Quarantined)).all()
    assert reason in kept[0].reason
    assert kept[0].origin == "upload"


def test_a_bundle_that_breaks_off_keeps_what_came_before(session):
    whole = wire.dump(a_bundle(a_patient(), a_condition())).decode()
    count = ingest(session, "a", of_text(whole[: whole.rindex('"code"')]))
    assert (count.kept, count.quarantined) == (1, 1)
    assert "1 resource(s) before it were kept" in session.scalars(select(Quarantined.reason)).one()


def test_an_invalid_resource_is_kept_with_a_gap_that_repeats_no_value(session):
    ingest(session, "a", [a_condition(clinicalStatus="Mary drinks", oddity={"x": 1})])
    gaps = latest(session, "Condition/c1").gaps
    words = [g["reason"] for g in gaps if g["kind"] == "validation"]
    assert "Condition.oddity is no element of FHIR R4" in words
    assert any(w.startswith("Condition.clinicalStatus") for w in words)
    assert "Mary" not in str(gaps)


def test_urn_uuids_mean_the_resources_of_the_bundle(session):
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": "urn:uuid:e",
                "resource": {
                    "resourceType": "Encounter",
                    "id": "e9",
                    "status": "finished",
                    "class": {"code": "AMB"},
                    "subject": {"reference": "urn:uuid:p"},
                },
            },
            {"fullUrl": "urn:uuid:p", "resource": a_patient("p9")},
            {
                "fullUrl": "urn:uuid:c",
                "resource": {
                    "resourceType": "Condition",
                    "id": "c9",
                    "subject": {"reference": "urn:uuid:p"},
                    "encounter": {"reference": "urn:uuid:e"},
                    "recorder": {"reference": "Practitioner?identifier=npi|1"},
                },
            },
            {
                "fullUrl": "urn:uuid:d",
                "resource": {
                    "resourceType": "Practitioner",
                    "id": "d9",
                    "name": [{"text": "Dr Roe"}],
                    "identifier": [{"system": "npi", "value": "1"}],
                },
            },
        ],
    }
    ingest(session, "a", [bundle])
    record = latest(session, "Condition/c9")
    assert record.patient_ref == "Patient/p9"
    assert record.encounter_ref == "Encounter/e9"
    assert record.author == "Dr Roe"
    assert record.gaps == []


def test_a_missing_id_is_made_from_content_and_stays_the_same(session):
    nameless = {
        "resourceType": "Condition",
        "code": a_concept("Grief"),
        "subject": {"reference": PATIENT},
    }
    assert ingest(session, "a", [nameless]).kept == 1
    assert ingest(session, "a", [dict(nameless)]).unchanged == 1


def test_a_bundle_in_a_bundle_is_opened(session):
    assert ingest(session, "a", [a_bundle(a_bundle(a_patient(), a_condition()))]).kept == 2


def test_records_of_somebody_else_never_mix(session):
    other = {"resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/p2"}}
    foreign = {
        "resourceType": "Condition",
        "id": "c3",
        "subject": {"reference": "https://elsewhere.test/fhir/Patient/p1"},
    }
    group = {"resourceType": "Condition", "id": "c4", "subject": {"reference": "Group/g"}}
    ingest(session, "a", [a_patient(), a_condition(), other, foreign, group])
    held = session.scalars(
        select(SourceRecord.resource_ref).where(SourceRecord.patient_ref == PATIENT)
    )
    assert set(held) == {PATIENT, "Condition/c1"}
    assert latest(session, "Condition/c4").patient_ref is None


def test_an_absolute_reference_to_our_own_ehr_is_a_local_one(session):
    base = "https://ehr.test/fhir/"
    condition = a_condition(subject={"reference": base + PATIENT + "/_history/3"})
    ingest(session, "a", [condition], bases=(base,))
    assert latest(session, "Condition/c1").patient_ref == PATIENT


def test_strange_text_does_not_stop_anything(session):
    odd = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"text": "nul \x00 and half a pair \ud800"},
        "valueInteger": 2**70,
        "subject": {"reference": PATIENT},
    }
    count = ingest(session, "a", [a_bundle(odd, a_note("nul \x00 inside"))])
    assert count.kept == 2
    assert "\x00" not in latest(session, "Observation/o1").text


def test_what_dangles_is_a_gap_until_it_arrives(session):
    order = a_record(
        "MedicationRequest",
        "m1",
        status="active",
        intent="order",
        medicationReference={"reference": "Medication/x"},
    )
    ingest(session, "a", [a_patient(), order])
    before = latest(session, "MedicationRequest/m1")
    assert before.gaps == [
        {
            "kind": "reference",
            "source": "Medication/x",
            "reason": "it refers to something that is not held",
        }
    ]
    medicine = {"resourceType": "Medication", "id": "x", "code": a_concept("Lithium 300 mg")}
    ingest(session, "a", [medicine, a_condition()])
    after = latest(session, "MedicationRequest/m1")
    assert after.gaps == []
    assert after.headline.startswith("Lithium 300 mg")


def test_the_labels_of_an_encounter_are_inherited(session):
    label = {"meta": {"security": [{"code": "42CFRPart2"}]}}
    stay = a_record("Encounter", "e1", status="finished", **{"class": {"code": "IMP"}}, **label)
    visit = a_record(
        "Encounter",
        "e2",
        status="finished",
        **{"class": {"code": "AMB"}},
        partOf={"reference": "Encounter/e1"},
    )
    condition = a_condition(encounter={"reference": "Encounter/e2"})
    ingest(session, "a", [condition, visit, stay])
    assert latest(session, "Condition/c1").labels == ["42CFRPart2"]


def test_the_text_of_a_panel_carries_the_labels_of_its_items(session):
    item = a_record(
        "Observation",
        "i1",
        status="final",
        code=a_concept("Drug use"),
        valueString="yes",
        meta={"security": [{"code": "SUD"}]},
    )
    panel = a_record(
        "Observation",
        "o1",
        status="final",
        code=a_concept("Screen"),
        hasMember=[{"reference": "Observation/i1"}],
    )
    ingest(session, "a", [a_bundle(panel, item)])
    record = latest(session, "Observation/o1")
    assert "Drug use: yes" in record.text
    assert record.labels == ["SUD"]


def test_a_chart_knows_that_it_has_changed(session):
    ingest(session, "a", [a_condition()])
    session.flush()
    assert session.get(Chart, PATIENT).changed_at is not None


def test_two_imports_of_one_bundle_at_once_keep_it_once(sessions):
    bundle = a_bundle(*(a_record("Condition", f"c{n}", code=a_concept("x")) for n in range(50)))

    def import_it(_):
        with transaction(sessions) as session:
            return ingest(session, "a", [bundle])

    with ThreadPoolExecutor(2) as pool:
        counts = sum(pool.map(import_it, range(2)), IngestCount())
    assert (counts.kept, counts.unchanged) == (50, 50)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(SourceRecord)) == 50


def test_progress_is_told_batch_by_batch(session):
    told = []
    resources = [a_record("Condition", f"c{n}") for n in range(1100)]
    count = ingest(session, "a", resources, progress=told.append)
    assert [t.received for t in told] == [500, 1000, 1100]
    assert count.kept == 1100


def test_a_long_import_comes_in_chunks():
    resources = [Incoming("x" * 10) for _ in range(5)]
    assert [len(c) for c in chunks(resources)] == [5]
    assert [len(c) for c in chunks(resources, size=2)] == [2, 2, 1]
    assert [len(c) for c in chunks(resources, chars=25)] == [3, 2]


def an_observation(patient, stamp=None, **more):
    meta = {"meta": {"versionId": stamp[:4], "lastUpdated": f"{stamp}T00:00:00Z"}} if stamp else {}
    return a_record(
        "Observation",
        "o1",
        code=a_concept("Lithium level"),
        status="final",
        **{"subject": {"reference": patient}, **meta, **more},
    )


@pytest.mark.parametrize("first", ["Patient/p1", "Patient/p2"])
def test_a_record_that_the_ehr_moved_to_another_patient_leaves_the_first_chart(session, first):
    """Whichever of the two charts is read first."""
    versions = [
        an_observation("Patient/p1", "2026-01-01"),
        an_observation("Patient/p2", "2026-02-01"),
    ]
    for version in versions if first == "Patient/p1" else reversed(versions):
        ingest(session, "ehr", [version])
    held = {r.patient_ref: (r.standing, r.is_latest) for r in session.scalars(select(SourceRecord))}
    assert held == {
        "Patient/p1": (Standing.EXCLUDED, True),
        "Patient/p2": (Standing.EVIDENCE, True),
    }
    assert session.get(Chart, "Patient/p1").changed_at is not None


def test_the_same_id_of_two_sources_that_stamp_nothing_stays_in_both_charts(session):
    for patient in ("Patient/p1", "Patient/p2"):
        ingest(session, "upload", [an_observation(patient)])
    assert {r.standing for r in session.scalars(select(SourceRecord))} == {Standing.EVIDENCE}


def test_a_record_is_not_rendered_with_what_another_patient_has_under_the_same_id(session):
    binary = {
        "resourceType": "Binary",
        "id": "b1",
        "contentType": "text/plain",
        "data": "SGVyIHNlY3JldC4=",
        "securityContext": {"reference": "Patient/p2"},
    }
    ingest(session, "a", [binary])
    note = a_document({"contentType": "text/plain", "url": "Binary/b1"})
    ingest(session, "b", [note])
    found = latest(session, "DocumentReference/n1")
    assert "secret" not in found.text
    assert found.standing is Standing.UNREADABLE
    assert found.gaps


A_BINARY = {
    "resourceType": "Binary",
    "id": "b1",
    "contentType": "text/plain",
    "data": "U2VlbiBhdCB0aGUgY2xpbmljLg==",
}
A_LETTER = a_document({"contentType": "text/plain", "url": "Binary/b1"})


@pytest.mark.parametrize("order", [(A_BINARY, A_LETTER), (A_LETTER, A_BINARY)])
def test_a_binary_joins_the_chart_of_its_note_whichever_came_first(session, order):
    for each in (a_patient(), *order):
        ingest(session, "files", [each])
    assert latest(session, "Binary/b1").patient_ref == PATIENT
    note = latest(session, "DocumentReference/n1")
    assert "Seen at the clinic." in note.text and note.gaps == []


def test_a_binary_of_two_patients_notes_stays_nobodys_whenever_they_come(session):
    theirs = A_LETTER | {"id": "n2", "subject": {"reference": "Patient/p2"}}
    ingest(session, "files", [A_LETTER, theirs])
    ingest(session, "files", [A_BINARY])
    assert latest(session, "Binary/b1").patient_ref is None
    ingest(session, "files", [A_LETTER | {"id": "n3"}])
    assert latest(session, "Binary/b1").patient_ref is None
