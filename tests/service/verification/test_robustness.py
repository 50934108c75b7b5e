"""Bad input has an answer or a refusal in words, never a crash; and nothing grows out of hand."""

import random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from fhir_fixtures import stories
from service.drafting.language import judgements
from service.errors import BadInput
from service.verification.check import MOST_STATEMENTS, check_text
from service.verification.heard import heard
from service.verification.language import faithful_words, language_findings, with_rewrite
from tests.benchmarks.hostile import NOTE, answered, damage, mangled, nested, small

ANY = st.text(st.characters(), max_size=200)  # halves of surrogate pairs too
CLINICAL = st.lists(
    st.sampled_from(
        [
            "claims",
            "refused",
            "the patient",
            "an",
            "alcoholic",
            "not",
            "clean",
            '"',
            "“",
            "'",
            ".",
            "failed",
            "sertraline",
            "50 mg",
            "is",
            "borderline",
            "\n",
            "1/2/26",
            "3/7 ago",
            "2/52",
            "( note, 2026-01-01)",
            "\x00",
            "\u202e",
            "ataque de nervios",
            "panic",
            "...",
            "[...]",
            "denies",
            "suffers from",
        ]
    ),
    max_size=40,
).map(" ".join)
slow = trying(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(st.one_of(ANY, CLINICAL), st.one_of(ANY, CLINICAL))
def test_any_text_has_an_answer_whose_offsets_hold(source, summary):
    answer = check_text([{"id": "s", "text": source}], summary)
    for each in answer["statements"]:
        assert summary[each["start"] : each["end"]] == each["text"]
        assert 0 <= each["score"] <= 1
        for span in each["evidence"]:
            assert source[span["start"] : span["end"]] == span["quote"]


@slow
@given(CLINICAL)
def test_findings_point_at_words_that_stand_there_and_rewrites_can_be_taken(text):
    ends = [0]
    for each in judgements(text):
        assert text[each.start : each.end] == each.said and each.start >= ends[-1]
        ends.append(each.end)
    for finding in [*language_findings(0, text), *faithful_words(0, text, heard([NOTE]))]:
        assert finding.said in text
        if finding.source:
            assert with_rewrite(text, finding.said, finding.source) != text


@pytest.mark.parametrize(
    "summary",
    [
        "",
        " \n\t",
        "\x00" * 50_000,
        "".join(map(chr, range(256))) * 40,
        "\ud800. \udfff." * 500,
        "\u202eמריה נוטלת סרטרלין 50 מ״ג.\n" * 200,
        "Takes セルトラリン 50 mg. " * 200,
        '"' * 50_000,
        "(" * 50_000,
        "9" * 19_000,
        "1,111" * 3_000,
        "e\u0301" * 9_000,
        " " * 500_000,
        "Mr. " * 4_000,
        "takes sertraline " * 10_000,
        "No not without never. " * 400,
        "b.i.d. " * 2_500,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_text_is_answered_as_summary_and_as_source(summary):
    for source, text in ((NOTE, summary), (summary, NOTE)):
        said, is_good = answered([{"id": "s", "text": source}], text)
        assert is_good and not said.startswith("refused"), said


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ("Well.\n" * (MOST_STATEMENTS + 1), "10,001 statements"),
        ("x" * 5_000_001, "at most 5,000,000"),
    ],
    ids=["statements", "size"],
)
def test_what_is_too_much_is_refused_at_once_with_what_to_do(summary, said):
    with pytest.raises(BadInput, match=said) as refusal:
        check_text([], summary)
    assert refusal.value.sentence.endswith((".", "fewer sources."))


def test_a_chart_that_is_nested_too_deep_is_refused():
    patient = {"resourceType": "Patient", "id": "1", **nested(3_000)}
    with pytest.raises(BadInput, match="nested too deep"):
        check_text([], "Well.", chart={"resourceType": "Bundle", "entry": [{"resource": patient}]})


@pytest.mark.parametrize("seed", range(25))
def test_a_damaged_chart_is_read_as_far_as_it_can_be_or_refused(seed):
    chance = random.Random(seed)
    told = stories.story(chance.choice(stories.names()))
    chart = small(told.bundle, chance)
    for _ in range(4):
        damage(chart, chance)
    said, is_good = answered([], mangled(NOTE, chance), chart)
    assert is_good, said
