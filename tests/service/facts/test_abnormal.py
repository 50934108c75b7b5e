"""What is out of range: by a flag, by what an adult has, by the words of a note."""

import pytest

from service.facts import FactKind
from service.facts.abnormal import calls_abnormal, is_abnormal
from tests.service.facts.charts import a_note, facts, read_bundle, resources

SUBJECT = {"subject": {"reference": "Patient/p"}}


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


def test_the_next_result_is_judged_by_itself_also_where_a_note_tells_it_again():
    before = a_result("Potassium", 3.1, "mmol/L", "2026-02-27", **flagged("L"))
    after = a_result("Potassium", 3.9, "mmol/L", "2026-03-01")
    assert not is_out(before, after)
    assert not is_out(before, after, a_note("K 3.9 after repletion."))
    assert not is_out(before, a_note("K 3.9 after repletion."))


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


def ranged(low=None, high=None, unit="mmol/L"):
    ends = {"low": low, "high": high}
    return {
        "referenceRange": [
            {k: {"value": v, "unit": unit} for k, v in ends.items() if v is not None}
        ]
    }


@pytest.mark.parametrize(
    ("name", "value", "normal", "unit", "own"),
    [
        ("Troponin T", 250, 9, "ng/L", ranged(high=14, unit="ng/L")),
        ("Ammonia", 180, 30, "umol/L", ranged(11, 32, "umol/L")),
        ("Base excess", -9, -1, "mmol/L", ranged(-2, 2)),
        ("Creatine kinase", 12000, 150, "U/L", ranged(30, 200, "")),
        ("Hemoglobin", 10.4, 10.6, "g/dL", ranged(10.5, 14, "g/dL")),
    ],
)
def test_a_result_is_measured_by_its_own_range(name, value, normal, unit, own):
    assert is_out(a_result(name, value, unit, **own))
    assert not is_out(a_result(name, normal, unit, **own))


def test_a_range_in_another_unit_measures_nothing():
    assert not is_out(a_result("Zinc", 5, "mmol/L", **ranged(70, 100, "ug/dL")))


@pytest.mark.parametrize(
    ("value", "comparator", "is_so"),
    [(14, "<", False), (14, ">", True), (20, "<", False), (10, ">", False), (20, ">", True)],
)
def test_a_bound_is_out_of_range_only_where_all_that_it_leaves_is(value, comparator, is_so):
    quantity = {"value": value, "unit": "ng/L", "comparator": comparator}
    own = ranged(high=14, unit="ng/L")
    assert is_out(a_result("Troponin T", 0, valueQuantity=quantity, **own)) == is_so


def a_word(name, said):
    code = {"resourceType": "Observation", "status": "final", "code": {"text": name}}
    return resources({**code, "effectiveDateTime": "2026-03-01", "valueString": said})


@pytest.mark.parametrize(
    ("name", "found", "other"),
    [
        ("Pregnancy test", "Positive", "Negative"),
        ("RPR", "Reactive", "Non-reactive"),
        ("HIV 1+2 antibodies", "Weakly reactive", "Not detected"),
    ],
)
def test_what_was_found_is_out_of_range_whatever_its_flag(name, found, other):
    assert is_out(a_word(name, found))
    assert not is_out(a_word(name, other))


@pytest.mark.parametrize("name", ["Hepatitis B surface antibody", "Rhesus factor", "Rh type"])
def test_what_protects_is_not_out_of_range_where_it_is_found(name):
    assert not is_out(a_word(name, "Reactive"))


@pytest.mark.parametrize(
    ("name", "value", "unit", "out"),
    [
        ("Neutrophils", 4500, "/uL", 900),
        ("Carbamazepine level", 30, "umol/L", 60),
        ("Hemoglobin", 8.9, "mmol/L", 5),
        ("Calcium", 4.8, "meq/L", 7),
        ("Urea", 6, "mmol/L", 22),
        ("White blood cells", 7, "x10^9/L", 2),
    ],
)
def test_what_an_adult_has_is_known_by_unit(name, value, unit, out):
    assert not is_out(a_result(name, value, unit))
    assert is_out(a_result(name, out, unit))


def test_a_unit_that_is_not_known_of_it_and_a_flag_that_says_normal_are_no_reason():
    assert not is_out(a_result("Sodium", 3, "g/L"))
    assert not is_out(a_result("Sodium", 150, "mmol/L", **flagged("N")))


@pytest.mark.parametrize(("born", "is_so"), [("2026-01-01", False), ("2005-01-01", True)])
@pytest.mark.parametrize(("name", "value"), [("Heart rate", 140), ("Respiratory rate", 38)])
def test_what_an_adult_has_says_nothing_of_a_child(born, is_so, name, value):
    patient = {"resourceType": "Patient", "id": "p", "birthDate": born}
    result = {"resourceType": "Observation", "id": "r", "status": "final", "code": {"text": name}}
    shown = {"effectiveDateTime": "2026-03-01", "valueQuantity": {"value": value, "unit": "/min"}}
    assert is_out(read_bundle([patient, {**result, **shown, **SUBJECT}])) == is_so
