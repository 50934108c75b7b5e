"""A medicine whose order stands is told with what was said since: another dose, or that it is not
taken."""

import pytest

from service.drafting.coverage import Unread
from service.drafting.extractive import ExtractiveWriter
from service.drafting.telling import glue
from service.drafting.telling.compose import compose
from service.drafting.telling.given import with_facts
from service.drafting.telling.item import Telling
from service.drafting.telling.medicines import medicines
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.builders import a_note, a_request
from tests.service.drafting.telling.test_brief import TODAY, line, lines, of
from tests.service.drafting.telling.test_dosing import an_order, table_of

TIGHT = 22  # words of a brief without room for the line of a conflict


def told(*records, words=150):
    found = lines(*records, words=words)
    return line(found, glue.CONFLICT), line(found, glue.MEDICINES).partition(glue.LABEL)[2]


def ordered(name, text, day="2026-03-01"):
    return an_order(name, {"text": text}, authoredOn=day)


def not_given(name, day, why):
    return of(
        "MedicationAdministration",
        status="not-done",
        medicationCodeableConcept={"text": name},
        effectiveDateTime=day,
        statusReason=[{"text": why}],
    )


# Another dose
@pytest.mark.parametrize(
    ("order", "note"),
    [
        (
            ("Levetiracetam 500 mg tablet", "500 mg twice daily"),
            "Levetiracetam was raised to 1000 mg BID on 4/28.",
        ),
        (
            ("Donepezil 10 mg tablet", "10 mg at bedtime"),
            "Donepezil restarted by the ward at 5 mg.",
        ),
        (
            ("Lithium carbonate 300 mg", "300 mg twice daily"),
            "Lithium 900 mg at bedtime, well tolerated.",
        ),
    ],
)
def test_a_note_of_another_dose_stands_before_the_order_that_nobody_changed(order, note):
    _, row = told(ordered(*order), a_note(note), words=TIGHT)
    first, _, before = row.partition(glue.EARLIER)
    assert first == f"{note} (2026-05-01)"
    assert before.endswith("(2026-03-01)")


@pytest.mark.parametrize(
    "note",
    [
        "Levetiracetam 500 mg BID, seizure-free.",
        "Levetiracetam 1000 mg a day in two doses.",
        "Consider levetiracetam 1000 mg BID if they come again.",
        "Levetiracetam 500 mg, not 1000 mg.",
        "Levetiracetam 16.8 on Monday.",
    ],
)
def test_a_note_of_the_same_dose_or_of_none_that_is_taken_stands_beside_no_order(note):
    order = ordered("Levetiracetam 500 mg tablet", "500 mg twice daily")
    _, row = told(order, a_note(note))
    assert row == "Levetiracetam 500 mg twice daily"


def test_an_order_after_the_note_stands_alone():
    order = ordered("Levetiracetam 500 mg tablet", "500 mg twice daily", "2026-05-10")
    assert glue.EARLIER not in told(order, a_note("Levetiracetam 1000 mg BID."))[1]


# Not taken
NOT_TAKEN = [
    (
        ordered("Risperidone 1 mg/mL", "2 mg once daily"),
        not_given("Risperidone", "2026-05-20", "did not attend"),
        "did not attend (2026-05-20), before that Risperidone",
    ),
    (
        ordered("Cyanocobalamin 1000 mcg", "1000 mcg intramuscularly every 4 weeks"),
        not_given("Cyanocobalamin", "2026-05-05", "refused"),
        "refused (2026-05-05), before that Cyanocobalamin",
    ),
    (
        ordered("Fluvoxamine 50 mg tablet", "100 mg at bedtime"),
        a_note("PLAN\n1. Stop fluvoxamine today."),
        "Stop fluvoxamine today. (2026-05-01), before that Fluvoxamine 100 mg",
    ),
]


@pytest.mark.parametrize(("order", "since", "words"), NOT_TAKEN)
def test_that_it_is_not_taken_stands_in_its_row_where_no_conflict_has_it(order, since, words):
    conflict, row = told(order, since, words=TIGHT)
    assert not conflict
    assert words in row


@pytest.mark.parametrize(("order", "since", "words"), NOT_TAKEN)
def test_beside_its_conflict_it_is_told_once(order, since, words):
    conflict, row = told(order, since)
    assert conflict
    assert row
    assert glue.EARLIER not in row


def test_where_its_lapse_does_harm_the_conflict_comes_first_and_its_order_beside_it():
    methadone = (
        ordered("Methadone 10 mg/mL", "90 mg once daily"),
        not_given("Methadone", "2026-05-20", "did not attend"),
    )
    conflict, row = told(*methadone)
    assert "did not attend" in conflict and row == "Methadone 10 mg/mL, 90 mg once daily"


def test_two_orders_of_two_doses_are_one_row_beside_each_other_where_a_conflict_has_them():
    orders = (
        ordered("Methylphenidate ER 27 mg", "27 mg every morning", "2026-03-01"),
        ordered("Methylphenidate ER 36 mg", "36 mg every morning", "2026-05-20"),
    )
    conflict, row = told(*orders)
    assert conflict
    assert row == "Methylphenidate ER 27 mg every morning · Methylphenidate ER 36 mg every morning"
    _, row = told(*orders, words=TIGHT)
    newer, _, older = row.partition(glue.EARLIER)
    assert newer == "Methylphenidate ER 36 mg every morning (2026-05-20)"
    assert older == "Methylphenidate ER 27 mg every morning (2026-03-01)"


# Borne by what it cites
@pytest.mark.parametrize("summary_type", ["pre-visit", "handoff", "discharge"])
def test_a_row_with_the_newer_word_is_borne_wherever_it_stands(summary_type):
    order = ordered("Levetiracetam 500 mg tablet", "500 mg twice daily")
    records = (order, a_note("Levetiracetam was raised to 1000 mg BID on 4/28."))
    request = with_facts(a_request(summary_type, records), on=TODAY)
    document = compose(request, ExtractiveWriter().write(request), Unread()).document
    rows = [p for p in document.placed() if glue.EARLIER in p.statement.text]
    assert rows
    for each in rows:
        assert assess_placed(each, Chart(records)).support is Support.SUPPORTED


@pytest.mark.parametrize(("order", "since", "words"), NOT_TAKEN)
def test_it_is_borne_as_a_row_of_its_section_too(order, since, words):
    records = (order, since)
    request = with_facts(a_request("handoff", records), on=TODAY)
    rows = tuple(Statement(i.text, i.citations) for i in medicines(Telling(request)))
    section = Section("current-medications", "Current medicines", rows)
    (row,) = Document("Handoff", "", (section,)).placed()
    assert words in row.statement.text
    assert assess_placed(row, Chart(records)).support is Support.SUPPORTED


def test_what_a_note_stopped_is_no_course_that_goes_on_though_its_order_stands():
    order, since, _ = NOT_TAKEN[-1]
    row = table_of(order, since)["fluvoxamine"]
    assert "stopped" in row
    assert "to now" not in row
