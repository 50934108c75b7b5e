"""What once came out on the wrong shelf or as a fact that is none, a table per kind."""

import pytest

from service.facts import FactKind
from service.facts.fact import Standing
from tests.service.facts.charts import a_note, an_order, facts, resources, the_fact


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Causes: surgery, urinary retention, oxycodone.", "oxycodone"),
        ("Precipitants: alcohol, lorazepam.", "lorazepam"),
        ("Triggers: loud noise, caffeine, prednisone.", "prednisone"),
    ],
)
def test_a_medicine_that_is_blamed_is_no_course_of_it(text, key):
    assert facts(a_note(text)).find(FactKind.MEDICINE, key) is None


@pytest.mark.parametrize(
    "text",
    [
        "SUBSTANCE USE: denies alcohol, nicotine, cannabis.",
        "Substance use: wine 2-3x/month, AUDIT-C 2.",
        "Drug use: cannabis daily.",
    ],
)
def test_a_heading_over_substances_is_none(text):
    assert facts(a_note(text)).find(FactKind.SUBSTANCE, "illicit-drugs") is None


@pytest.mark.parametrize(
    "text",
    [
        "Discharge Summary, Adolescent Inpatient Unit\n\nAdmitted after an overdose.",
        "Plan: discharge summary to GP.",
        "Plan:\n- Transfer summary to the ward",
    ],
)
def test_the_name_of_a_document_waits_for_nothing(text):
    loops = facts(a_note(text)).of(FactKind.OPEN_LOOP)
    assert [f for f in loops if f.key in ("discharge", "transfer")] == []


@pytest.mark.parametrize(("newer", "older"), [("Has", "Lacks"), ("Lacks", "Has")])
def test_of_capacity_and_its_lack_the_newer_holds(newer, older):
    keys = {"Has": "capacity", "Lacks": "lacks-capacity"}
    found = facts(
        a_note(f"{older} capacity to decide on surgery.", on="2026-02-01"),
        a_note(f"{newer} capacity to decide on surgery.", on="2026-03-01"),
    )
    assert the_fact(found, FactKind.DIRECTIVE, keys[newer]).standing is Standing.CURRENT
    other = found.find(FactKind.DIRECTIVE, keys[older])
    assert other is None or other.standing is Standing.PAST or other.on == "2026-03-01"


def test_suicide_in_the_family_is_told_once_of_whom_it_was():
    found = facts(a_note("FHx: Father died by suicide at 52. Family history of suicide."))
    family = [f.key for f in found.of(FactKind.FAMILY) if "suicide" in f.key]
    assert family == ["father:suicide-death"]


def test_an_ordered_nicotine_patch_is_a_medicine_and_no_tobacco():
    found = facts(resources(an_order("24hr nicotine transdermal patch")))
    assert the_fact(found, FactKind.MEDICINE, "nicotine-replacement")
    assert found.of(FactKind.SUBSTANCE) == ()


def test_what_is_ordered_by_the_name_of_its_class_is_a_medicine_beside_another_of_it():
    orders = resources(an_order("Penicillin V Potassium 250 mg"), an_order("Amoxicillin 500 mg"))
    found = facts(orders).of(FactKind.MEDICINE)
    assert [f.key for f in found] == ["amoxicillin", "penicillin"]


def test_a_score_is_one_by_the_bracket_of_its_name():
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Total score [AUDIT-C]"},
        "valueQuantity": {"value": 8, "unit": "{score}"},
        "effectiveDateTime": "2026-02-01",
    }
    assert the_fact(facts(resources(observation)), FactKind.SCORE, "audit-c")


def test_a_quiet_room_that_is_asked_for_is_no_seclusion():
    found = facts(a_note("Declined any sedative, asked for a quiet room.")).facts
    assert [f for f in found if f.key == "seclusion"] == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Electroconvulsive therapy", "electroconvulsive-therapy"),
        ("MRI brain", "magnetic-resonance-imaging"),
        ("Cardiopulmonary resuscitation", "chest-compressions"),
    ],
)
def test_a_procedure_that_must_not_be_done_did_not_take_place(name, key):
    order = {"resourceType": "ServiceRequest", "status": "active", "intent": "order"}
    named = {"code": {"text": name}, "authoredOn": "2026-03-01", "doNotPerform": True}
    fact = the_fact(facts(resources(order | named)), FactKind.PROCEDURE, key)
    assert (fact.standing, fact.status) == (Standing.REFUTED, "not to be done")
