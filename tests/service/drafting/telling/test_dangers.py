"""What can do harm is told before what is only out of range, and what is over is no danger."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.telling.test_brief import a_visit, line, lines, of

CRITICAL = {"interpretation": [{"coding": [{"code": "LL"}]}]}
LOW = {"interpretation": [{"coding": [{"code": "L"}]}]}


def a_lab(name, value, unit, day="2026-05-20", **more):
    quantity = {"value": value, "unit": unit}
    shown = {"status": "final", "effectiveDateTime": day, "code": {"text": name}}
    return of("Observation", valueQuantity=quantity, **shown, **more)


LOW_ONES = (("Albumin", 29, "g/L"), ("Calcium", 2.0, "mmol/L"), ("Ferritin", 9, "ug/L"))


# Results
@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("Potassium", 2.6, "mmol/L"), ("Sodium", 118, "mmol/L"), ("Phosphate", 0.3, "mmol/L")],
)
@pytest.mark.parametrize("words", [150, 12])
def test_a_critical_result_is_told_before_all_that_is_only_out_of_range(name, value, unit, words):
    others = [a_lab(*each, **LOW) for each in LOW_ONES]
    found = lines(*others, a_lab(name, value, unit, **CRITICAL), words=words)
    assert f"{name} {value} {unit} (2026-05-20)" in line(found, glue.RESULTS)


def test_a_critical_result_since_the_last_visit_is_the_first_change():
    visits = [a_visit("2026-05-01")]
    others = [a_lab(*each, **LOW) for each in (*LOW_ONES, ("Hemoglobin", 9, "g/dL"))]
    found = lines(*visits, *others, a_lab("Potassium", 2.6, "mmol/L", **CRITICAL))
    assert line(found, glue.CHANGED).partition(glue.LABEL)[2].startswith("Potassium 2.6")
