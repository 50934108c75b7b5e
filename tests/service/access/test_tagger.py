"""Unlabelled psychotherapy and substance use treatment notes: what is found stays found, and
ordinary notes stay in use. How well notes of strangers are found this does not say."""

import tomllib
from pathlib import Path

import pytest

from service.access import policy as policies
from service.access.policy import Kind
from service.access.tagger import tagger_in_force, tags_of
from tests.service.access.test_decisions import a_note, decided

DATA = Path(__file__).parent / "data"
NOTES = tomllib.loads((DATA / "unlabelled_notes.toml").read_text("utf-8"))["notes"]
# Written before the signals of version 2. At first sight (version 1) 13 of its 42 protected notes
# were found and none of 64 ordinary ones held.
OTHERS = tomllib.loads((DATA / "unlabelled_notes_other.toml").read_text("utf-8"))["notes"]
# Written before the signals of version 3 by somebody who had not read those of version 2. At first
# sight (version 2) 16 of its 24 protected notes were found and none of 60 ordinary ones held.
FRESH = tomllib.loads((DATA / "unlabelled_notes_fresh.toml").read_text("utf-8"))["notes"]
# Written before version 4. At first sight (version 3) 37 of 48 and 1 of 100; the fourth, which
# nobody has read since, 39 of 48 and 1 of 100.
THIRD, FOURTH = (
    tomllib.loads((DATA / f"unlabelled_notes_{name}.toml").read_text("utf-8"))["notes"]
    for name in ("third", "fourth")
)
HELD = 0.05  # of ordinary notes


def the_note(told):
    role = told.get("author_role", "")
    return a_note(told["text"], title=told["title"], author_role=role)


def of(*kinds, among=NOTES):
    return [each for each in among if each["kind"] in kinds]


def test_protected_notes_are_withheld_by_what_they_look_like():
    protected = of("psychotherapy", "part-2")
    missed = [each["title"] for each in protected if decided(the_note(each)).allowed]
    assert len(protected) >= 56
    assert missed == [each["title"] for each in protected if each.get("is_missed")]


def test_ordinary_notes_are_used():
    ordinary = of("ordinary")
    held = [each["title"] for each in ordinary if not decided(the_note(each)).allowed]
    assert len(ordinary) >= 50
    assert len(held) <= HELD * len(ordinary), held


@pytest.mark.parametrize(
    ("notes", "most_missed"),
    [(OTHERS, 0.02), (FRESH, 0.02), (THIRD, 0.07), (FOURTH, 0.13)],
    ids=["other", "fresh", "third", "fourth"],
)
def test_notes_of_many_services_are_told_apart(notes, most_missed):
    protected, ordinary = of("psychotherapy", "part-2", among=notes), of("ordinary", among=notes)
    assert len(protected) >= 24 and len(ordinary) >= 60
    missed = [each["title"] for each in protected if decided(the_note(each)).allowed]
    held = [each["title"] for each in ordinary if not decided(the_note(each)).allowed]
    assert len(missed) <= most_missed * len(protected), len(missed)
    assert len(held) <= HELD * len(ordinary), held


@pytest.mark.parametrize(
    ("role", "text", "is_held"),
    [
        ("Physiotherapist", "Session 3. I asked whether the knee hurts; she said nothing.", False),
        ("Psychotherapist", "Session 3. I asked whether she is angry; she said nothing.", True),
        ("Psychologist", "Session 3. Panic disorder. PHQ-9 12. I asked about sleep.", False),
        ("Hospitalist", "Methadone 60 mg confirmed with her program; wound dry.", False),
        ("Dispensing nurse, OTP", "Methadone 60 mg, observed dose. Two take-homes.", True),
        # Therapies by their exercises, whoever gives them
        ("LMFT", "Chain analysis of Sunday; homework: opposite action when he texts.", True),
        ("Psychology extern", "Second session. Fear ladder step 3, the lift. Cried, stayed.", True),
        ("Counselor", "Fourth hour. Automatic thought: I am a burden. Unsent letter begun.", True),
        (
            "Family physician",
            "Automatic thoughts named; sertraline 50 mg. Back in May.",
            False,
        ),
        ("Nurse", "Referred to the DBT group for distress tolerance. Wound dry.", False),
        # A programme that stands beside the role
        ("Physician, Withdrawal management unit", "Day 4, taper done, leaves tomorrow.", True),
        ("Enfermera, Unidad de desintoxicación", "Duerme mejor. Pide salir el viernes.", True),
        ("Pharmacist, Methadone program", "Monthly depot given in the abdomen.", True),
        ("Pharmacist, Drug information", "Methadone and QTc: asked by the ward, answered.", False),
        ("Physician, Pain medicine", "Buprenorphine patch changed weekly; walks more.", False),
    ],
)
def test_who_writes_and_what_the_law_takes_out_decide_beside_words(role, text, is_held):
    note = a_note(text, title="Session note", author_role=role)
    assert decided(note).allowed is not is_held


def test_a_tag_says_why_and_quotes_nothing():
    (told,) = (each for each in NOTES if each["title"] == "Psychoanalysis, hour 211")
    decision = decided(the_note(told))
    assert Kind.PSYCHOTHERAPY in decision.kinds
    assert decision.labels == ("PSYTHPN",)
    assert "it analyses the relation of patient and therapist" in decision.reason
    assert "umbrella" not in decision.reason


def test_what_a_person_has_released_is_not_withheld_by_its_words(monkeypatch):
    shipped = policies.files("service.access").joinpath("policy.toml").read_text("utf-8")
    site = 'version = 1\nreleased = ["DocumentReference/1"]\n'
    note = the_note(of("psychotherapy")[0])
    assert not decided(note).allowed
    monkeypatch.setattr(
        "service.access.decisions.policy_in_force", lambda: policies.policy_of(shipped, site)
    )
    assert decided(note).allowed
    note.labels = ["PSYTHPN"]
    assert not decided(note).allowed


def test_an_answer_is_kept_by_what_was_asked():
    first = tags_of(["My notes"], "", "I was moved and told no one. Keep out of the chart.")
    assert first == tags_of(["My notes"], "", "I was moved and told no one. Keep out of the chart.")
    assert tags_of(["Visit"], "", "Blood pressure 120/80.") == ()


@pytest.mark.parametrize("signal", tagger_in_force().signals, ids=lambda s: s.says[:40])
def test_every_signal_occurs_in_the_notes_it_was_made_for(signal):
    kind = str(signal.kind) if signal.weight > 0 else "ordinary"
    places = [
        {
            "title": each["title"],
            "role": each.get("author_role", ""),
            "opening": each["text"],
            "text": each["text"],
        }
        for each in of(kind, among=[*NOTES, *OTHERS, *FRESH])
    ]
    assert any(signal.is_in(place) for place in places), signal.says
