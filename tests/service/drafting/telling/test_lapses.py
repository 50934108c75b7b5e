"""What is not taken of a medicine comes before almost all else where that does harm."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_brief import line, lines
from tests.service.drafting.telling.test_dosing import an_order

CROWDED = (
    "Denies SI, intent and plan today. Passive death wish last week, no plan, no intent. "
    "Acute risk low, chronic risk elevated by the attempt of 2019. Voices tell him to leave."
)
ROOM = 40  # words: of some risk and one conflict


def a_brief(order, word, *, words=ROOM):
    note = a_note(f"{CROWDED}\n\n{word}", effective="2026-05-31")
    return lines(*([order] if order else []), note, words=words)


DANGEROUS = [
    ("Methadone 80 mg", "80 mg daily", "Missed methadone doses for 4 days."),
    ("Clozapine 100 mg", "300 mg at bedtime", "Has not taken clozapine since Thursday."),
    ("Clozapine 100 mg", "300 mg at bedtime", "Refused clozapine for the past 3 days."),
    ("Lithium carbonate 300 mg", "900 mg at bedtime", "Stopped taking lithium two weeks ago."),
    ("Warfarin 5 mg", "5 mg daily", "Skipped warfarin all week."),
    ("Insulin glargine", "20 units at bedtime", "Insulin refused 5/28 to 5/31."),
    ("Paliperidone LAI 156 mg", "156 mg IM every 4 weeks", "Refused his injection today."),
    ("Aripiprazole LAI 400 mg", "400 mg IM every 4 weeks", "Missed the LAI twice."),
    ("Buprenorphine-naloxone 8 mg-2 mg", "16 mg daily", "Ran out of Suboxone 3 days ago."),
    ("Clonazepam 1 mg", "1 mg TID", "Not taking clonazepam since discharge."),
]


@pytest.mark.parametrize(("name", "dosage", "word"), DANGEROUS)
def test_a_dangerous_lapse_is_told_though_there_is_little_room(name, dosage, word):
    found = a_brief(an_order(name, {"text": dosage}), word)
    assert word in line(found, glue.CONFLICT) and name in line(found, glue.CONFLICT)


@pytest.mark.parametrize(
    ("name", "dosage", "word"),
    [
        ("Sertraline 100 mg", "100 mg daily", "Not taking sertraline."),
        ("Vitamin D3 1000 units", "1000 units daily", "Skipped vitamin D all week."),
        ("Lorazepam 1 mg", "1 mg as needed for anxiety", "Refused lorazepam yesterday."),
    ],
)
def test_another_lapse_waits_for_room(name, dosage, word):
    order = an_order(name, {"text": dosage, "asNeededBoolean": "as needed" in dosage})
    assert not line(a_brief(order, word), glue.CONFLICT)
    assert word in line(a_brief(order, word, words=150), glue.CONFLICT)


@pytest.mark.parametrize(
    ("before", "word"),
    [
        ("On methadone 80 mg daily at the clinic.", "Missed methadone doses for 4 days."),
        ("Takes clozapine 300 mg at bedtime.", "Has not taken clozapine since Thursday."),
        ("Doing well.", "Ran out of Suboxone 3 days ago."),
    ],
)
def test_what_only_notes_tell_of_a_lapse_is_an_alert(before, word):
    old = a_note(before, effective="2026-05-01")
    new = a_note(f"{CROWDED}\n\n{word}", effective="2026-05-31")
    assert word in line(lines(old, new, words=ROOM), glue.ALERTS)


@pytest.mark.parametrize(
    "word", ["Declined lithium, prefers to wait.", "Is not on clozapine.", "Offered methadone."]
)
def test_what_was_never_taken_lapses_not(word):
    assert not line(a_brief(None, word), glue.ALERTS)


def test_what_is_taken_again_is_no_lapse():
    order = an_order("Lithium carbonate 300 mg", {"text": "900 mg at bedtime"})
    missed = a_note("Missed lithium for 5 days.", effective="2026-05-20")
    again = a_note(f"{CROWDED} Back on lithium 900 mg at bedtime.", effective="2026-05-31")
    assert not line(lines(order, missed, again, words=ROOM), glue.CONFLICT)


def test_two_doses_of_a_narrow_medicine_come_before_what_is_open():
    order = an_order("Lithium carbonate 300 mg", {"text": "900 mg at bedtime"})
    other = an_order("Lithium carbonate 450 mg", {"text": "450 mg at bedtime"})
    note = a_note("PLAN\n1. Repeat lithium level in two weeks.\n", effective="2026-05-31")
    found = lines(order, other, note, words=40)
    assert line(found, glue.CONFLICT) and not line(found, glue.OPEN)
