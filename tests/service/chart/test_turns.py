"""Charts that come at the same moment: each patient's in its turn, nobody behind another's."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.database import transaction
from tests.service.chart.builders import (
    PATIENT,
    a_bundle,
    a_concept,
    a_document,
    a_patient,
    a_record,
    latest,
)


def a_condition(text="Anxiety", **more):
    return a_record("Condition", "c1", code=a_concept(text), **more)


def brought(sessions, *resources):
    """Ingested in a transaction of its own that gives up rather than wait for long."""
    with transaction(sessions) as session:
        session.execute(text("SET LOCAL lock_timeout = '3s'"))
        return ingest(session, "test", [a_bundle(*resources)])


@pytest.fixture
def under_way(sessions):
    """Somebody's long import of Patient/p1, written and not yet committed."""
    with transaction(sessions) as session:
        ingest(session, "test", [a_bundle(a_patient(), a_condition())])
        yield session


def test_another_patients_chart_waits_for_nobody(sessions, under_way):
    theirs = a_record("Condition", "c2", subject={"reference": "Patient/p2"})
    assert brought(sessions, a_patient("p2"), theirs).kept == 2


def test_what_many_bring_at_once_is_kept_once_and_nobody_waits_for_ever(sessions):
    people = [{"resourceType": "Practitioner", "id": f"d{n}"} for n in range(20)]
    charts = [(a_patient(f"p{n}"), person) for n, person in enumerate(people)]
    with ThreadPoolExecutor(6) as pool:
        alone = [(person,) for person in people]
        counts = list(pool.map(lambda some: brought(sessions, *some), [*alone, *charts]))
    assert sum(count.kept for count in counts) == 40
    assert sum(count.unchanged for count in counts) == 20


def test_two_versions_that_come_at_once_leave_one_that_is_latest(sessions, session):
    versions = [a_condition(f"Anxiety {n}", meta={"versionId": str(n)}) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: brought(sessions, a_patient(), one), versions))
    held = select(func.count()).select_from(SourceRecord)
    mine = SourceRecord.resource_ref == "Condition/c1"
    assert session.scalar(held.where(mine)) == 8
    assert session.scalar(held.where(mine, SourceRecord.is_latest)) == 1


def test_a_label_on_a_programme_reaches_what_is_written_at_the_same_moment(sessions, session):
    programme = {
        "resourceType": "Organization",
        "id": "o1",
        "name": "Riverside",
        "meta": {"security": [{"code": "42CFRPart2"}]},
    }
    visit = a_record("Encounter", "e1", serviceProvider={"reference": "Organization/o1"})
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            list(pool.map(lambda one: brought(sessions, one), [visit, programme]))
    assert "42CFRPart2" in latest(session, "Encounter/e1").labels


def test_a_label_on_a_programme_reaches_what_was_written_before_it_came(sessions, session):
    programme = {"resourceType": "Organization", "id": "o1", "name": "Riverside"}
    programme["meta"] = {"security": [{"code": "42CFRPart2"}]}
    brought(sessions, a_record("Encounter", "e1", serviceProvider={"reference": "Organization/o1"}))
    brought(sessions, programme)
    assert "42CFRPart2" in latest(session, "Encounter/e1").labels


def test_a_binary_joins_a_note_that_is_written_at_the_same_moment(sessions, session):
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": "U2Vlbg=="}
    letter = a_document({"contentType": "text/plain", "url": "Binary/b1"})
    for n in range(4):
        one, other = binary | {"id": f"b{n}"}, letter | {"id": f"n{n}"}
        other["content"] = [{"attachment": {"contentType": "text/plain", "url": f"Binary/b{n}"}}]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: brought(sessions, each), [one, other]))
        assert latest(session, f"Binary/b{n}").patient_ref == PATIENT
