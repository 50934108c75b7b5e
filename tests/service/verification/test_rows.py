"""A row of a medicine's course is borne cell by cell; what one cell has of nowhere is found."""

import pytest

from service.drafting.telling import glue
from service.summary.document import Citation, Document, Section, Statement
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_dosing import a_dose, an_order

BODY = "Divalproex 1500 mg nightly 2009-2021, stopped for hand tremor."


def support(dose="1500 mg nightly", ended="stopped for hand tremor", period="2009 to 2021"):
    note = a_note(BODY)
    at = note.text.index(BODY)
    cited = Citation(note.id, note.resource_ref, note.version, BODY, at, at + len(BODY))
    row = glue.row("valproate", [(glue.DOSE, dose), (glue.ENDED, ended)], period)
    section = Section("stopped-medications", "Stopped", (Statement(row, (cited,)),))
    (placed,) = Document("t", (), (section,)).placed()
    return assess_placed(placed, Chart([note])).support


def test_a_row_of_what_its_sources_say_is_borne():
    assert support() is Support.SUPPORTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"dose": "500 mg nightly"},
        {"ended": "stopped for a rash"},
        {"period": "2012 to 2021"},
    ],
)
def test_a_cell_that_no_source_has_is_found(wrong):
    assert support(**wrong) is not Support.SUPPORTED


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ("Take 1 tablet (10 mg) by mouth twice daily", Support.SUPPORTED),
        ("5 mg; Take 1 tablet (10 mg) by mouth twice daily", Support.NOT_FOUND),
        ("Take 2 tablets (10 mg) by mouth twice daily", Support.NOT_FOUND),
        ("Take 1 tablet (20 mg) by mouth twice daily", Support.NOT_FOUND),
    ],
)
def test_a_dosage_in_the_words_of_its_order_is_borne(dose, expected):
    line = "propranolol 10 mg tablet, Take 1 tablet (10 mg) by mouth twice daily for 2 weeks"
    dosage = a_dose(10, text=line.partition(", ")[2])
    order = an_order("propranolol 10 mg tablet", dosage)
    cited = Citation(order.id, order.resource_ref, order.version, line, 0, len(line))
    row = glue.row("propranolol", [(glue.DOSE, dose)], "2026-05-01 to now")
    section = Section("current-medications", "Now", (Statement(row, (cited,)),))
    (placed,) = Document("t", (), (section,)).placed()
    assert assess_placed(placed, Chart([order])).support is expected
