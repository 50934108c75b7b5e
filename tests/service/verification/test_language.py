"""Judging words are found in context, with a rewrite offered; people's own words come through."""

import pytest

from service.drafting.wordlist import terms
from service.summary.vocabulary import Severity
from service.verification.heard import heard
from service.verification.language import faithful_words, language_findings, with_rewrite


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Non-compliant with lithium.", "Did not take lithium as prescribed."),
        ("She claims she slept.", "She reports she slept."),
        ("Failed treatment with sertraline.", "Did not respond to treatment with sertraline."),
        ("Brother committed suicide.", "Brother died by suicide."),
        ("He is an alcoholic.", "He is a person with alcohol use disorder."),
        ("An elderly lady who fell.", "An older lady who fell."),
        ('His "seizures" began in May.', "His seizures began in May."),
        ('Refuses group; he said "I refuse".', 'Declines group; he said "I refuse".'),
    ],
)
def test_a_judging_word_is_a_minor_finding_with_a_rewrite(text, better):
    (finding,) = language_findings(3, text)
    assert finding.severity is Severity.MINOR and finding.statement_index == 3
    assert f"Offered instead: “{finding.source}”" in finding.message
    assert with_rewrite(text, finding.said, finding.source) == better
    assert list(language_findings(3, better)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Drug-seeking behavior.",
        "Manipulative with staff.",
        "Poor historian.",
        "She claims to sleep.",
    ],
)
def test_where_no_word_can_stand_in_place_there_is_advice(text):
    (finding,) = language_findings(0, text)
    assert finding.source == "" and "Consider: " in finding.message


@pytest.mark.parametrize(
    "text",
    [
        'Says "they called me an addict".',
        "Alcoholic cirrhosis.",
        "Clean catch urine.",
        "Insurance claims to be filed.",
        "Non-alcoholic fatty liver.",
        "Antibiotic resistance.",
        "Treatment-resistant depression.",
        "Calm, not combative or hostile.",
        'She reports "pain" in both knees.',
        "Right to refuse was explained.",
        "Screening for drug abuse (2024-04-20)",
        "Drugs of abuse 5 panel, urine.",
    ],
)
def test_a_quoted_patient_a_clinical_sense_and_a_denial_are_not(text):
    assert list(language_findings(0, text)) == []


def test_a_sense_excuses_only_the_word_that_it_covers():
    found = language_findings(0, "Alcoholic cirrhosis; he is an alcoholic.")
    assert [each.said for each in found] == ["an alcoholic"]


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.pattern.pattern[:60])
def test_every_term_says_why_what_helps_and_whose_guidance_it_follows(term):
    assert term.why and term.advice and term.sources
    assert not term.pattern.match("")


SOURCE = heard(
    ['She said "I feel like half a person" and had an ataque de nervios at the funeral.']
)


def checks(text, sources=SOURCE):
    return [(each.check, each.severity) for each in faithful_words(0, text, sources)]


@pytest.mark.parametrize(
    "text",
    [
        'She feels "like half a person".',
        "She said “I feel like half a person”.",
        'She said "I feel ... half a person".',
        "Had an ataque de nervios.",
        "No panic attacks.",
        "She feels half herself.",
    ],
)
def test_faithful_words_have_no_finding(text):
    assert checks(text) == []


def test_a_quotation_with_other_words_is_major_and_the_real_one_is_offered():
    (finding,) = faithful_words(0, 'She said "I feel like a whole person".', SOURCE)
    assert finding.severity is Severity.MAJOR
    assert finding.source == '"I feel like half a person"'


def test_a_persons_words_without_their_marks_are_pointed_at():
    (finding,) = faithful_words(0, "I feel like half a person, she said.", SOURCE)
    assert (finding.severity, finding.source) == (Severity.MINOR, "“I feel like half a person”")


def test_an_idiom_of_distress_made_a_diagnosis_is_major_unless_a_source_makes_it():
    assert checks("Panic attack at the funeral.") == [("idiom", Severity.MAJOR)]
    both = heard(["Ataque de nervios in May.", "Panic attacks since June."])
    assert checks("Panic attack in June.", both) == []


def test_without_sources_nothing_is_said_of_quotations():
    assert checks('She said "I feel like a whole person".', heard([])) == []


def test_a_rewrite_that_no_longer_fits_is_none():
    assert with_rewrite("She reports pain.", "claims", "reports") is None
