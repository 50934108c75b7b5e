"""What is out of range: by a flag, by what an adult has, by the words of a note."""

import pytest

from service.facts import FactKind
from service.facts.abnormal import calls_abnormal, is_abnormal
from tests.service.facts.charts import a_note, facts, resources


def is_out(*records):
    flat = [r for each in records for r in (each if isinstance(each, list) else [each])]
    (fact,) = facts(*flat).of(FactKind.MEASUREMENT)
    return is_abnormal(fact, {each.id: each for each in flat})


def a_result(name, value, unit="", day="2026-03-01", **more):
    quantity = {"value": value, "unit": unit}
    shown = {"status": "final", "effectiveDateTime": day, "code": {"text": name}}
    return resources({"resourceType": "Observation", "valueQuantity": quantity, **shown, **more})


def flagged(code):
    return {"interpretation": [{"coding": [{"code": code}]}]}


@pytest.mark.parametrize("code", ["H", "LL", "A"])
def test_a_flag_says_so(code):
    assert is_out(a_result("Zinc", 5, "umol/L", **flagged(code)))
    assert not is_out(a_result("Zinc", 5, "umol/L", **flagged("N")))


def test_a_note_that_tells_the_last_without_a_flag_leaves_the_flag_of_the_one_before():
    before = a_result("Potassium", 6.4, "mmol/L", "2026-02-27", **flagged("HH"))
    assert is_out(before, a_note("Potassium 5.0."))


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("Lithium level", 1.9, "mmol/L"), ("Potassium", 6.4, "mmol/L"), ("Sodium", 121, "mmol/L")],
)
def test_what_no_adult_has_is_out_of_range_where_nobody_flags_it(name, value, unit):
    assert is_out(a_result(name, value, unit))
    assert not is_out(a_result(name, {"Lithium level": 0.8, "Sodium": 140}.get(name, 4), unit))


@pytest.mark.parametrize("word", ["elevated", "low", "(H)"])
def test_a_note_says_so_in_words(word):
    assert is_out(a_note(f"Ammonia 90 {word}."))
    assert not is_out(a_note("Ammonia 30, within normal range."))


@pytest.mark.parametrize("text", ["LDL 90 mg/dL", "Low density lipoprotein 90", "TSH 2, normal"])
def test_a_name_is_no_word_for_it(text):
    assert not calls_abnormal(text)
