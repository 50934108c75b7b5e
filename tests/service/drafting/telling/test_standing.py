"""How a thing stands is told with it: stopped, on hold, resolved, not final; given or refused."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_brief import (
    a_problem,
    a_result,
    a_visit,
    line,
    lines,
    of,
    told,
)
from tests.service.drafting.telling.test_dosing import an_order, row, table_of

LONG = (
    "too few white cells, told to the patient and the family, seen by hematology on the ward twice"
)


def changed(*records):
    found = lines(a_visit("2026-04-20"), *records)
    return line(found, glue.CHANGED)


def a_flag(of_what):
    more = {"status": "active", "period": {"start": "2026-01-01"}}
    return of("Flag", code={"text": of_what}, **more)


def a_given(status="completed", day="2026-05-10", name="Paliperidone palmitate 156 mg", **more):
    named = {"medicationCodeableConcept": {"text": name}, "id": f"g{day}"}
    given = {"status": status, "effectiveDateTime": f"{day}T08:00:00Z", **more}
    return of("MedicationAdministration", **named, **given)


def a_supply(days, name="Lithium carbonate 300 mg", **more):
    lasts = {"daysSupply": {"value": days, "unit": "d"}, "whenHandedOver": "2026-05-20"}
    dosage = {"dosageInstruction": [{"text": "300 mg three times daily"}]}
    named = {"medicationCodeableConcept": {"text": name}, "id": "d"}
    return of("MedicationDispense", **named, **lasts, **dosage, **{"status": "completed", **more})


# What is over or held says so
@pytest.mark.parametrize(
    ("status", "why", "words"),
    [
        (
            "stopped",
            "agranulocytosis",
            "at bedtime, stopped, because: agranulocytosis (2026-05-01)",
        ),
        (
            "stopped",
            "Stopped May 3, 2026: gained 7 kg, sedation",
            "stopped, because: Stopped May 3, 2026: gained 7 kg, sedation (2026-05-01)",
        ),
        ("on-hold", "toxicity", "at bedtime, on hold, because: toxicity (2026-05-01)"),
        ("stopped", LONG, "at bedtime, stopped, because: too few white cells"),
    ],
)
def test_an_order_that_ended_is_told_as_changed_with_that_and_why(status, why, words):
    order = an_order(
        "Clozapine 100 mg", {"text": "100 mg at bedtime"}, status=status, statusReason={"text": why}
    )
    assert words in changed(order)


@pytest.mark.parametrize("status", ["resolved", "inactive"])
def test_a_risk_of_the_problem_list_that_is_over_says_so(status):
    risk = a_problem("Suicidal ideation", status, onsetDateTime="2026-01-01")
    assert f"Suicidal ideation, {status}" in told(glue.RISK, risk)


def test_a_result_that_is_not_final_says_so():
    result = a_result("Lithium level", 1.9, "mmol/L", "2026-05-20")
    more = {"interpretation": [{"coding": [{"code": "HH"}]}]}
    early = of(
        "Observation",
        status="preliminary",
        code={"text": "Lithium level"},
        effectiveDateTime="2026-05-20",
        valueQuantity={"value": 1.9, "unit": "mmol/L"},
        **more,
    )
    assert "preliminary" in told(glue.RESULTS, early)
    assert "preliminary" not in "".join(lines(result))


# One word of a structured record is enough
@pytest.mark.parametrize("name", ["Schizophrenia", "Epilepsy", "Pregnancy"])
def test_a_problem_of_one_word_is_told(name):
    assert name in told(glue.PATIENT, a_problem(name, onsetDateTime="2026-03-01"))


@pytest.mark.parametrize("name", ["Violence", "Elopement", "Suicidality"])
def test_a_flag_of_one_word_is_told(name):
    assert f"{name} (2026-01-01)" in told(glue.RISK, a_flag(name))


# One dose is not the order
@pytest.mark.parametrize(
    "beside",
    [
        a_given("stopped", name="Lithium 300 mg"),
        a_given("not-done", name="Lithium 300 mg", statusReason=[{"text": "Held - HR 48"}]),
        a_supply(30, "Lithium 300 mg"),
        a_supply(30, "Lithium 300 mg", status="stopped"),
        a_supply(30, "Lithium 300 mg", status="on-hold"),
    ],
)
def test_what_happened_to_one_dose_leaves_the_order(beside):
    order = an_order("Lithium 300 mg", {"text": "300 mg twice daily"})
    assert row(order, beside) == "Lithium 300 mg twice daily"


def test_a_dose_that_was_held_is_told_apart_among_what_changed():
    order = an_order("Metoprolol 50 mg", {"text": "50 mg twice daily"}, authoredOn="2026-04-01")
    held = a_given("not-done", name="Metoprolol 50 mg", statusReason=[{"text": "Held - HR 48"}])
    assert "Not given: Metoprolol 50 mg, because: Held - HR 48 (2026-05-10)" in changed(order, held)


# What only its doses tell of
def test_the_last_injection_is_told_where_nobody_ordered_it():
    assert row(a_given()) == "Given: Paliperidone palmitate 156 mg (2026-05-10)"


def test_an_injection_that_was_refused_is_told_with_the_last_that_was_given():
    refused = a_given("not-done", "2026-05-28", statusReason=[{"text": "Patient refused"}])
    found = row(a_given(), refused)
    assert found.startswith("Not given: Paliperidone palmitate 156 mg, because: Patient refused")
    assert found.endswith(f"{glue.EARLIER}Given: Paliperidone palmitate 156 mg (2026-05-10)")
    assert "refused (" in table_of(a_given(), refused)["paliperidone"]


@pytest.mark.parametrize(
    "ended",
    [
        a_given(day="2025-05-10"),
        a_given(name="Metoprolol succinate 50 MG Extended Release Oral Tablet"),
        a_supply(7),
    ],
)
def test_what_has_worn_off_or_run_out_is_taken_no_more(ended):
    assert not row(ended)


def test_a_supply_that_lasts_until_today_is_told_as_handed_out():
    words = "Dispensed: Lithium carbonate 300 mg, 300 mg three times daily (2026-05-20)"
    assert row(a_supply(30)) == words
    note = a_note("Stopped lithium for tremor.", effective="2026-05-25")
    assert not row(a_supply(30), note)
