"""A row of a medicine's course is borne cell by cell; what one cell has of nowhere is found."""

import pytest

from service.drafting.telling import glue
from service.summary.document import Citation, Document, Section, Statement
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.builders import a_note

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
