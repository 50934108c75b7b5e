import pytest

from service.reading.assertions import Act, Assertion, Certainty, Kind, Polarity, Says, Time
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


# What is denied of a thing is not the thing
@pytest.mark.parametrize(
    "text",
    [
        "Alcohol: no hx of withdrawal",
        "- Alcohol: no prior detox",
        "Alcohol: no withdrawal hx, no DTs.",
        "Alcohol, no withdrawal seizures.",
        "Substances: alcohol daily, no withdrawal hx, cannabis none.",
        "Alcohol daily, cannabis denied.",
    ],
)
def test_a_denial_of_withdrawal_denies_no_alcohol(text: str) -> None:
    said = [a for a in read_text(text).assertions if a.concept.key.startswith("alcohol")]
    assert [a.concept.key for a in said] == ["alcohol"]
    assert said[0].polarity is Polarity.AFFIRMED


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("No withdrawal hx.", "withdrawal-symptoms"),
        ("No alcohol w/d history.", "alcohol-withdrawal"),
        ("No alcohol DTs.", "delirium-tremens"),
        ("No EtOH w/d seizures.", "withdrawal-seizure"),
        ("No alcohol-related falls.", "fall"),
        ("No cannabis-induced psychosis.", "psychosis"),
        ("Never had a lithium-induced tremor.", "tremor"),
    ],
)
def test_what_a_denied_thing_would_come_of_is_not_denied(text: str, denied: str) -> None:
    said = [a for a in read_text(text).assertions if a.concept.kind is not Kind.WORD]
    assert {(a.concept.key, a.polarity) for a in said} == {(denied, Polarity.NEGATED)}


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Sertraline", "Sertraline: no current side effects."),
        ("Lithium", "Lithium: no known toxicity."),
        ("Depression", "Depression: no current suicidal thoughts."),
    ],
)
def test_a_no_to_another_thing_is_none_to_its_label(label: str, text: str) -> None:
    assert said_of(label, text).polarity is Polarity.AFFIRMED


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Cannabis", "Cannabis: no current use."),
        ("Tobacco", "Tobacco: no history of use."),
        ("Alcohol", "Alcohol: no recent use, last drink 2019."),
    ],
)
def test_a_no_to_its_use_is_one_to_the_label(label: str, text: str) -> None:
    assert said_of(label, text).polarity is Polarity.NEGATED


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Suicidality", "Suicidality: no SI."),
        ("Hallucinations", "Hallucinations: no current AVH."),
        ("Self-harm", "Self-harm: no recent cutting."),
    ],
)
def test_a_topic_whose_kinds_are_denied_is_not_affirmed(label: str, text: str) -> None:
    assert said_of(label, text).polarity is Polarity.UNKNOWN


# An instruction without a medicine's name
@pytest.mark.parametrize(
    ("text", "act", "dose"),
    [
        ("Sertraline 100 mg is too sedating. Reduce to 45 mg.", Act.REDUCED, "45 mg"),
        ("On fluoxetine 10 mg. Increase to 20 mg at night.", Act.INCREASED, "20 mg"),
        ("PLAN\n1. Prazosin 2 mg helps. Increase to 3 mg at night.", Act.INCREASED, "3 mg"),
        ("Escitalopram: nausea resolved, increase to 20 mg.", Act.INCREASED, "20 mg"),
    ],
)
def test_a_change_to_a_dose_is_of_the_medicine_named_before(text: str, act: Act, dose: str) -> None:
    said = [a for a in read_text(text).assertions if a.concept.kind is Kind.MEDICINE]
    assert [a.act for a in said] == [act]
    assert dose in [v.said for v in said[0].values if v.what == "dose"]


@pytest.mark.parametrize(
    "text",
    [
        "Venlafaxine and mirtazapine both help. Increase to 150 mg.",
        "Sertraline and trazodone are tolerated; reduce to 50 mg.",
    ],
)
def test_a_change_that_could_be_of_two_is_of_neither(text: str) -> None:
    said = [a for a in read_text(text).assertions if a.concept.kind is Kind.MEDICINE]
    assert {a.act for a in said} == {Act.NONE}
    assert not [v for a in said for v in a.values]


# What was given in all
@pytest.mark.parametrize(
    "text",
    [
        "Received haloperidol 1.5 mg in total.",
        "Got lorazepam 4 mg in all.",
        "Total of 4 mg lorazepam received overnight.",
    ],
)
def test_a_total_was_given_and_is_over(text: str) -> None:
    (said,) = (a for a in read_text(text).assertions if a.concept.kind is Kind.MEDICINE)
    assert said.act is Act.ONCE


@pytest.mark.parametrize(
    "text", ["Takes lithium 900 mg in total.", "Quetiapine 300 mg total daily dose."]
)
def test_a_total_of_each_day_goes_on(text: str) -> None:
    (said,) = (a for a in read_text(text).assertions if a.concept.kind is Kind.MEDICINE)
    assert said.act is Act.TAKEN


@pytest.mark.parametrize("text", ["Sertraline: nausea resolved.", "Lithium: tremor subsided."])
def test_what_resolves_under_a_medicine_stops_it_not(text: str) -> None:
    said = next(a for a in read_text(text).assertions if a.concept.kind is Kind.MEDICINE)
    assert said.act is not Act.STOPPED


@pytest.mark.parametrize(
    "text",
    [
        "Bipolar disorder considered given paternal aunt; no hx of mania.",
        "ADHD also considered because of school reports.",
        "Schizophrenia was considered but the course argues against it.",
    ],
)
def test_what_is_weighed_is_only_possible(text: str) -> None:
    assert read_text(text).assertions[0].certainty is Certainty.POSSIBLE


def test_what_is_thought_to_be_severe_is_no_doubt() -> None:
    assert said_of("MDD", "MDD considered severe.").certainty is Certainty.SURE


@pytest.mark.parametrize(
    "text",
    [
        "Poor appetite (6 lb wt loss), wakes early.",
        "Wt loss of 6 lb.",
        "Wt up 3 kg.",
        "Wt gain 4 kg",
    ],
)
def test_what_weight_was_lost_or_gained_is_no_weight(text: str) -> None:
    assert "weight" not in {a.concept.key for a in read_text(text).assertions}


@pytest.mark.parametrize(
    "text",
    [
        "Cracked lower left molar, crown prep, local anesthetic.",
        "A crack in the tooth.",
        "Bowel prep at 6 pm.",
        "Skin cracked at both heels.",
    ],
)
def test_a_word_of_two_senses_is_no_substance_by_the_tooth(text: str) -> None:
    assert {Kind.SUBSTANCE, Kind.MEDICINE}.isdisjoint(
        a.concept.kind for a in read_text(text).assertions
    )


def test_the_same_words_are_one_where_nothing_else_is_meant() -> None:
    assert said_of("crack", "Smoking crack again.").concept.key == "cocaine"
    assert said_of("PrEP", "PrEP started.").concept.key == "emtricitabine-tenofovir"
