"""Unlabelled psychotherapy and substance use treatment notes: what is found stays found, and
ordinary notes stay in use. How well notes of strangers are found this does not say."""

import tomllib
from pathlib import Path

import pytest

from service.access import policy as policies
from service.access.policy import Kind
from service.access.tagger import tagger_in_force, tags_of
from tests.service.access.test_decisions import a_note, decided

NOTES = tomllib.loads(
    (Path(__file__).parent / "data" / "unlabelled_notes.toml").read_text("utf-8")
)["notes"]
HELD = 0.05  # of ordinary notes


def the_note(told):
    role = told.get("author_role", "")
    return a_note(told["text"], title=told["title"], author_role=role)


def of(*kinds):
    return [each for each in NOTES if each["kind"] in kinds]


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
    places = [
        {
            "title": each["title"],
            "role": each.get("author_role", ""),
            "opening": each["text"],
            "text": each["text"],
        }
        for each in of(str(signal.kind))
    ]
    assert any(signal.is_in(place) for place in places)
