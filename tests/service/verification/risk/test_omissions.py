"""Risk that a summary leaves out is named, with its place; what is no fact is not asked for."""

import pytest

from service.summary.vocabulary import Severity
from service.verification.risk.omissions import uncarried


def missing(source, summary):
    return [each.fact.split(":")[0] for each in uncarried([("n", source)], summary)]


@pytest.mark.parametrize(
    ("source", "summary", "named"),
    [
        ("Suicide attempt in 2019. Denies SI.", "Denies SI.", ["suicide attempt"]),
        (
            "Suicide attempt in 2019 by overdose.",
            "History of suicide attempt.",
            ["suicide attempt"],
        ),
        ("Passive SI.", "SI.", ["suicidal thoughts"]),
        ("Denies SI. Uncle died by suicide.", "Denies SI.", ["death by suicide"]),
        ("Doctor: Any thoughts of suicide?\nPatient: Yes.", "Tired.", ["suicidal thoughts"]),
    ],
)
def test_what_is_left_out_is_named(source, summary, named):
    assert missing(source, summary) == named


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        ("Suicide attempt in 2019. Denies SI.", "Attempted suicide in 2019; no suicidal thoughts."),
        ("Call 988 if suicidal.", "Well."),
        ("A friend took an overdose.", "Well."),
        ("Denies SI. Denies SI.", "Denies SI."),
    ],
)
def test_what_is_carried_or_no_fact_is_not_asked_for(source, summary):
    assert missing(source, summary) == []


def test_the_omission_is_major_and_quotes_its_sentence():
    source = "Sleeps well. Cutting since May."
    (found,) = uncarried([("n", source)], "Sleeps well.")
    (span,) = found.evidence
    assert found.kind == "risk" and found.severity is Severity.MAJOR
    assert source[span.start : span.end] == span.quote == "Cutting since May."
