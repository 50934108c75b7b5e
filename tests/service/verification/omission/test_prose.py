"""What stands only in prose must be carried too: told once, of this patient, as a fact."""

import pytest

from tests.service.verification.omission.texts import asked, left_out


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("ALLERGIES\nlatex (hives)", "allergy", "latex"),
        ("She is allergic to codeine; broke out in a rash.", "allergy", "codeine"),
        ("Allergies: NKDA.", "allergy", "none-known"),
        ("Continue sertraline 50 mg daily.", "medication", "sertraline"),
        ("MEDICATIONS\ncholecalciferol 2000 units daily", "medication", "vitamin-d"),
        ("Stopped paroxetine because of nausea.", "stopped-medication", "paroxetine"),
        ("PHQ-9 14 today.", "score", "phq-9"),
        ("Na 128 (low).", "result", "sodium"),
        ("Denies SI.", "risk", "suicidal-ideation"),
        ("Overdosed in 2019.", "risk", "overdose"),
        ("Owns a shotgun.", "risk", "firearm"),
        ("Crisis plan reviewed.", "safety-plan", "safety-plan"),
        ("Held on a 72-hour hold.", "legal", "involuntary-hold"),
        ("Lacks capacity to consent.", "legal", "lacks-capacity"),
        ("Placed in restraints once.", "restraint", "restraint"),
        ("DNR/DNI.", "directive", "do-not-resuscitate"),
        ("She is 22 weeks pregnant.", "pregnancy", "pregnancy"),
        ("PMH: HTN.", "problem", "hypertension"),
        ("Smokes 1 ppd.", "substance-use", "tobacco"),
        ("Seen with a Dari interpreter.", "language", "interpreter"),
    ],
)
def test_a_fact_of_a_note_must_be_carried(text, kind, name):
    assert (kind, name) in asked(text)


@pytest.mark.parametrize("kind", ["dependants", "goal", "pending"])
def test_what_a_sentence_says_freely_must_be_carried_in_substance(kind):
    note = (
        "Lives with her two young children.\nHis goal is to drive a bus again.\n"
        "Vitamin B12 level is pending."
    )
    assert kind in [each for each, _ in asked(note)]


@pytest.mark.parametrize(
    "text",
    [
        "Mother takes lithium 900 mg.",
        "FAMILY HISTORY\nFather: assaulted a guard in 1999.",
        "Return sooner if suicidal thoughts come back.",
        "Considered adding topiramate 25 mg.",
        "Given lorazepam 2 mg in the ED.",
        "Took 12 tablets of acetaminophen 500 mg, an overdose?",
        "Linear, goal-directed thought process.",
        "Prefers not to discuss alcohol.",
        "The dose of 50 mg was not changed.",
    ],
)
def test_what_is_of_others_or_only_supposed_is_not_asked_for(text):
    assert asked(text) == []


def test_the_newest_of_two_notes_is_asked_for():
    older = "Date: 01/05/2026\nLithium 900 mg at bedtime. Endorses SI."
    newer = "Date: 03/05/2026\nReduce lithium from 900 mg to 600 mg. Denies SI."
    assert left_out("Takes lithium 600 mg. No suicidal ideation.", older, newer) == []
    assert left_out("Takes lithium 900 mg. No suicidal ideation.", older, newer) == [
        ("medication", ("dose",))
    ]


def test_one_fact_of_several_notes_is_asked_for_once():
    assert asked("Allergic to latex.", "Latex allergy.", "ALLERGIES: latex") == [
        ("allergy", "latex")
    ]


@pytest.mark.parametrize(
    ("note", "summary"),
    [
        ("Allergies: latex - facial swelling.", "Latex allergy (angioedema)."),
        ("Continue Zoloft 50 mg.", "Sertraline 50 mg daily."),
        ("MDD, recurrent.", "Recurrent major depressive disorder."),
        ("Stopped risperidone due to akathisia.", "Came off risperidone after akathisia."),
        ("Has a daughter aged 9, shared custody.", "Shared custody of a 9-year-old daughter."),
        ("RTC in 6 weeks.", "Return in six weeks."),
        ("No SI.", "Denied suicidal thoughts."),
    ],
)
def test_other_words_for_the_same_thing_carry_it(note, summary):
    assert left_out(summary, note) == []


@pytest.mark.parametrize(
    ("note", "summary", "part"),
    [
        ("Allergic to latex: hives.", "Latex allergy.", "reaction"),
        ("Continue sertraline 50 mg.", "Takes sertraline.", "dose"),
        ("Continue sertraline 50 mg.", "Takes sertraline, and prazosin 50 mg.", "dose"),
        ("PHQ-9 14 today.", "PHQ-9 was done.", "value"),
        ("Denies SI.", "Suicidal ideation.", "denial"),
        ("Attempted suicide in 2019.", "One suicide attempt.", "date"),
        ("Acute risk low.", "Acute risk was assessed.", "grade"),
        ("Stopped paroxetine because of nausea.", "Paroxetine was stopped.", "reason"),
    ],
)
def test_a_thing_that_lacks_a_part_is_carried_in_part(note, summary, part):
    assert [missing for _, missing in left_out(summary, note)] == [(part,)]


def test_lithium_obliges_its_level_and_the_kidneys():
    note = "On lithium. Lithium level 0.8, Cr 1.0, TSH 2.1."
    assert left_out("Takes lithium. TSH 2.1. Creatinine 1.0.", note) == [("monitoring", ())]
    assert ("monitoring", "creatinine") not in asked("Cr 1.0, TSH 2.1.")


def test_in_a_conversation_a_question_is_no_fact():
    talk = "Doctor: Do you take metformin 500 mg?\nPatient: No.\nDoctor: Any suicidal thoughts?"
    assert asked(talk) == []
    assert asked(f"{talk}\nPatient: I take lisinopril 10 mg.") == [("medication", "lisinopril")]
