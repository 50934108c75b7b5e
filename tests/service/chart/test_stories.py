"""Each fixture story, ingested: what its authors say of the chart is what we make of it."""

import pytest
from sqlalchemy import select

from fhir_fixtures import stories
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.chart.reading import held_records
from service.summary.vocabulary import Standing


@pytest.fixture(params=stories.names())
def told(request, session):
    """A story and its latest records by ref."""
    story = stories.story(request.param)
    count = ingest(session, story.name, [story.bundle])
    assert count.kept == len(story.resources)
    records = held_records(session, story.patient_ref)
    return story, {record.resource_ref: record for record in records}


def test_every_record_of_the_patient_has_a_headline_of_one_line(told):
    _, records = told
    assert all(r.headline and "\n" not in r.headline for r in records.values())
    assert all(r.text.startswith(r.headline + "\n") for r in records.values())


def test_what_is_not_evidence_is_kept_out(told):
    story, records = told
    for ref in story.expected["not_evidence"]:
        assert records[ref].standing in (Standing.EXCLUDED, Standing.REPLACED), ref
        assert records[ref].standing_reason


def test_what_cannot_be_read_is_a_gap(told):
    story, records = told
    for ref in story.expected["unreadable"]:
        assert records[ref].standing == Standing.UNREADABLE, ref
        assert any(gap["kind"] == "attachment" for gap in records[ref].gaps), ref


def test_only_what_the_story_says_is_unreadable_or_dangling(told):
    story, records = told
    unreadable = {r.resource_ref for r in records.values() if r.standing == Standing.UNREADABLE}
    assert unreadable <= set(story.expected["unreadable"])
    dangling = {
        gap["source"] for r in records.values() for gap in r.gaps if gap["kind"] == "reference"
    }
    assert dangling == set(story.expected["dangling"])


def test_a_record_carries_its_own_labels_and_those_of_its_encounter(told):
    story, records = told
    for record in records.values():
        sources = [record.resource_ref, record.encounter_ref]
        for resource in (r for r in story.resources if f"{r['resourceType']}/{r['id']}" in sources):
            security = resource.get("meta", {}).get("security", [])
            assert {label["code"] for label in security} <= set(record.labels), record.resource_ref


def test_no_record_fails_validation_or_rendering(told):
    _, records = told
    assert [
        gap for r in records.values() for gap in r.gaps if gap["kind"] in ("validation", "render")
    ] == []


def test_every_quote_of_the_story_stands_in_the_text_of_its_source(told, session):
    story, records = told
    for fact in story.expected["carries"] + story.expected["must_not_state"]:
        if fact.get("quote") and fact["source"] in records:
            text = " ".join(records[fact["source"]].text.split())
            assert " ".join(fact["quote"].split()) in text, (fact["source"], fact["quote"])


def test_records_of_nobody_stay_out_of_the_chart(told, session):
    story, _ = told
    types = session.scalars(
        select(SourceRecord.resource_type).where(SourceRecord.patient_ref == story.patient_ref)
    )
    assert not {"Practitioner", "Organization", "Location"} & set(types)
