"""The small charts that once came out wrong: each is told right, and reads right from its JSON.

What is to be in a record's text, and what must not be; and what its elements assert, as tags of
one assertion: kind, key, polarity, certainty, time, act, whose, "what=value" of values.
"""

import json
import tomllib
from functools import cache
from pathlib import Path

import pytest

from service.chart.models import SourceRecord
from service.drafting.facts import group, told
from service.drafting.template import SectionPrompt
from service.drafting.trends import trend
from service.reading.assertions import Assertion
from service.reading.resources import read_resource
from service.verification.charts import records_of
from tests.conftest import SHARED_DATA

FOLDER = SHARED_DATA / "ehr-cases"
TODAY = "2026-11-01"
DENIED = "flags"  # by a Consent to all of it
EXPECTED = tomllib.loads(Path(__file__).with_name("ehr_cases.toml").read_text("utf-8"))["case"]

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the folder shared/data/ehr-cases does not lie beside the project"
)


@cache
def resources(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


@cache
def records(name) -> dict[str, SourceRecord]:
    """Those that may be evidence, by ref, through the code that a chart goes through. Without the
    Consent of one case, which denies all of it: that is tested with the others of access."""
    entries = [
        {"resource": e} for e in resources(name) if name != DENIED or e["resourceType"] != "Consent"
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return {record.resource_ref: record for record in records_of(bundle)}


def ref_of(resource):
    return f"{resource['resourceType']}/{resource.get('id')}"


def tags(each: Assertion) -> set[str]:
    said = {each.concept.kind, each.concept.key, each.polarity, each.certainty, each.time}
    said |= {each.act, each.subject, each.says, each.says_who, each.on}
    said |= {f"{v.what}={v.value}" for v in each.values}
    said |= {f"{v.what}{v.comparator}" for v in each.values}
    return {str(tag) for tag in said}


def asserted(name, ref) -> list[set[str]]:
    """The tags of each assertion that still counts."""
    held = {ref_of(each): each for each in resources(name)}
    record = records(name)[ref]
    found = read_resource(held[ref], record.text, find=held.get, on=TODAY)
    return [tags(each) for each in found if each.is_current]


def each_expected(key):
    return [
        pytest.param(each["file"], each["ref"], wanted, id=f"{each['file']}: {wanted}"[:80])
        for each in EXPECTED
        for wanted in each.get(key, [])
    ]


@pytest.mark.parametrize(("name", "ref", "wanted"), each_expected("told"))
def test_the_text_tells_it(name, ref, wanted):
    assert wanted in records(name)[ref].text


@pytest.mark.parametrize(("name", "ref", "unwanted"), each_expected("untold"))
def test_the_text_does_not_say_the_opposite(name, ref, unwanted):
    assert unwanted not in records(name)[ref].text


@pytest.mark.parametrize(("name", "ref", "wanted"), each_expected("says"))
def test_the_elements_assert_it(name, ref, wanted):
    found = asserted(name, ref)
    assert any(set(wanted.split(" & ")) <= each for each in found), found


@pytest.mark.parametrize(("name", "ref", "unwanted"), each_expected("never"))
def test_the_elements_do_not_assert_the_opposite(name, ref, unwanted):
    assert not any(set(unwanted.split(" & ")) <= each for each in asserted(name, ref))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda p: p.stem)
def test_every_span_lies_in_the_text_of_its_record(path):
    held = {ref_of(each): each for each in resources(path.stem)}
    for ref, record in records(path.stem).items():
        for each in read_resource(held[ref], record.text, find=held.get, on=TODAY):
            places = [(each.start, each.end), *((v.start, v.end) for v in each.values)]
            assert all(0 <= start <= end <= len(record.text) for start, end in places)
            assert each.start < each.end


def test_every_case_is_looked_at():
    assert {path.stem for path in FOLDER.glob("*.json")} == {each["file"] for each in EXPECTED}


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("docs", "DocumentReference/dd-scan"),
        ("docs", "DocumentReference/dd-enc"),
        ("docs", "DocumentReference/dd-empty"),
        ("docs", "DocumentReference/dd-badb64"),
        ("urls", "DocumentReference/du-abs"),
        ("urls", "DocumentReference/du-ssrf"),
        ("urls", "DocumentReference/du-file"),
        ("urls", "DocumentReference/du-dots"),
        ("report-preliminary", "DiagnosticReport/dr-c"),
        ("observations", "Observation/o-eie"),
        ("observations", "Observation/o-lipre"),
        ("allergies", "AllergyIntolerance/a-eie"),
        ("problems", "Condition/p-eie"),
        ("med-status", "MedicationRequest/cm-cancel"),
        ("med-status", "MedicationRequest/cm-draft"),
        ("flags", "Flag/fl-entered-in-error"),
        ("contained", "Medication/md-eie"),
    ],
)
def test_what_is_unreadable_or_withdrawn_is_no_evidence(name, ref):
    assert ref in {ref_of(each) for each in resources(name)}
    assert ref not in records(name)


def lines(name, resource_type):
    """The section lines of one type, as a draft would group and tell them."""
    prompt = SectionPrompt(
        key="x",
        title="X",
        instruction="-",
        absence="-",
        style="facts",
        record_types=(resource_type,),
    )
    chosen = [r for r in records(name).values() if r.resource_type == resource_type]
    return [each.text for g in group(chosen) for each in told(g, prompt)]


@pytest.mark.parametrize(
    ("name", "resource_type", "count"),
    [
        ("donotperform-merged", "MedicationRequest", 2),
        ("med-dnp-pair", "MedicationRequest", 2),
        ("duplicate-order-dose", "MedicationRequest", 2),
        ("med-group", "MedicationRequest", 4),
        ("dose-dup", "MedicationRequest", 7),
        ("problem-resolved-and-active", "Condition", 3),
    ],
)
def test_what_is_no_copy_is_a_line_of_its_own(name, resource_type, count):
    assert len(lines(name, resource_type)) == count


def test_a_trend_keeps_what_is_said_beside_a_value():
    chosen = [
        r
        for r in records("trend-drops-preliminary-critical").values()
        if r.resource_type == "Observation"
    ]
    (only,) = group(chosen)
    assert trend(only).text == (
        "Lithium level: 0.8 mmol/L (2026-01-01), "
        "2.4 mmol/L (critically high; 2026-03-01; preliminary)"
    )
