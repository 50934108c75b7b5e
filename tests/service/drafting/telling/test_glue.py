"""What composing adds can be taken off again: labels, marks, days, what was before."""

import pytest

from service.drafting.telling import glue
from service.drafting.telling.glue import Told


def test_a_line_is_taken_apart_into_what_it_joins():
    line = glue.line(glue.MEDICINES, ["lithium 600 mg at bedtime", glue.when("aspirin", "2026")])
    assert list(glue.items(line)) == [Told("lithium 600 mg at bedtime"), Told("aspirin", "2026")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (glue.when("TSH", "2026-08-26", 12), Told("TSH", "2026-08-26", 12)),
        (
            glue.when("TSH", "2026-08", since="2025-01-01"),
            Told("TSH", "2026-08", None, "2025-01-01"),
        ),
        (
            glue.when("X-ray", "2026-08-01", due="2026-09-10"),
            Told("X-ray", "2026-08-01", due="2026-09-10"),
        ),
        ("Ate (2 eggs) today", Told("Ate (2 eggs) today")),
        ("Risk: low", Told("low")),
    ],
)
def test_days_and_ages_are_read_back(text, told):
    assert list(glue.items(text)) == [told]


def test_two_results_of_a_measure_are_told_in_one():
    both = glue.moved("Creatinine 1.4 mg/dL", "Creatinine 1.2 mg/dL")
    assert both == "Creatinine 1.2 → 1.4 mg/dL"
    now, before = glue.items(glue.when(both, "2026-08-18"))
    assert (now.body, now.day) == ("Creatinine 1.4 mg/dL", "2026-08-18")
    assert (before.body, before.not_on) == ("Creatinine 1.2 mg/dL", "2026-08-18")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("Creatinine 1.4 mg/dL", "Creatinine 106 umol/L"),
        ("Creatinine 1.4 mg/dL", "eGFR 71 mL/min"),
        ("Urine culture: no growth", "Urine culture: E. coli"),
    ],
)
def test_what_cannot_be_compared_is_not_told_in_one(now, before):
    assert glue.moved(now, before) is None
