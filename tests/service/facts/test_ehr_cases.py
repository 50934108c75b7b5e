"""Small charts that came out wrong in the first build, as facts."""

import json

import pytest

from service.facts import ConflictKind, FactKind, Standing
from tests.service.facts.charts import facts, read_bundle, said

C, P = Standing.CURRENT, Standing.PAST


@pytest.fixture
def case(shared_data):
    def read(name):
        path = shared_data / "ehr-cases" / f"{name}.json"
        return facts(read_bundle(json.loads(path.read_text())), on="2026-10-10")

    return read


def standings(found, kind):
    return {fact.key: fact.standing for fact in found.of(kind)}


def test_every_case_can_be_read(shared_data, case):
    names = sorted(path.stem for path in (shared_data / "ehr-cases").glob("*.json"))
    assert len(names) > 40
    for name in names:
        assert case(name).find(FactKind.IDENTITY, "age") or name == "urls", name


def test_a_positive_screen_is_risk_of_its_day(case):
    risks = standings(case("cssrs-positive"), FactKind.RISK)
    assert risks["suicidal-ideation"] is C and risks["suicide-intent"] is C
    fact = case("cssrs-positive").find(FactKind.RISK, "suicide-risk")
    assert (fact.status, fact.on) == ("High", "2026-10-01")


def test_a_preliminary_critical_result_keeps_both_words(case):
    (fact,) = case("trend-drops-preliminary-critical").of(FactKind.MEASUREMENT)
    assert "critically high" in fact.status and "preliminary" in fact.status


def test_once_a_week_stays_once_a_week(case):
    (fact,) = case("dosage-text-hides-weekly").of(FactKind.MEDICINE)
    assert any("WEEK" in value.said.upper() for value in fact.values)


def test_the_steps_of_a_taper_stand_in_their_order(case):
    (fact,) = case("dosage-sequence").of(FactKind.MEDICINE)
    assert said(fact, "dose") == ["40 mg", "10 mg"]


def test_two_active_orders_are_two_rows(case):
    found = case("med-group")
    assert len([f for f in found.of(FactKind.MEDICINE) if f.key == "warfarin"]) == 2
    kinds = {conflict.kind for conflict in found.conflicts}
    assert {ConflictKind.DOSE, ConflictKind.STOPPED} <= kinds


def test_a_refused_depot_is_not_simply_current(case):
    (fact,) = case("depot-refused").of(FactKind.MEDICINE)
    assert (fact.standing, fact.status) == (Standing.DISPUTED, "refused")


def test_do_not_give_is_no_second_record_of_the_order(case):
    rows = case("donotperform-merged").of(FactKind.MEDICINE)
    assert {fact.status for fact in rows} == {"", "not to be given"}


@pytest.mark.parametrize("name", ["focus-other-person"])
def test_the_brothers_ideation_is_the_brothers(case, name):
    found = case(name)
    assert not found.of(FactKind.RISK)
    assert [fact.name for fact in found.of(FactKind.FAMILY)] == ["brother: suicidal ideation"]


def test_what_any_coding_refutes_is_refuted(case):
    assert set(standings(case("refuted-second-coding"), FactKind.PROBLEM).values()) == {
        Standing.REFUTED
    }
    assert C not in standings(case("modifier-extension"), FactKind.PROBLEM).values()


def test_proposals_and_orders_that_ran_out_are_not_current(case):
    assert C not in standings(case("proposal-as-current"), FactKind.MEDICINE).values()
    medicines = standings(case("med-status"), FactKind.MEDICINE)
    assert {key for key, standing in medicines.items() if standing is C} == {
        "prazosin",
        "sertraline",
    }
    assert medicines["lithium"] is Standing.ON_HOLD


@pytest.mark.parametrize("name", ["allergy-nka-local", "allergy-nkda-text", "allergy-none-text"])
def test_no_known_allergies_is_no_allergy(case, name):
    (fact,) = case(name).of(FactKind.ALLERGY)
    assert fact.key == "none-known" and fact.name.startswith("no known")


def test_a_revoked_safety_plan_is_past(case):
    assert standings(case("revoked-safety-plan"), FactKind.RISK)["safety-plan"] is P


def test_a_death_and_a_consent_that_denies_are_told(case):
    assert case("deceased").find(FactKind.IDENTITY, "death") is not None
    assert [f.status for f in case("consent-deny").of(FactKind.DIRECTIVE)] == ["denied"]


def test_active_and_refuted_of_one_code_is_a_conflict(case):
    found = case("problem-resolved-and-active")
    assert ConflictKind.REFUTED in {conflict.kind for conflict in found.conflicts}


def test_all_flags_are_told(case):
    risks = standings(case("risk-flags-many"), FactKind.RISK)
    assert {"suicide-risk", "violence", "domestic-violence", "firearm"} <= risks.keys()


def test_results_in_other_units_are_no_trend(case):
    for fact in case("lab-mixed-units").of(FactKind.MEASUREMENT):
        assert "rising" not in fact.status and "falling" not in fact.status
