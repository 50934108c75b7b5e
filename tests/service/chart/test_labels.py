"""A label sticks to every text that came from the record that carries it, by whatever road."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from service.chart.ingest import ingest
from service.chart.inheritance import spread
from service.chart.models import SourceRecord
from tests.service.chart.builders import (
    a_bundle,
    a_concept,
    a_document,
    a_note,
    a_patient,
    a_record,
    latest,
)

SUD = {"meta": {"security": [{"code": "SUD"}]}}
DS4P = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
INLINE = {"extension": [{"url": DS4P, "valueCoding": {"code": "SUD"}}]}


def taken(session, *resources):
    ingest(session, "test", [a_bundle(a_patient(), *resources)])


def labels(session, ref):
    return latest(session, ref).labels


def a_binary(**more):
    text = base64.b64encode(b"Methadone 80 mg observed.").decode()
    return {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": text, **more}


BEHIND = {"contentType": "text/plain", "url": "Binary/b"}


def test_a_note_has_the_labels_of_the_binary_behind_it(session):
    taken(session, a_document(BEHIND), a_binary(**SUD))
    assert labels(session, "DocumentReference/n1") == ["SUD"]


def test_a_binary_that_is_labelled_later_labels_the_note_that_was_read_from_it(session):
    taken(session, a_document(BEHIND), a_binary())
    assert "Methadone" in latest(session, "DocumentReference/n1").text
    assert labels(session, "DocumentReference/n1") == []
    taken(session, a_binary(**SUD))
    assert labels(session, "DocumentReference/n1") == ["SUD"]


def test_a_binary_is_as_restricted_as_its_security_context(session):
    visit = a_record("Encounter", "e", status="finished", **SUD)
    binary = a_binary(securityContext={"reference": "Encounter/e"})
    taken(session, visit, a_document(BEHIND), binary)
    assert labels(session, "DocumentReference/n1") == ["SUD"]


@pytest.mark.parametrize("is_late", [False, True])
def test_the_name_of_a_restricted_problem_restricts_what_is_ordered_for_it(session, is_late):
    problem = a_record("Condition", "c", code=a_concept("Opioid use disorder"), **SUD)
    named = {"reference": "Condition/c", "display": "Opioid use disorder"}
    order = a_record("MedicationRequest", "m", status="active", reasonReference=[named])
    taken(session, *([order] if is_late else [problem, order]))
    if is_late:
        taken(session, problem)
    assert labels(session, "MedicationRequest/m") == ["SUD"]


def test_a_visit_that_names_a_restricted_problem_is_restricted_and_its_other_records_are_not(
    session,
):
    problem = a_record("Condition", "c", code=a_concept("Opioid use disorder"), **SUD)
    named = {"condition": {"reference": "Condition/c", "display": "Opioid use disorder"}}
    visit = a_record("Encounter", "e", status="finished", diagnosis=[named])
    within = a_note(
        "Knee pain.", encounter=None, context={"encounter": [{"reference": "Encounter/e"}]}
    )
    taken(session, problem, visit, within)
    assert labels(session, "Encounter/e") == ["SUD"]
    assert labels(session, "DocumentReference/n1") == []


def test_what_came_in_a_labelled_bundle_or_entry_has_its_label(session):
    one, two = a_record("Condition", "1"), a_record("Condition", "2")
    bundle = a_bundle(a_patient(), one, two)
    bundle["entry"][2] |= INLINE
    ingest(session, "test", [bundle])
    assert (labels(session, "Condition/1"), labels(session, "Condition/2")) == ([], ["SUD"])
    ingest(session, "test", [{**a_bundle(one), "meta": {"security": [{"code": "HIV"}]}}])
    assert labels(session, "Condition/1") == ["HIV"]  # held already, and labelled by a later one


def test_a_bundle_within_a_labelled_bundle_is_labelled(session):
    inner = {"resource": a_bundle(a_record("Condition", "1"))}
    outer = {"resourceType": "Bundle", "type": "collection", "entry": [inner], **SUD}
    ingest(session, "test", [outer])
    assert labels(session, "Condition/1") == ["SUD"]


def test_the_text_of_a_file_says_its_bundles_label(session, tmp_path):
    from service.chart.files import read_files

    path = tmp_path / "chart.json"
    path.write_text(json.dumps({**a_bundle(a_record("Condition", "1")), **SUD}))
    ingest(session, "test", read_files([path]))
    assert labels(session, "Condition/1") == ["SUD"]


def test_a_section_hands_its_label_to_its_entries_alone_and_a_document_to_all(session):
    def section(ref, **more):
        return {"title": "S", "entry": [{"reference": ref}], **more}

    composition = a_record(
        "Composition",
        "d",
        status="final",
        date="2026-01-01",
        title="Summary",
        section=[section("Condition/1", **INLINE), section("Condition/2")],
    )
    taken(session, a_record("Condition", "1"), a_record("Condition", "2"), composition)
    assert (labels(session, "Condition/1"), labels(session, "Condition/2")) == (["SUD"], [])
    taken(session, {**composition, "confidentiality": "V"})
    assert labels(session, "Condition/2") == ["V"]


def test_a_list_hands_its_label_to_its_items(session):
    problems = a_record(
        "List",
        "l",
        status="current",
        mode="working",
        entry=[{"item": {"reference": "Condition/1"}}],
    )
    taken(session, a_record("Condition", "1"), problems | SUD)
    assert labels(session, "Condition/1") == ["SUD"]


def test_a_medicine_of_nobodys_chart_that_is_labelled_later_labels_who_takes_it(session):
    order = a_record(
        "MedicationRequest", "m", status="active", medicationReference={"reference": "Medication/x"}
    )
    medicine = {"resourceType": "Medication", "id": "x", "code": a_concept("Buprenorphine")}
    taken(session, order, medicine)
    assert labels(session, "MedicationRequest/m") == []
    ingest(session, "test", [medicine | SUD])
    assert labels(session, "MedicationRequest/m") == ["SUD"]


def test_a_label_of_a_contained_resource_counts_for_the_whole(session):
    inside = {"resourceType": "Condition", "id": "c", **SUD}
    taken(session, a_record("Observation", "o", status="final", contained=[inside]))
    assert labels(session, "Observation/o") == ["SUD"]


def test_a_reference_to_the_patient_hands_nothing_on(session):
    subject = {"reference": "Patient/p1", "display": "Ada Vane"}
    problem = a_record("Condition", "1") | {"subject": subject}
    ingest(session, "test", [a_bundle(a_patient(name=[{"text": "Ada Vane", **INLINE}]), problem)])
    assert labels(session, "Condition/1") == []


def test_a_record_that_was_kept_before_labels_were_told_apart_is_told_apart_when_more_comes(
    session,
):
    named = {"reference": "Condition/c", "display": "Opioid use disorder"}
    taken(session, a_record("MedicationRequest", "m", status="active", reasonReference=[named]))
    session.execute(update(SourceRecord).values(marking={}))
    taken(session, a_record("Condition", "c", **SUD))
    assert labels(session, "MedicationRequest/m") == ["SUD"]


def test_a_label_that_is_taken_away_at_its_source_goes_from_what_had_it_from_there(session):
    visit = a_record("Encounter", "e", status="finished")
    inside = a_record("Condition", "1", encounter={"reference": "Encounter/e"})
    taken(session, visit | SUD, inside)
    assert labels(session, "Condition/1") == ["SUD"]
    taken(session, visit | {"meta": {"versionId": "2"}})
    assert labels(session, "Condition/1") == []


CODES = st.sampled_from(["SUD", "HIV", "PSYTHPN", "V"])
KINDS = ("Encounter", "EpisodeOfCare", "Condition", "Composition", "Observation")


@st.composite
def graphs(draw):
    """Rows of a chart with random labels, parents, quotations, and documents."""
    refs = [f"{draw(st.sampled_from(KINDS))}/{n}" for n in range(draw(st.integers(2, 12)))]
    some = st.lists(st.sampled_from(refs), max_size=3)
    return [
        SourceRecord(
            id=ref,
            resource_ref=ref,
            labels=[],
            encounter_ref=draw(st.sampled_from([None, *refs])),
            refers_to={r: r for r in draw(some)},
            marking={
                "own": draw(st.lists(CODES, max_size=1)),
                "given": [],
                "quotes": draw(some),
                "hands": {r: ["BH"] for r in draw(some)} if ref.startswith("Comp") else {},
            },
        )
        for ref in refs
    ]


@given(graphs())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_labels_in_any_graph_reach_all_that_speaks_in_their_words_and_end(rows):
    got = {ref: set(codes) for ref, codes in spread(rows).items()}
    by_ref = {row.resource_ref: row for row in rows}
    for row in rows:
        mine = got[row.resource_ref]
        assert set(row.marking["own"]) <= mine
        for quoted in row.marking["quotes"]:
            assert got[quoted] <= mine
        for child, codes in row.marking["hands"].items():
            assert set(codes) <= got[child]
        parent = by_ref.get(row.encounter_ref)
        if parent is not None and not parent.marking["hands"] and parent is not row:
            assert set(parent.marking["own"]) <= mine
    told = set().union(*(r.marking["own"] for r in rows)) | {"BH"}
    assert set().union(*got.values()) <= told


def a_copy(**more):
    return a_record("DocumentReference", "n", description="Notes", **more)


STAMPS = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")


@pytest.mark.parametrize(
    ("first", "second", "origins", "sticks"),
    [
        (None, None, ("ehr", "rest"), True),
        (STAMPS[0], None, ("ehr", "rest"), True),
        (None, STAMPS[1], ("rest", "ehr"), True),
        (STAMPS[0], STAMPS[1], ("ehr", "ehr"), False),
        (STAMPS[0], STAMPS[1], ("ehr", "rest"), False),
        (None, None, ("ehr", "ehr"), False),
    ],
)
def test_an_unlabelled_copy_takes_no_label_off_unless_it_is_known_to_be_newer(
    session, first, second, origins, sticks
):
    def meta(stamp, **more):
        return {"meta": ({"lastUpdated": stamp} if stamp else {}) | more}

    labelled = a_copy(**meta(first, security=[{"code": "PSYTHPN"}]))
    ingest(session, origins[0], [labelled])
    ingest(session, origins[1], [a_copy(**meta(second), date="2026-03-01")])
    if origins[1] == "rest":  # and once more
        ingest(session, "rest", [a_copy(**meta(second), date="2026-03-02")])
    (held,) = session.scalars(select(SourceRecord).where(SourceRecord.is_latest))
    assert ("PSYTHPN" in held.labels) is sticks
