"""One dose of an order is no whole of it: parts of the day, steps, as needed."""

import pytest

from service.drafting.citing import cite_headline
from service.summary.document import Placed, Section, Statement
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.telling.test_brief import of

PARTS = "450 mg in the morning, 900 mg at night"
TAPER = "40 mg daily for 5 days then 20 mg daily for 5 days then stop"
OFTEN = {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}}
NEEDED = {"timing": OFTEN, "asNeededCodeableConcept": {"text": "anxiety"}}


def support(said, *dosages):
    order = of(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept={"text": said.split()[0]},
        dosageInstruction=list(dosages),
    )
    statement = Statement(said, (cite_headline(order),))
    section = Section("current-medications", "Current medicines", (statement,))
    return assess_placed(Placed(0, section, statement, 0, len(said)), Chart([order])).support


def dosage(text):
    return {"text": text}


@pytest.mark.parametrize(
    ("said", "dosages"),
    [
        ("Lithium 450 mg daily.", [dosage(PARTS)]),
        ("Prednisone 40 mg daily.", [dosage(TAPER)]),
        ("Quetiapine 25 mg twice daily.", [dosage("25 mg BID"), dosage("100 mg qHS")]),
        ("Hydroxyzine 25 mg 3 times daily.", [dosage("25 mg") | NEEDED]),
    ],
)
def test_a_part_that_is_told_as_the_whole_is_contradicted(said, dosages):
    assert support(said, *dosages) is Support.CONTRADICTED


@pytest.mark.parametrize(
    ("said", "dosages"),
    [
        ("Lithium is taken.", [dosage(PARTS)]),
        ("Lithium 450 mg.", [dosage(PARTS)]),
        ("Lithium 900 mg at night.", [dosage(PARTS)]),
        ("Lithium 450 mg in the morning and 900 mg at night.", [dosage(PARTS)]),
        ("Prednisone 40 mg daily for 5 days.", [dosage(TAPER)]),
        ("Quetiapine 100 mg at bedtime.", [dosage("25 mg BID"), dosage("100 mg qHS")]),
        ("Sertraline 50 mg daily.", [dosage("50 mg daily, may increase to 100 mg")]),
        (
            "Acetaminophen 650 mg every 6 hours.",
            [dosage("650 mg every 6 hours, at most 3 g per day")],
        ),
        ("Hydroxyzine 25 mg as needed.", [dosage("25 mg") | NEEDED]),
    ],
)
def test_a_part_that_is_told_as_one_is_borne(said, dosages):
    assert support(said, *dosages) is Support.SUPPORTED
