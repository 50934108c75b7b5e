"""A medicine's dose is told whole: in few words where these are all, else in its record's own."""

import pytest

from service.drafting.coverage import Unread
from service.drafting.extractive import ExtractiveWriter
from service.drafting.telling import glue
from service.drafting.telling.compose import compose
from service.drafting.telling.dosing import TOO_LONG
from service.drafting.telling.given import with_facts
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.builders import a_note, a_request
from tests.service.drafting.telling.test_brief import TODAY, coded, of, told

PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1990-05-01"}


def an_order(name, *dosages, **more):
    given = {"status": "active", "intent": "order", "authoredOn": "2026-05-01", **more}
    named = {"medicationCodeableConcept": {"text": name}}
    return of("MedicationRequest", **given, **named, dosageInstruction=list(dosages))


def a_dose(amount, unit="mg", often=None, **more):
    timing = {"timing": {"repeat": often}} if often else {}
    return {"doseAndRate": [{"doseQuantity": {"value": amount, "unit": unit}}], **timing, **more}


def row(*records):
    return told(glue.MEDICINES, *records).removeprefix(f"{glue.MEDICINES}{glue.LABEL}")


def table_of(*records):
    """The cells of the dose, each borne by what it cites."""
    request = with_facts(a_request("medication-history", records), on=TODAY)
    document = compose(request, ExtractiveWriter().write(request), Unread()).document
    rows = [p for p in document.placed() if glue.is_row(p.statement.text)]
    assert all(assess_placed(p, Chart(records)).support is Support.SUPPORTED for p in rows)
    return {glue.columns(p.statement.text)[0]: p.statement.text for p in rows}


# One dose, one frequency, one name
@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Lithium carbonate 300 mg", "300 mg twice daily", "Lithium carbonate 300 mg twice daily"),
        ("Lithium carbonate 300 mg", "300 mg AM", "Lithium carbonate 300 mg AM"),
        ("Sertraline 50 mg tablet", "Take 50 mg by mouth daily", "Sertraline 50 mg daily"),
        ("Bupropion XL 150 mg", "150 mg every morning", "Bupropion XL 150 mg every morning"),
        (
            "Divalproex sodium ER 500 mg",
            "1000 mg at bedtime",
            "Divalproex sodium ER 1000 mg at bedtime",
        ),
        (
            "Morphine sulfate ER 30 mg",
            "30 mg every 12 hours",
            "Morphine sulfate ER 30 mg every 12 hours",
        ),
        ("Heparin", "5,000 units sc every 8 hours", "Heparin 5,000 units every 8 hours sc"),
    ],
)
def test_one_dose_and_how_often_are_told_in_few_words_with_the_form(name, text, words):
    assert row(an_order(name, {"text": text})) == words


def test_tablets_beside_the_amount_that_they_hold_are_no_other_dose():
    dosage = a_dose(600, text="Take 2 tablets (600 mg) by mouth at bedtime")
    assert (
        row(an_order("Lithium carbonate 300 mg", dosage)) == "Lithium carbonate 600 mg at bedtime"
    )


# Anything else in the words of the order
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Lithium carbonate 450 mg", "450 mg in the morning, 900 mg at night"),
        ("Valproate 500 mg", "500 mg AM and 1000 mg HS"),
        ("Quetiapine 25 mg", "25 mg BID and 100 mg qHS"),
        ("Prednisone 20 mg", "40 mg daily for 5 days then 20 mg daily for 5 days then stop"),
        ("Clozapine 25 mg", "12.5 mg day 1, 25 mg day 2, then 50 mg daily"),
        ("Lamotrigine 25 mg", "25 mg daily for 2 weeks then 50 mg daily"),
        ("Lorazepam 1 mg tablet", "1 mg PO q6h PRN anxiety"),
        ("Alprazolam 0.5 mg", "0.5 mg up to three times a day as needed"),
        ("Diazepam 10 mg", "10 mg q1h prn CIWA > 10"),
        ("Insulin lispro", "per sliding scale"),
        ("Clonidine 0.1 mg", "0.1 mg twice daily, hold for systolic below 100"),
        ("Oxycodone 5 mg / acetaminophen 325 mg", "5 mg every 6 hours"),
        ("Olanzapine / fluoxetine 6 mg/25 mg", "6 mg nightly"),
        ("Carbidopa/levodopa 25 mg/100 mg", "100 mg three times daily"),
    ],
)
def test_what_says_more_than_one_dose_and_how_often_is_told_as_it_stands(name, text):
    assert row(an_order(name, {"text": text})) == f"{name}, {text}"


