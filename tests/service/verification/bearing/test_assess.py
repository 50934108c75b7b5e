"""The two opinions together; the scorer's answers are given, everything else is real."""

import numpy as np
import pytest

from service.summary.vocabulary import Support
from service.verification.check import check_text


class Answers:
    """A scorer that says the same of every pair."""

    name = "given"

    def __init__(self, borne: float) -> None:
        self.row = (borne, 1 - borne, 0.0)

    def score(self, pairs):
        return np.array([self.row] * len(pairs), np.float32).reshape(len(pairs), 3)


def answer(source, statement, borne):
    [found] = check_text([{"id": "n1", "text": source}], statement, scorer=Answers(borne))[
        "statements"
    ]
    return found


RETOLD = ("Lives by herself in a flat. Sleeps 4 h a night.", "She has no housemates.")


@pytest.mark.parametrize(("borne", "support"), [(0.97, "supported"), (0.02, "not-found")])
def test_a_retelling_is_what_the_scorer_makes_of_it(borne, support):
    assert answer(*RETOLD, borne)["support"] == support


def test_an_untouched_quote_passes_whatever_the_scorer_says():
    found = answer("Takes sertraline 50 mg daily. Sleeps well.", "Sleeps well.", 0.01)
    assert found["support"] == Support.SUPPORTED and found["score"] == 1.0


def test_a_changed_dose_in_a_copy_is_contradicted_whatever_the_scorer_says():
    found = answer("Takes sertraline 50 mg daily.", "Takes sertraline 100 mg daily.", 0.99)
    assert found["support"] == Support.CONTRADICTED
    assert [reason["said"] for reason in found["reasons"]] == ["100 mg"]


@pytest.mark.parametrize(
    "statement", ["She has attempted suicide twice.", "She has a plan to end her life."]
)
def test_a_risk_that_no_typed_comparison_bears_is_never_lifted_by_a_likeness(statement):
    found = answer("Feels low since her divorce. Cries most days.", statement, 0.99)
    assert found["support"] in (Support.NOT_FOUND, Support.CONTRADICTED)


def test_a_medicine_that_no_source_names_needs_more_than_just_enough():
    source = "Was given a tablet for her mood by the GP and feels better with it."
    assert answer(source, "Olanzapine helps her mood.", 0.6)["support"] != Support.SUPPORTED


def test_without_a_scorer_the_words_alone_decide():
    told = check_text([{"id": "n1", "text": RETOLD[0]}], RETOLD[1])["statements"][0]
    assert told["support"] == Support.NOT_FOUND


def test_every_doubt_has_a_reason_and_its_evidence():
    found = answer(RETOLD[0], "She lives in a house.", 0.02)
    assert found["reasons"] and found["evidence"] and found["score"] < 0.5


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("No nausea but has cramps and bloating.", "Has bloating."),
        ("Denies cannabis, drinks a bottle of wine a night.", "Drinks a bottle of wine a night."),
        ("No falls this month, though her gait is unsteady.", "Her gait is unsteady."),
        ("Without fever; coughs since Sunday.", "Coughs since Sunday."),
    ],
)
def test_what_a_denial_does_not_reach_is_no_denial_lost(source, statement):
    assert answer(source, statement, 0.6)["support"] == Support.SUPPORTED


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("No fever or rash but has a cough.", "Has a rash."),
        ("Denies cannabis and cocaine, drinks wine.", "Uses cocaine."),
        ("No falls or dizziness, though her gait is unsteady.", "Dizziness."),
        (
            "Denies SI, including passive death wish; last passive thought in February.",
            "Reports SI, including passive death wish; last passive thought in February.",
        ),
    ],
)
def test_what_a_denial_reaches_is_denied_however_likely(source, statement):
    assert answer(source, statement, 0.99)["support"] == Support.CONTRADICTED


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("[x] AVH  [ ] HI  [ ] SI", "Hallucinations present."),
        ("Diabetes: N\nEpilepsy: Y\nGlaucoma: N", "Has epilepsy."),
        ("HI:none AH:none VH:present", "Visual hallucinations present."),
        ("Nightmares: [x] yes [ ] no", "Nightmares."),
    ],
)
def test_a_tick_or_an_answer_bears_what_it_says_though_no_sentence_does(source, statement):
    assert answer(source, statement, 0.3)["support"] == Support.SUPPORTED


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        (
            "Fell twice last week.\nCorrection: the fall entry above is of another patient and was"
            " filed here in error.",
            "Fell twice last week.",
        ),
        ("Had a stroke in 2019. (entered in error)\nSleeps well.", "Had a stroke in 2019."),
        (
            "Takes clozapine 100 mg.\nSleeps well.\nCorrection: disregard the clozapine line above,"
            " it was entered in error.",
            "Takes clozapine 100 mg.",
        ),
    ],
)
def test_what_a_source_takes_back_is_refuted_by_it(source, statement):
    assert answer(source, statement, 0.99)["support"] == Support.CONTRADICTED


@pytest.mark.parametrize("statement", ["Takes haloperidol.", "Is on haloperidol 5 mg."])
def test_what_is_only_an_allergy_is_no_medicine_that_is_taken(statement):
    source = "ALLERGIES:\nHaloperidol - dystonia\nMEDICATIONS:\nQuetiapine 50 mg"
    assert answer(source, statement, 0.6)["support"] != Support.SUPPORTED


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("Levothyroxine 0.1 mg every morning.", "Levothyroxine 100 micrograms every morning."),
        ("Buprenorphine patch 10 µg/h weekly.", "Buprenorphine patch 10 mcg/h once a week."),
        ("Sertraline up from 50 mg to 100 mg.", "Sertraline was increased to 100 mg."),
        ("Patient denies:\n- vertigo\n- tinnitus", "Denies tinnitus."),
    ],
)
def test_what_reads_the_same_passes_in_other_words_and_units(source, statement):
    assert answer(source, statement, 0.4)["support"] == Support.SUPPORTED


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("Sertraline up from 50 mg to 100 mg.", "Sertraline was increased to 50 mg."),
        ("Diazepam: reduce by 2 mg every 2 weeks from 20 mg.", "Diazepam 2 mg every 2 weeks."),
        ("Zopiclone 7.5 mg at night.", "Zopiclone 7.5 mg in the morning."),
    ],
)
def test_an_amount_in_another_role_does_not(source, statement):
    assert answer(source, statement, 0.4)["support"] != Support.SUPPORTED


def test_that_there_is_no_allergy_needs_somebody_who_says_so():
    found = answer("Allergies: ***\nMood: fine", "No allergies.", 0.99)
    assert found["support"] == Support.NOT_FOUND


def test_a_list_whose_numbers_stand_close_is_read_item_by_item():
    source = "1.Denies SI.2.Hears voices at night.3.No HI."
    assert answer(source, "Hears voices at night.", 0.6)["support"] == Support.SUPPORTED


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("SI at night, none by day.", "SI by day."),
        ("Panic yesterday, settled today.", "Panic today."),
        ("Suicidal thoughts last night.", "Suicidal thoughts last month."),
    ],
)
def test_a_turn_that_no_value_tells_is_still_a_change(source, statement):
    assert answer(source, statement, 0.4)["support"] != Support.SUPPORTED
