"""One statement against what it cites: four answers, with reasons a clinician understands."""

from dataclasses import replace

import pytest

from service.drafting.citing import cite, cite_headline
from service.drafting.extractive import ExtractiveWriter
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Support
from service.verification.cited import Chart, assess_placed
from tests.service.drafting.builders import a_measure, a_note, a_record, a_request

LINE = "Sertraline 50 mg oral tablet, take 1 tablet once daily (active, since 2024-03-02)"


def assessed(text, *records, quotes=()):
    """The assessment of a statement that cites each record's headline, or quotes of the first."""
    citations = [cite_headline(r) for r in records]
    if quotes:
        text_of = records[0].text
        citations = [cite(records[0], text_of.index(q), text_of.index(q) + len(q)) for q in quotes]
    document = Document("t", (), (Section("s", "S", (Statement(text, tuple(citations)),)),))
    return assess_placed(document.placed()[0], Chart(records))


def a_medicine():
    return a_record("MedicationRequest", LINE, title="Sertraline 50 mg oral tablet")


def test_a_headline_is_its_own_support():
    result = assessed(LINE, a_medicine())
    assert result.support is Support.SUPPORTED and result.score == 1.0 and result.reasons == ()


@pytest.mark.parametrize(
    ("said", "check", "held"),
    [
        (LINE.replace("50 mg", "100 mg"), "dose", "50 mg"),
        (LINE.replace("once daily", "twice daily"), "frequency", "once daily"),
        (LINE.replace("2024-03-02", "2023-03-02"), "date", "2024-03-02"),
        (LINE.replace("Sertraline", "Citalopram"), "drug", "Sertraline"),
        (LINE.replace("1 tablet", "3 tablets"), "dose", "50 mg"),
    ],
)
def test_a_changed_fact_is_contradicted_with_both_values(said, check, held):
    result = assessed(said, a_medicine())
    assert result.support is Support.CONTRADICTED and result.score < 0.5
    assert (check, held) in [(r.check, r.source) for r in result.reasons]


def test_the_reason_is_a_sentence_with_both_values():
    result = assessed(LINE.replace("50 mg", "100 mg"), a_medicine())
    told = [reason.sentence() for reason in result.reasons]
    assert "Says 100 mg; the source says 50 mg (2024-03-02)." in told


def test_a_shorter_true_statement_is_supported():
    assert assessed("Takes sertraline 50 mg daily.", a_medicine()).support is Support.SUPPORTED


@pytest.mark.parametrize("said", ["She has schizophrenia.", "Has a brother.", "Met Dr. Quinn."])
def test_what_no_source_says_is_not_found(said):
    assert assessed(said, a_medicine()).support is Support.NOT_FOUND


def test_a_denial_that_lost_its_denial_is_contradicted():
    note = a_note("RISK\nDenies SI, plan or intent. Sleeps well.")
    result = assessed("SI, plan or intent.", note, quotes=["Denies SI, plan or intent."])
    assert result.support is Support.CONTRADICTED
    assert result.reasons[0].check == "polarity"


def test_two_values_that_trade_places_are_contradicted():
    old, new = a_measure("PHQ-9", "21", "2024-01-03"), a_measure("PHQ-9", "9", "2026-05-01")
    fine = assessed("PHQ-9: 21 (2024-01-03), 9 (2026-05-01)", old, new)
    swapped = assessed("PHQ-9: 9 (2024-01-03), 21 (2026-05-01)", old, new)
    assert fine.support is Support.SUPPORTED
    assert swapped.support is Support.CONTRADICTED


def test_a_wrong_date_in_the_attribution_is_contradicted():
    note = a_note("Sleeps well.", effective="2026-05-01")
    said = "Sleeps well. (psychiatry progress note, {})"
    quotes = ["Sleeps well."]
    right = assessed(said.format("2026-05-01"), note, quotes=quotes)
    wrong = assessed(said.format("2026-06-01"), note, quotes=quotes)
    assert right.support is Support.SUPPORTED
    assert wrong.support is Support.CONTRADICTED


