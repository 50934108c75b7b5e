"""A record's line in other words or another order is borne by the record; one thing otherwise is
not (lines.toml)."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.drafting.citing import cite_headline
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Support
from service.verification.charts import records_of
from service.verification.cited import Chart, assess_placed
from service.verification.composed import Cited, _is_person

RECORDS = tomllib.loads((Path(__file__).parent / "lines.toml").read_text(encoding="utf-8"))
WHOSE = {"AllergyIntolerance": "patient", "Immunization": "patient"}


def told(side: str) -> list[object]:
    return [*_told(side)]


def _told(side: str) -> Iterator[object]:
    for each in RECORDS["records"]:
        for text in each[side]:
            failing = text in RECORDS["not_yet"]
            marks = [pytest.mark.xfail(strict=True)] if failing else []
            yield pytest.param(text, each["resource"], id=text, marks=marks)


def support(text: str, resource: str) -> Support:
    written = json.loads(resource)
    whose = WHOSE.get(written["resourceType"], "subject")
    entry = {"resource": written | {whose: {"reference": "Patient/1"}}}
    [record] = records_of({"resourceType": "Bundle", "type": "collection", "entry": [entry]})
    statement = Statement(text, (cite_headline(record),))
    document = Document("t", (), (Section("s", "S", (statement,)),))
    return assess_placed(document.placed()[0], Chart([record])).support


@pytest.mark.parametrize(("text", "resource"), told("same"))
def test_a_line_in_other_words_or_order_is_borne(text, resource):
    assert support(text, resource) is Support.SUPPORTED


@pytest.mark.parametrize(("text", "resource"), told("changed"))
def test_a_line_with_one_thing_otherwise_is_not(text, resource):
    assert support(text, resource) is not Support.SUPPORTED


@pytest.mark.parametrize(
    ("told", "is_borne"),
    [
        ("male", True),
        ("male, he/him", True),
        ("female", False),
        ("male, they/them", False),
        ("Earl", False),
    ],
)
def test_who_the_patient_is_stands_in_the_patient_record(told, is_borne):
    person = {
        "resourceType": "Patient",
        "id": "1",
        "name": [{"family": "Earl", "given": ["Tom"]}],
        "gender": "male",
        "birthDate": "1984-03-21",
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/individual-pronouns",
                "extension": [{"url": "value", "valueCodeableConcept": {"text": "he/him"}}],
            }
        ],
    }
    [record] = records_of(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": person}]}
    )
    assert _is_person(told, Cited([record])) is is_borne
