"""Which records are one line of a section, and what a trend keeps of each value."""

import pytest

from service.drafting.facts import fact, group
from service.drafting.trends import trend
from service.verification.charts import records_of
from tests.small_chart import medication, patient, score

ME = "Patient/1"


def grouped(*resources):
    whole = [patient(ME, "Ada", "Vane", "1980-05-01", "1"), *resources]
    entries = [{"resource": each} for each in whole]
    records = records_of({"resourceType": "Bundle", "type": "collection", "entry": entries})
    return group(r for r in records if r.resource_type != "Patient")


def an_order(name, **elements):
    return medication(ME, name, "Warfarin") | elements


def dosed(text):
    return {"dosageInstruction": [{"text": text}]}


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        ({}, {}, 1),
        (dosed("5 mg daily"), dosed("2.5 mg daily"), 2),
        ({}, {"doNotPerform": True}, 2),
        ({}, {"intent": "proposal"}, 2),
        ({"status": "stopped"} | dosed("5 mg"), {"status": "stopped"} | dosed("2 mg"), 1),
    ],
)
def test_orders_are_one_line_only_where_they_say_the_same(first, second, lines):
    found = grouped(an_order("a", **first), an_order("b", **second))
    assert len(found) == lines
    assert ("[2 records" in fact(found[0]).text) == (lines == 1)


def a_level(name, value, day, **elements):
    measured = score(ME, day, value) | {"id": name, "code": {"text": "Lithium level"}}
    return measured | {"valueQuantity": {"value": value, "unit": "mmol/L"}} | elements


def test_a_trend_keeps_flag_and_status_of_each_value():
    high = {"status": "preliminary", "interpretation": [{"coding": [{"code": "HH"}]}]}
    (only,) = grouped(a_level("a", 0.8, "2026-01-01"), a_level("b", 2.4, "2026-03-01", **high))
    assert trend(only).text == (
        "Lithium level: 0.8 mmol/L (2026-01-01), "
        "2.4 mmol/L (critically high; 2026-03-01; preliminary)"
    )


def test_a_value_about_somebody_else_is_no_point_of_the_patients_trend():
    other = {"focus": [{"display": "fetus"}]}
    found = grouped(
        a_level("a", 0.8, "2026-01-01"),
        a_level("b", 0.9, "2026-02-01"),
        a_level("c", 5.0, "2026-03-01", **other),
    )
    assert len(found) == 2
    assert "5.0" not in trend(found[1]).text