def test_a_count_of_records_that_are_not_cited_is_contradicted():
    assert assessed(f"{LINE} [3 records]", a_medicine()).support is Support.CONTRADICTED


def test_a_quote_that_is_not_in_its_record_is_not_found():
    medicine = a_medicine()
    citation = replace(cite_headline(medicine), quote="Sertraline 75 mg", start=0, end=16)
    document = Document("t", (), (Section("s", "S", (Statement(LINE, (citation,)),)),))
    result = assess_placed(document.placed()[0], Chart([medicine]))
    assert result.support is Support.NOT_FOUND
    assert result.reasons[0].check == "quote"


def test_a_quote_whose_spacing_changed_is_found_again():
    medicine = a_medicine()
    quote = LINE.replace(" 50 mg", "  50 MG")
    citation = replace(cite_headline(medicine), quote=quote)
    document = Document("t", (), (Section("s", "S", (Statement(LINE, (citation,)),)),))
    assert assess_placed(document.placed()[0], Chart([medicine])).support is Support.SUPPORTED


def test_a_statement_without_citations_is_not_found_and_one_without_content_not_checkable():
    assert assessed("Takes sertraline 50 mg.").support is Support.NOT_FOUND
    assert assessed("None.").support is Support.NOT_CHECKABLE


def test_an_untouched_draft_is_all_supported():
    note = a_note(
        "INTERVAL HISTORY\nPHQ-9 9 today (17 on 03/10/2026). Takes trazodone 1 night a week.\n"
        "RISK ASSESSMENT\nDenies SI/HI. No firearms at home.\nPLAN\n1. Continue.\n2. RTC 3 mo.\n"
    )
    records = [note, a_medicine(), a_measure("PHQ-9 total score", "9", "2026-05-01")]
    drafted = ExtractiveWriter().write(a_request("pre-visit", records))
    held = {r.id: r for r in records}
    placed = Document("t", (), drafted.sections).placed()
    assert len(placed) > 5
    assert {assess_placed(p, Chart(held.values())).support for p in placed} == {Support.SUPPORTED}


@pytest.mark.parametrize(
    ("said", "support"),
    [
        ("Fell in the shower on 2026-04-10.", Support.SUPPORTED),
        ("Fell in the shower in April 2026.", Support.SUPPORTED),
        ("Fell in the shower on 2026-03-10.", Support.CONTRADICTED),
    ],
)
def test_a_relative_time_is_compared_as_the_date_that_its_record_gives_it(said, support):
    quote = "Fell in the shower three weeks ago."
    note = a_note(quote, effective="2026-05-01")
    assert assessed(said, note, quotes=(quote,)).support is support


def test_a_quote_cut_inside_a_word_is_read_whole():
    note = a_note("Family: mother has schizophrenia; father has diabetes.")
    quote = "ther has schizophrenia; father has diabetes."
    found = assessed("Father has schizophrenia.", note, quotes=(quote,))
    assert found.support is Support.CONTRADICTED


def test_neighbours_do_not_bear_what_the_quote_says_nothing_of():
    note = a_note("Rode the bus twice alone. Post-traumatic stress disorder, improving.")
    found = assessed(
        "The patient has post-traumatic stress disorder.",
        note,
        quotes=("Rode the bus twice alone.",),
    )
    assert found.support is Support.NOT_FOUND


def test_a_thing_is_doubted_once_and_by_its_word():
    quote = "Quetiapine 50 mg at bedtime, tolerated."
    found = assessed("Clozapine 50 mg at bedtime, tolerated.", a_note(quote), quotes=(quote,))
    assert [(r.said, r.source) for r in found.reasons] == [("Clozapine", "Quetiapine")]


@pytest.mark.parametrize("said", ["Change in meds.", "alcohol, tobacco, drugs."])
def test_a_quote_that_leaves_off_its_denial_bears_no_affirmation(said):
    note = a_note("P: no change in meds. Social: no alcohol, tobacco, drugs.")
    quote = said[0].lower() + said[1:]
    assert assessed(said, note, quotes=(quote,)).support is Support.CONTRADICTED