@pytest.mark.parametrize(
    ("dosages", "words"),
    [
        (
            [
                a_dose(
                    500, often={"frequency": 1, "period": 1, "periodUnit": "d", "when": ["MORN"]}
                ),
                a_dose(
                    1000, often={"frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"]}
                ),
            ],
            "500 mg, once daily (in the morning); and 1000 mg, once daily (at bedtime)",
        ),
        (
            [
                a_dose(
                    25, often={"frequency": 3, "period": 1, "periodUnit": "d"}, asNeededBoolean=True
                )
            ],
            "25 mg, 3 times daily, as needed",
        ),
        (
            [
                a_dose(5, often={"dayOfWeek": ["mon", "wed"]}),
                a_dose(2.5, often={"dayOfWeek": ["tue"]}),
            ],
            "5 mg, on Monday, Wednesday; and 2.5 mg, on Tuesday",
        ),
    ],
)
def test_coded_doses_are_told_whole_too(dosages, words):
    assert row(an_order("Medicine of 1999", *dosages)).endswith(f", {words}")


@pytest.mark.parametrize(
    ("name", "dosage", "words"),
    [
        ("Insulin glargine", a_dose(20, "U", text="Inject 20U at bedtime"), "20U at bedtime"),
        ("Levothyroxine", a_dose(50, "ug", text="50 mcg daily"), "50 mcg daily"),
    ],
)
def test_a_dose_that_is_coded_in_another_unit_is_told_as_it_is_written(name, dosage, words):
    assert row(an_order(name, dosage)) == f"{name} {words}"


def test_of_a_dosage_too_long_to_quote_the_name_is_told_and_that_there_is_more():
    steps = [
        a_dose(n * 10, text=f"{n} tablets in the morning with food and water") for n in (4, 3, 2)
    ]
    assert row(an_order("Prednisone 10 mg", *steps)) == f"Prednisone, {TOO_LONG}"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Medications: lithium 300 mg qAM and 600 mg qHS.", "lithium 300 mg qAM and 600 mg qHS"),
        ("Lorazepam 0.5 mg BID PRN anxiety.", "Lorazepam 0.5 mg BID PRN anxiety"),
        ("Alprazolam 1 mg TID bought on the street.", "Alprazolam 1 mg TID bought on the street"),
        (
            "Prednisone 20 mg daily tapering by 5 mg weekly.",
            "Prednisone 20 mg daily tapering by 5 mg weekly",
        ),
        ("Methotrexate 15 mg weekly (NOT daily).", "Methotrexate 15 mg weekly (NOT daily)"),
        ("Reduce paroxetine 40 mg daily to 20 mg daily.", "paroxetine 20 mg daily"),
        ("Venlafaxine XR 75 mg daily and sleeps better.", "Venlafaxine XR 75 mg daily"),
    ],
)
def test_a_note_tells_all_its_doses_and_whether_as_needed(said, words):
    assert row(a_note(said)) == f"{words} (2026-05-01)"


# The table of courses
def test_a_table_tells_the_parts_of_one_dose_as_no_course():
    order = an_order("Lithium carbonate 450 mg", {"text": "450 mg in the morning, 900 mg at night"})
    assert table_of(order)["lithium"].startswith(
        "lithium: 450 mg in the morning, 900 mg at night ("
    )


def test_a_table_tells_a_product_by_its_order():
    order = an_order("Oxycodone 5 mg / acetaminophen 325 mg", {"text": "5 mg every 6 hours"})
    found = table_of(order)
    assert "5 mg / acetaminophen 325 mg, 5 mg every 6 hours" in found["oxycodone"]


def test_a_table_tells_that_it_is_taken_as_needed_after_the_doses_before():
    before = an_order("Lorazepam 2 mg", a_dose(2, text="2 mg daily"), status="stopped")
    now = an_order("Lorazepam 1 mg", {"text": "1 mg q6h PRN anxiety"}, id="r2")
    assert "2 mg; 1 mg q6h PRN anxiety" in table_of(before, now)["lorazepam"]


@pytest.mark.parametrize(
    ("verified", "harm"),
    [
        ("confirmed", "adverse effect: Rash"),
        ("unconfirmed", "adverse effect: Unconfirmed allergy: Lamotrigine - Rash"),
        ("refuted", ""),
    ],
)
def test_a_table_tells_of_harm_as_the_list_of_allergies_holds_it(verified, harm):
    allergy = of(
        "AllergyIntolerance",
        code={"text": "Lamotrigine"},
        clinicalStatus=coded("active"),
        verificationStatus=coded(verified),
        reaction=[{"manifestation": [{"text": "Rash"}]}],
    )
    found = table_of(allergy, an_order("Lamotrigine 100 mg", {"text": "100 mg daily"}))[
        "lamotrigine"
    ]
    assert harm in found and ("adverse effect" in found) is bool(harm)
