import pytest

from service.reading.assertions import Act, Assertion, Kind, Polarity, Says, Time
from service.reading.layout import Section
from service.reading.read import read_statement, read_text


def said_of(word: str, text: str, **asked: object) -> Assertion:
    """The assertion of a note whose place holds the last `word`."""
    at = text.rindex(word)
    found = read_text(text, on="2026-03-14", **asked).assertions  # type: ignore[arg-type]
    return next(each for each in found if each.start <= at < each.end)


def test_a_list_under_a_header_is_denied_item_by_item() -> None:
    text = "Patient denies:\n- nausea\n- headache\n\nPlan:\n- Start lithium 300 mg"
    assert said_of("nausea", text).polarity is Polarity.NEGATED
    assert said_of("headache", text).polarity is Polarity.NEGATED
    assert said_of("lithium", text).polarity is Polarity.AFFIRMED


def test_a_list_of_medicines_is_taken_and_one_of_allergies_is_not() -> None:
    text = "ALLERGIES:\nLithium - tremor\nMEDICATIONS:\nQuetiapine 50 mg"
    lithium, quetiapine = said_of("Lithium", text), said_of("Quetiapine", text)
    assert (lithium.concept.kind, lithium.act) == (Kind.ALLERGY, Act.NONE)
    assert (quetiapine.concept.kind, quetiapine.act) == (Kind.MEDICINE, Act.TAKEN)


def test_an_answer_in_talk_takes_the_thing_that_was_asked() -> None:
    text = "Doctor: Do you have headaches?\nPatient: No, not for months."
    found = read_text(text).assertions
    asked, answered = (each for each in found if each.concept.key == "headache")
    assert asked.polarity is Polarity.UNKNOWN
    assert (answered.polarity, answered.says) == (Polarity.NEGATED, Says.PATIENT)
    assert text[answered.start : answered.end] == "No, not for months."


@pytest.mark.parametrize(
    ("answer", "polarity"),
    [("Yes, every day.", Polarity.AFFIRMED), ("I don't know.", Polarity.UNKNOWN)],
)
def test_an_answer_may_be_yes_or_open(answer: str, polarity: Polarity) -> None:
    found = read_text(f"Doctor: Any headaches?\nPatient: {answer}").assertions
    told = [each for each in found if each.concept.key == "headache" and each.unit == 1]
    assert [each.polarity for each in told] == [polarity]


def test_a_denial_goes_on_over_a_wrapped_line() -> None:
    text = "Patient denies any\nheadache but reports\nnausea."
    found = {each.concept.key: each.polarity for each in read_statement(text).assertions}
    assert (found["headache"], found["nausea"]) == (Polarity.NEGATED, Polarity.AFFIRMED)


def test_a_patients_own_age_is_one_thing_and_an_age_at_onset_another() -> None:
    text = "A 34-year-old with a first seizure at age 19."
    ages = {
        each.concept.key: value.value
        for each in read_statement(text).assertions
        for value in each.values
        if value.what == "age"
    }
    assert ages == {"patient": 34.0, "seizure": 19.0}


def test_a_title_says_what_kind_of_note_it_is() -> None:
    assert said_of("headache", "headache", title="Family History").subject == "family"
    assert said_of("headache", "headache", section=Section.INSTRUCTIONS).time is Time.IF


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "No headache. Takes lithium 600 mg nightly since 2 March 2026.",
        "Vitals\n| BP | HR |\n| 120/80 | 70 |\n[x] nausea [ ] headache\nSI: denies",
        "Increase sertraline from 50 mg\nto 100 mg daily (PHQ-9 14 on 1/5, 9 on 2/20).",
    ],
)
def test_every_assertion_and_value_stands_where_it_says(text: str) -> None:
    reading = read_text(text, on="2026-03-14")
    for each in reading.assertions:
        unit = reading.structure.units[each.unit]
        assert any(part.start <= each.start < part.end for part in (unit.place, *unit.parts))
        assert each.start < each.end <= len(text)
        for value in each.values:
            assert 0 <= value.start < value.end <= len(text)


def test_a_long_text_without_marks_is_read_in_pieces() -> None:
    text = "no headache " * 2_000
    assert len(read_statement(text).assertions) == 2_000
