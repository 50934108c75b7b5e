"""What words name: one key for all names of a thing, and short forms by the words round them."""

import time
from itertools import pairwise

import pytest

from service.reading.assertions import Kind
from service.reading.lexicon import mentions


def keys(text: str) -> list[str]:
    return [each.concept.key for each in mentions(text)]


ONE_THING = [
    ("Zoloft", "sertraline hydrochloride"),
    ("sertaline", "Lustral"),
    ("divalproex sodium", "Depakote ER"),
    ("Tylenol", "paracetamol"),
    ("water pill", "diuretic"),
    ("blood thinners", "anticoagulation"),
    ("wants to die", "wished to be dead"),
    ("better off without me", "death wish"),
    ("wish I was never born", "death wish"),
    ("wishes she had never been born", "wished to be dead"),
    ("would not mind not waking up", "passive death wish"),
    ("stayed commitment", "civil commitment"),
    ("kill herself", "suicidal ideation"),
    ("tried to end his life", "suicide attempt"),
    ("died by suicide", "took her own life"),
    ("hears voices", "auditory hallucinations"),
    ("can't sleep", "insomnia"),
    ("down in the dumps", "depressed mood"),
    ("Mood: depressed", "mood was low"),
    ("loss of his appetite", "not eating"),
    ("pain in the chest", "chest discomfort"),
    ("gave up", "discontinued"),
    ("went up", "was increased"),
    ("dyspnoea", "shortness of breath"),
    ("haemorrhage", "bleeding"),
    ("tenderness", "tender"),
    ("MDD", "major depression"),
    ("ECT", "electroconvulsive therapy"),
    ("mum", "mother"),
    ("PHQ9", "patient health questionnaire"),
    ("5150", "72-hour hold"),
    ("Emergency room", "A&E"),
    ("self-injury", "cut herself"),
    ("goal-directed", "thought process linear"),
]


@pytest.mark.parametrize(("one", "other"), ONE_THING)
def test_all_names_of_a_thing_have_one_key(one: str, other: str) -> None:
    assert keys(one)[0] == keys(other)[0]
    assert mentions(one)[0].concept.kind == mentions(other)[0].concept.kind


APART = [
    ("suicidal ideation", "homicidal ideation"),
    ("suicide plan", "suicide attempt"),
    ("passive death wish", "active suicidal ideation"),
    ("aborted attempt", "suicide attempt"),
    ("acceptance and commitment therapy", "commitment order"),
    ("acute risk", "chronic risk"),
    ("hydroxyzine", "hydralazine"),
    ("bipolar I", "bipolar II"),
    ("hypertension", "hypotension"),
    ("cutting back on alcohol", "cutting her arms"),
    ("weight loss", "weight gain"),
    ("decreased need for sleep", "insomnia"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_near_names_of_two_things_have_two_keys(one: str, other: str) -> None:
    assert keys(one)[0] != keys(other)[0]


BY_CONTEXT = [
    ("Denies SI.", "suicidal-ideation"),
    ("Tender over the left SI joint.", "!suicidal-ideation"),
    ("No HI.", "homicidal-ideation"),
    ("HI: wears bilateral hearing aids.", "!homicidal-ideation"),
    ("Hi, I am here about my knee.", "!homicidal-ideation"),
    ("Ex-preterm infant with BPD on home oxygen.", "bronchopulmonary-dysplasia"),
    ("BPD, in DBT since May.", "borderline-personality-disorder"),
    ("OD on Tylenol at age 17.", "overdose"),
    ("Visual acuity OD 20/40.", "!overdose"),
    ("Metformin 500 mg OD.", "!overdose"),
    ("Refer to PT for her knee.", "physical-therapy"),
    ("PT 14, INR 2.1 on warfarin.", "inr"),
    ("PT denies pain.", "!physical-therapy"),
    ("MS with relapsing lesions on MRI.", "multiple-sclerosis"),
    ("MS contin 15 mg.", "morphine"),
    ("97% on RA.", "!rheumatoid-arthritis"),
    ("RA on methotrexate.", "rheumatoid-arthritis"),
    ("d/c sertraline", "stop"),
    ("d/c home tomorrow", "discharge"),
    ("Ca 9.1, Mg 2.0", "calcium"),
    ("CA of the breast", "breast-cancer"),
    ("PD on levodopa", "parkinson-disease"),
    ("Li 0.8", "lithium-level"),
    ("on Li since 2019", "lithium"),
    ("72-hour hold expires Monday", "involuntary-hold"),
    ("hold apixaban", "!involuntary-hold"),
    ("PHQ-9 fell from 17 to 11", "!fall"),
    ("fell at home", "fall"),
    ("left the house", "!left"),
    ("left arm", "left"),
    ("BF 8 times a day, latch good", "breastfeeding"),
    ("BF drove her to the clinic", "boyfriend"),
    ("mood elevated and irritable", "elevated-mood"),
    ("troponin is elevated", "high"),
    ("troponin is elevated", "!elevated-mood"),
    ("disabling tremor", "!disability-benefits"),
]


@pytest.mark.parametrize(("text", "key"), BY_CONTEXT)
def test_a_short_or_double_word_means_what_stands_round_it(text: str, key: str) -> None:
    assert (key.lstrip("!") in keys(text)) is not key.startswith("!")


def test_the_longest_name_wins_and_none_overlap() -> None:
    text = "Mother-in-law saw major depressive disorder, SI/HI and AVH; lithium level 0.8."
    found = mentions(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert [each.said for each in found][:1] == ["Mother-in-law"]
    assert "lithium" not in keys(text)


def test_one_name_of_several_things_names_each() -> None:
    assert keys("AVH") == ["auditory-hallucination", "visual-hallucination"]
    assert keys("SI/HI") == ["suicidal-ideation", "homicidal-ideation"]


def test_a_shared_head_belongs_to_each() -> None:
    assert keys("No auditory, visual or tactile hallucinations.") == [
        "auditory-hallucination",
        "visual-hallucination",
        "tactile-hallucination",
    ]


def test_a_word_whose_beginning_denies_is_read_as_a_denial() -> None:
    assert keys("afebrile") == keys("fever")
    assert keys("nontender") == keys("tender")


def test_phrasing_names_nothing_and_every_other_telling_word_does() -> None:
    assert keys("The patient reports that she is also") == []
    (zebra,) = mentions("zebras")
    assert (zebra.concept.kind, zebra.concept.key) == (Kind.WORD, "zebra")


UNLISTED = [
    ("dronabinol", Kind.MEDICINE),
    ("tofacitinib", Kind.MEDICINE),
    ("fosinopril", Kind.MEDICINE),
    ("blepharitis", Kind.PROBLEM),
    ("thyroidectomy", Kind.PROCEDURE),
    ("medicine cabinet", Kind.WORD),
]


@pytest.mark.parametrize(("text", "kind"), UNLISTED)
def test_a_name_that_no_list_has_is_known_by_its_form(text: str, kind: Kind) -> None:
    assert mentions(text)[-1].concept.kind is kind


@pytest.mark.parametrize("piece", ["a", "a-", "(-) ", "n/", "'", "not ", "suicidal or ", "x1"])
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    short, long = (_seconds(piece * (size // len(piece))) for size in (25_000, 200_000))
    assert long < 32 * short + 2.0  # quadratic would be 64 times; less than that is noise


def _seconds(text: str) -> float:
    began = time.process_time()
    mentions(text)
    return time.process_time() - began
