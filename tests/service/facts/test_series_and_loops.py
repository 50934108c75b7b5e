"""Measurements as series, events, and what is asked for until something answers it."""

import pytest

from service.facts import FactKind, Standing
from tests.service.facts.charts import TODAY, a_note, facts, resources, said, the_fact


def a_result(name, value, unit, on, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name},
        "effectiveDateTime": on,
        "valueQuantity": {"value": value, "unit": unit},
        **more,
    }


def an_order(name, on="2026-03-01", **more):
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "code": {"text": name},
        "authoredOn": on,
        **more,
    }


def test_results_are_one_series_with_flag_status_and_direction():
    high = [{"coding": [{"code": "HH"}]}]
    found = facts(
        resources(
            a_result("Lithium level", 0.8, "mmol/L", "2026-01-01"),
            a_result(
                "Lithium level",
                2.4,
                "mmol/L",
                "2026-03-01",
                status="preliminary",
                interpretation=high,
            ),
        )
    )
    fact = the_fact(found, FactKind.MEASUREMENT, "lithium-level")
    assert fact.status == "critically high, preliminary, rising"
    assert [change.what for change in fact.history] == ["0.8 mmol/L", "2.4 mmol/L"]


def test_a_final_result_takes_the_place_of_the_preliminary_of_that_day():
    found = facts(
        resources(
            a_result("Sodium", 121, "mmol/L", "2026-03-01", status="preliminary"),
            a_result("Sodium", 131, "mmol/L", "2026-03-01"),
        )
    )
    fact = the_fact(found, FactKind.MEASUREMENT, "sodium")
    assert [change.what for change in fact.history] == ["131 mmol/L"]


def test_one_result_told_twice_is_one_point_with_two_sources():
    found = facts(
        resources(a_result("Sodium", 131, "mmol/L", "2026-03-01")),
        a_note("Sodium 131 mmol/L on 2026-03-01.", on="2026-03-02"),
    )
    fact = the_fact(found, FactKind.MEASUREMENT, "sodium")
    assert len(fact.history) == 1 and len(fact.sources) == 2


def test_other_units_are_no_direction():
    found = facts(
        resources(
            a_result("HbA1c", 6.5, "%", "2026-01-01"),
            a_result("HbA1c", 48, "mmol/mol", "2026-03-01"),
        )
    )
    (fact,) = found.of(FactKind.MEASUREMENT)
    assert fact.status == ""


def test_scores_go_up_and_down():
    found = facts(a_note("PHQ-9: 18", on="2026-01-01"), a_note("PHQ-9: 9", on="2026-03-01"))
    assert the_fact(found, FactKind.SCORE, "phq-9").status == "falling"


def test_a_number_without_its_unit_goes_on_from_the_last_with_one():
    found = facts(
        resources(a_result("Hemoglobin", 9.6, "g/dL", "2026-02-01")),
        a_note("Hgb 11.0 today.", on="2026-03-01"),
    )
    assert the_fact(found, FactKind.MEASUREMENT, "hemoglobin").status == "rising"


@pytest.mark.parametrize(
    "note",
    ["PHQ-9 not done today, no time.", "GAD-7 was not done.", "TSH not drawn, tube missing."],
)
def test_what_was_not_done_is_no_result(note):
    assert not facts(a_note(note)).of(FactKind.SCORE, FactKind.MEASUREMENT)


@pytest.mark.parametrize("note", ["C-SSRS screen negative.", "Urine culture negative."])
def test_what_was_looked_for_in_vain_is_one(note):
    (fact,) = facts(a_note(note)).of(FactKind.SCORE, FactKind.MEASUREMENT)
    assert fact.value("level").said == "negative"


def test_the_records_own_score_of_a_day_stands_before_what_a_note_tells_of_it():
    found = facts(
        resources(
            a_result("PHQ-9 total score", 14, "{score}", "2026-02-05"),
            a_result("PHQ-9 total score", 10, "{score}", "2026-03-01"),
        ),
        a_note("PHQ-9 10 (item 9 = 0), was 14 on 2/5.", on="2026-03-01"),
    )
    fact = the_fact(found, FactKind.SCORE, "phq-9")
    assert fact.status == "falling"
    assert [c.on for c in fact.history] == ["2026-02-05", "2026-03-01"]


def test_a_day_beside_a_measure_is_no_result():
    found = facts(a_note("ECG 2/4 QTc 455.", on="2026-03-01"))
    assert the_fact(found, FactKind.MEASUREMENT, "qtc").value("level").said == "455"


def test_an_order_that_nothing_answers_is_open_with_its_age():
    found = facts(resources(an_order("Brain MRI")))
    (fact,) = found.of(FactKind.OPEN_LOOP)
    assert (fact.standing, fact.status) == (Standing.PLANNED, "open")
    assert said(fact, "age") == ["9 days"]


def test_a_result_answers_what_was_ordered():
    found = facts(
        resources(an_order("Lithium level"), a_result("Lithium level", 0.8, "mmol/L", "2026-03-04"))
    )
    (fact,) = found.of(FactKind.OPEN_LOOP)
    assert (fact.standing, fact.status, fact.until) == (Standing.PAST, "answered", "2026-03-04")


def test_an_earlier_result_answers_nothing():
    found = facts(
        resources(an_order("Lithium level"), a_result("Lithium level", 0.8, "mmol/L", "2026-02-04"))
    )
    (fact,) = found.of(FactKind.OPEN_LOOP)
    assert fact.standing is Standing.PLANNED


def test_what_is_to_be_repeated_in_days_is_overdue_after_them():
    found = facts(a_note("Plan: repeat lithium level in 5 days.", on="2026-03-01"), on=TODAY)
    (fact,) = found.of(FactKind.OPEN_LOOP)
    assert (fact.status, said(fact, "due")) == ("overdue", ["2026-03-06"])


def test_a_cancelled_order_is_closed():
    found = facts(resources(an_order("Brain MRI", status="revoked")))
    assert not [f for f in found.of(FactKind.OPEN_LOOP) if f.standing is Standing.PLANNED]


def test_a_stay_has_its_bounds_and_one_that_lasts_is_current():
    past = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "IMP"},
        "period": {"start": "2025-01-01", "end": "2025-01-09"},
    }
    now = {**past, "status": "in-progress", "period": {"start": "2026-03-08"}}
    stays = facts(resources(past, now)).of(FactKind.EVENT)
    assert [(f.standing, f.since, f.until) for f in stays] == [
        (Standing.CURRENT, "2026-03-08", ""),
        (Standing.PAST, "2025-01-01", "2025-01-09"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "unit", "told"),
    [
        ("Potassium", 2.7, "mmol/L", "K 2.7."),
        ("Sodium", 121, "mmol/L", "Na 121, new."),
        ("Platelets", 18, "10*3/uL", "Platelets 18."),
    ],
)
def test_a_bare_number_of_a_note_leaves_its_flag_to_the_result_of_that_day(name, value, unit, told):
    low = [{"coding": [{"code": "LL"}]}]
    result = a_result(name, value, unit, "2026-03-01", interpretation=low)
    found = facts(resources(result), a_note(told))
    (fact,) = found.of(FactKind.MEASUREMENT)
    assert fact.status == "critically low"
    assert said(fact, "level") == [f"{value} {unit}"]
    assert len(fact.sources) == 2


def test_another_number_of_that_day_is_another_result():
    found = facts(resources(a_result("Potassium", 2.7, "mmol/L", "2026-03-01")), a_note("K 3.4."))
    (fact,) = found.of(FactKind.MEASUREMENT)
    assert [change.what for change in fact.history] == ["2.7 mmol/L", "3.4"]
