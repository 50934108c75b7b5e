"""Names of one sort, and short and long names of organisms, places and diagnoses."""

import pytest

from service.reading.assertions import Concept, Kind
from service.reading.lexicon import implies, mentions, sort_of
from service.reading.lexicon.lists import load
from service.reading.lexicon.names import named


def keys(text: str) -> list[str]:
    return [each.concept.key for each in mentions(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E. coli", "Escherichia coli"),
        ("S. aureus", "staph aureus"),
        ("MRSA", "methicillin-resistant Staphylococcus aureus"),
        ("C. diff", "Clostridioides difficile"),
        ("strep pneumo", "pneumococcus"),
        ("EGD", "gastroscopy"),
        ("total knee replacement", "TKA"),
        ("AAA", "aortic aneurysm"),
        ("mitral insufficiency", "mitral regurgitation"),
    ],
)
def test_an_organism_or_diagnosis_has_one_key(one: str, other: str) -> None:
    assert keys(one) == keys(other) != []


def test_every_key_of_a_sort_is_known() -> None:
    known = {concept.key for _, concepts in named() for concept in concepts}
    assert {k for each in load("scales.toml")["sorts"].values() for k in each.split()} <= known


def test_sorts_tell_organisms_places_and_diagnoses_apart() -> None:
    [organism], [place], [problem] = mentions("klebsiella"), mentions("foot"), mentions("gout")
    sorts = [sort_of(each.concept) for each in (organism, place, problem)]
    assert sorts == ["organism", "place", "problem"]
    assert sort_of(Concept(Kind.SYMPTOM, "nausea")) == ""


def test_a_narrower_place_or_diagnosis_says_the_wider_one() -> None:
    narrow = {"hand": "arm", "subdural-hematoma": "hematoma", "mrsa": "staphylococcus-aureus"}
    for one, other in narrow.items():
        assert implies(Concept(Kind.WORD, one), Concept(Kind.WORD, other))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("PT 13.2, INR 1.1", "prothrombin-time"),
        ("PT and OT evaluated her gait", "physical-therapy"),
        ("Repair of ASD in infancy", "atrial-septal-defect"),
        ("Child with ASD and language delay", "autism"),
        ("HD TTS via AVF", "dialysis"),
    ],
)
def test_a_short_form_is_what_the_words_round_it_say(text: str, key: str) -> None:
    assert key in keys(text)


def test_bd_behind_a_dose_is_no_illness() -> None:
    assert "bipolar-disorder" not in keys("Heparin 5000 units SC BD")
