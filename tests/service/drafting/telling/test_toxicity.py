"""Signs that a medicine does harm are told beside it, before what is merely open."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_brief import line, lines
from tests.service.drafting.telling.test_dosing import an_order

LITHIUM = ("Lithium carbonate 300 mg", "900 mg at bedtime")
HALOPERIDOL = ("Haloperidol 5 mg", "5 mg BID")


def alerts(medicine, said, *, before="", words=40):
    name, text = medicine
    notes = [a_note(f"Denies SI. {said}", effective="2026-05-31")]
    notes += [a_note(before, effective="2026-05-29")] if before else []
    return line(lines(an_order(name, {"text": text}), *notes, words=words), glue.ALERTS)


@pytest.mark.parametrize(
    ("medicine", "signs"),
    [
        (LITHIUM, "Coarse tremor, unsteady since yesterday."),
        (LITHIUM, "Vomiting for two days."),
        (LITHIUM, "Fine hand tremor for two weeks, more thirst, loose stools."),
        (HALOPERIDOL, "Rigid, T 39.1, confused."),
        (HALOPERIDOL, "Lead-pipe rigidity with fever overnight."),
        (("Clozapine 100 mg", "300 mg at bedtime"), "Sore throat since Monday."),
        (("Lamotrigine 100 mg", "100 mg daily"), "Rash on the trunk."),
        (("Warfarin 5 mg", "5 mg daily"), "Black stools for two days."),
    ],
)
def test_signs_of_harm_in_the_newest_note_are_an_alert(medicine, signs):
    assert signs in alerts(medicine, signs)


@pytest.mark.parametrize(
    ("medicine", "said"),
    [
        (LITHIUM, "Fine tremor."),
        (LITHIUM, "No vomiting, no ataxia."),
        (LITHIUM, "Go to ED for vomiting, coarse tremor or confusion."),
        (LITHIUM, "Mother had vomiting and an unsteady gait."),
        (HALOPERIDOL, "Rigid about his routine."),
        (("Sertraline 50 mg", "50 mg daily"), "Vomiting for two days."),
    ],
)
def test_what_is_no_sign_of_harm_by_what_is_taken_is_none(medicine, said):
    assert not alerts(medicine, said)


def test_what_a_newer_note_denies_is_over():
    assert not alerts(LITHIUM, "No vomiting today.", before="Vomiting since noon.")
    assert "Vomiting" in alerts(LITHIUM, "Slept well.", before="Vomiting since noon.")
