"""Risk that a summary leaves out is named, with its place; what is no fact is not asked for."""

import pytest

from service.summary.vocabulary import Severity
from service.verification.models import Source
from service.verification.omission.check import Carried, check_omissions
from tests.service.verification.omission.texts import RULES


def omissions(summary, *texts):
    sources = [Source(f"s{number}", text) for number, text in enumerate(texts)]
    found = check_omissions(Carried(summary), [], RULES, sources).omissions
    return [each for each in found if each.kind == "risk"]


def missing(summary, *texts):
    return [(each.fact, each.missing) for each in omissions(summary, *texts)]


UNCLE = "uncle: suicide death: Uncle died by suicide."


@pytest.mark.parametrize(
    ("source", "summary", "named"),
    [
        ("Suicide attempt in 2019. Denies SI.", "Denies SI.", ("Suicide attempt in 2019.", ())),
        (
            "Suicide attempt by overdose in 2019.",
            "Suicide attempt in 2019.",
            ("Suicide attempt by overdose in 2019.", ("means",)),
        ),
        (
            "Suicide attempt by overdose in 2019.",
            "Past suicide attempt, an overdose.",
            ("Suicide attempt by overdose in 2019.", ("date",)),
        ),
        ("Passive SI.", "SI.", ("passive death wish: Passive SI.", ("qualifier",))),
        ("Denies SI.", "SI today.", ("suicidal ideation: Denies SI.", ("denial",))),
        ("Denies SI. Uncle died by suicide.", "Denies SI.", (UNCLE, ())),
        ("Uncle died by suicide.", "Died by suicide.", (UNCLE, ())),
        (
            "Doctor: Any thoughts of suicide?\nPatient: Yes.",
            "Tired.",
            ("suicidal ideation: Patient: Yes.", ()),
        ),
    ],
)
def test_what_is_left_out_or_altered_is_named(source, summary, named):
    assert missing(summary, source) == [named]


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        ("Suicide attempt in 2019. Denies SI.", "Attempted suicide in 2019; no suicidal thoughts."),
        ("SOCIAL HISTORY\nAssaulted a peer in 2021.", "History of violence: assault, 2021."),
        ("Call 988 if suicidal.", "Well."),
        ("SAFETY PLAN\nWarning signs: thoughts of suicide.", "Well."),
        ("A friend took an overdose.", "Well."),
        ("Father assaulted a guard.", "Well."),
        ("Denies SI. Denies SI.", "Denies SI."),
        ("Denies violence. Assaulted a peer in 2021.", "Assaulted a peer in 2021."),
    ],
)
def test_what_is_carried_or_no_fact_is_not_asked_for(source, summary):
    assert missing(summary, source) == []


def test_the_newest_day_has_the_last_word_and_events_are_never_over():
    older = "Date: 01/05/2026\nReports SI. Cutting since May."
    newer = "Date: 03/05/2026\nDenies SI. Denies self-harm."
    assert missing("Tired.", older, newer) == [
        ("suicidal ideation: Denies SI.", ()),
        ("self harm: Cutting since May.", ()),
    ]


def test_of_texts_without_a_date_what_is_affirmed_counts():
    assert missing("Reports SI.", "Reports SI.", "Denies SI.") == []
    assert missing("Denies SI.", "Reports SI.", "Denies SI.") == [
        ("suicidal ideation: Reports SI.", ("affirmation",))
    ]


def test_attempts_of_two_dates_are_two():
    note = "Overdose in 2012. Overdose in 2016."
    assert missing("Overdose in 2016.", note) == [("Overdose in 2012.", ("date",))]


def test_the_omission_is_major_and_quotes_its_sentence_a_relatives_is_minor():
    source = "Sleeps well. Cutting since May. Uncle died by suicide."
    own, uncles = omissions("Sleeps well.", source)
    (span,) = own.evidence
    assert own.severity is Severity.MAJOR and uncles.severity is Severity.MINOR
    assert source[span.start : span.end] == span.quote == "Cutting since May."
