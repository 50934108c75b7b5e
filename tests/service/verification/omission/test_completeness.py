"""Completeness orders summaries of one source by what they lack."""

import time

from service.verification.check import check_text
from service.verification.omission.check import Carried, check_omissions
from tests.service.drafting.builders import a_note
from tests.service.verification.omission.texts import RULES

NOTE = (
    "Continue sertraline 50 mg daily. Allergic to latex (hives). PHQ-9 14 today. Denies SI.\n"
    "Went camping with friends and slept badly. Knee pain after a fall on the stairs."
)
FACTS = (
    "Takes sertraline 50 mg.",
    "Latex allergy, hives.",
    "PHQ-9 14.",
    "No suicidal ideation.",
    "Slept badly while camping.",
    "Knee pain after falling on the stairs.",
)


def completeness(summary, text=NOTE):
    return check_text([{"id": "n", "text": text}], summary)["completeness"]


def test_each_fact_that_goes_lowers_it_to_nothing():
    found = [completeness(" ".join(FACTS[:n])) for n in range(len(FACTS), -1, -1)]
    assert found == sorted(found, reverse=True) and len(set(found)) == len(found)
    assert found[0] > 0.9 and found[-1] == 0


def test_any_one_missing_fact_lowers_it():
    whole = completeness(" ".join(FACTS))
    for lost in FACTS:
        assert completeness(" ".join(f for f in FACTS if f != lost)) < whole, lost


def test_a_part_that_is_missing_lowers_it_less_than_the_whole():
    without_dose = completeness(" ".join(FACTS).replace(" 50 mg", ""))
    without = completeness(" ".join(FACTS[1:]))
    assert completeness(" ".join(FACTS)) > without_dose > without


def test_questions_and_small_talk_do_not_count():
    talk = "Doctor: How are you?\nPatient: Okay, thanks.\nDoctor: What happened?\nPatient: {}"
    said = talk.format("I fell and my knee hurts.")
    assert completeness("Knee pain after a fall.", said) == 1


def test_a_chart_of_ten_thousand_passages_is_read_in_seconds():
    notes = [
        a_note(
            "\n\n".join(
                f"PLAN\nContinue sertraline {n % 7}0 mg. Visit {n} of {k}, slept well."
                for k in range(5)
            ),
            effective=f"2026-{1 + n % 9:02d}-01",
        )
        for n in range(2_000)
    ]
    started = time.process_time()
    assert check_omissions(Carried("Well."), notes, RULES).omissions
    assert time.process_time() - started < 90  # reading included, once a note where it is kept
