"""Tables: which cells are read together, and of which day they are."""

import pytest

from tests.service.reading.structure.reading import State, units


def cells(text):
    return [u.words(text) for u in units(text) if u.state is not State.TEMPLATE]


@pytest.mark.parametrize(
    "text",
    [
        "| Drug | Dose | Frequency |\n|---|---|---|\n| Sertraline | 50 mg | daily |\n"
        "| Lithium | 300 mg | BID |",
        "Drug | Dose | Frequency\nSertraline | 50 mg | daily\nLithium | 300 mg | BID",
        "Drug\tDose\tFrequency\nSertraline\t50 mg\tdaily\nLithium\t300 mg\tBID",
        "Drug         Dose     Frequency\nSertraline   50 mg    daily\nLithium      300 mg   BID",
        "Drug,Dose,Frequency\nSertraline,50 mg,daily\nLithium,300 mg,BID",
    ],
)
def test_an_order_is_one_unit_a_row(text):
    assert cells(text) == ["Sertraline 50 mg daily", "Lithium 300 mg BID"]


def test_an_order_says_where_it_was_stopped():
    text = "| Drug | Dose | Status |\n|---|---|---|\n| Lithium | 300 mg | Discontinued |"
    assert units(text)[-1].stance.value == "stopped"


def test_a_result_is_read_with_its_row_and_an_earlier_one_with_its_column():
    text = "Test      Result   Previous\nSodium    131      138\nPotassium 4.2      4.0"
    assert cells(text) == [
        "Sodium 131",
        "Sodium Previous 138",
        "Potassium 4.2",
        "Potassium Previous 4.0",
    ]


def test_a_result_keeps_its_unit_and_range():
    text = (
        "| Test | Result | Units | Ref Range |\n|--|--|--|--|\n| Lithium | 1.4 | mmol/L | 0.6-1.0 |"
    )
    assert cells(text) == ["Lithium 1.4 mmol/L Ref Range 0.6-1.0"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Vitals | 2026-01-05 | 2026-01-06\nHR | 70 | 88",
            [("HR 70", "2026-01-05"), ("HR 88", "2026-01-06")],
        ),
        (
            "Date\tPHQ-9\tGAD-7\n2026-01-05\t18\t14",
            [("PHQ-9 18", "2026-01-05"), ("GAD-7 14", "2026-01-05")],
        ),
    ],
)
def test_a_cell_of_a_flowsheet_is_of_its_day(text, told):
    assert [(u.words(text), u.dated) for u in units(text) if u.state is not State.TEMPLATE] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Symptom | Present\nSI | No\nAH | Yes", [("SI Present", "no"), ("AH Present", "yes")]),
        ("Symptom | Yes | No\nSI | | x\nAH | x |", [("SI", "no"), ("AH", "yes")]),
        ("SI\tdenied\nMood\tlow", [("SI", "no"), ("Mood low", "plain")]),
    ],
)
def test_an_answer_in_a_cell_is_the_stance_of_its_row(text, told):
    found = [(u.words(text), u.stance.value) for u in units(text) if u.state is not State.TEMPLATE]
    assert found == told


@pytest.mark.parametrize(
    "text",
    [
        "She slept, ate, and walked.\nHe came, saw, and left.",
        "SI: no  HI: no\nAH: no  VH: no",
        "Sleeps well.  Eats well.\nWalks daily.  No falls.",
    ],
)
def test_running_text_is_no_table(text):
    assert len(cells(text)) > 1
    assert not any(u.state is State.TEMPLATE for u in units(text))
