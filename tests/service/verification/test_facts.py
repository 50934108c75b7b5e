"""The facts of a text: the same fact written in another way is the same fact."""

import pytest

from service.verification.facts import agrees, facts


def is_said(statement, source):
    return all(agrees(fact, facts(source)) for fact in facts(statement))


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("50 mg", "takes 50mg"),
        ("0.5 g", "500 mg"),
        ("1,000 mg", "1000 mg"),
        ("250 mcg", "0.25 mg"),
        ("twice daily", "BID"),
        ("at bedtime", "qHS"),
        ("once daily", "every morning"),
        ("2 weeks", "14 days"),
        ("two tablets", "2 tablets"),
        ("2026-05-03", "05/03/2026"),
        ("May 3, 2026", "2026-05-03"),
        ("3 May 2026", "5/3/26"),
        ("May 2026", "2026-05-03"),
        ("in 2024", "2024-01-03"),
        ("Zoloft", "sertraline"),
        ("BP 124/78", "BP 124/78 today"),
        ("score 9", "PHQ-9 total 9.0"),
    ],
)
def test_the_same_fact_in_other_words_agrees(statement, source):
    assert is_said(statement, source)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("100 mg", "50 mg"),
        ("50 mg", "50 mcg"),
        ("twice daily", "once daily"),
        ("2026-05-03", "2025-05-03"),
        ("2026-05-03", "May 2026"),
        ("3 weeks", "2 weeks"),
        ("sertraline", "citalopram"),
        ("left arm", "right arm"),
        ("14", "PHQ-9 4"),
        ("9", "PHQ-9"),
        ("124/78", "142/78"),
        ("as needed", "every morning"),
    ],
)
def test_another_fact_does_not(statement, source):
    assert not is_said(statement, source)
