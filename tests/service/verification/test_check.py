"""`countersign check`: any text against any sources, as the contract says."""

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from service.errors import BadInput
from service.verification import check
from service.verification.check import Source, check_text

NOTE = Source(
    "note-1",
    "Maria takes sertraline 50 mg daily. Denies SI. Allergic to penicillin (anaphylaxis). "
    "PHQ-9 was 14 on 05/01/2026.",
)


def supports(summary, *sources):
    answer = check_text(sources or (NOTE,), summary)
    return [statement["support"] for statement in answer["statements"]]


def test_the_answer_has_the_shape_of_the_contract():
    summary = "She takes sertraline 100 mg daily."
    answer = check_text([NOTE], summary, case_id="case-1")
    assert set(answer) == {"id", "statements", "omissions", "completeness", "findings"}
    (statement,) = answer["statements"]
    assert statement["support"] == "contradicted" and statement["score"] < 0.2
    assert {"check": "dose", "said": "100 mg", "source": "50 mg"} in statement["reasons"]
    assert summary[statement["start"] : statement["end"]] == statement["text"]
    evidence = statement["evidence"][0]
    assert set(evidence) == {"source", "start", "end", "quote"}
    assert NOTE.text[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_paraphrase_is_supported():
    assert supports("No suicidal ideation. PHQ-9 14. Takes sertraline 50 mg once daily.") == (
        ["supported"] * 3
    )


def test_what_no_source_says_is_not_found_and_a_flip_is_contradicted():
    assert supports("She has diabetes. Endorses SI.") == ["not-found", "contradicted"]


def test_a_missing_allergy_is_named():
    answer = check_text([NOTE], "Takes sertraline 50 mg. Denies SI.")
    missing, *others = answer["omissions"]
    assert missing["kind"] == "allergy" and missing["severity"] == "major"
    assert missing["fact"] == "penicillin: anaphylaxis" and missing["missing"] == []
    assert set(missing["evidence"][0]) == {"source", "start", "end", "quote"}
    assert NOTE.text[slice(*(missing["evidence"][0][k] for k in ("start", "end")))]
    assert [each["kind"] for each in others] == ["score"]


def test_completeness_orders_two_summaries_when_one_lacks_a_fact():
    whole = "Takes sertraline 50 mg. Denies SI. Allergic to penicillin."
    less = "Takes sertraline 50 mg. Denies SI."
    assert check_text([NOTE], whole)["completeness"] > check_text([NOTE], less)["completeness"]


def a_bundle():
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "7",
        "patient": {"reference": "Patient/1"},
        "code": {"text": "latex"},
        "reaction": [{"manifestation": [{"text": "hives"}]}],
        "clinicalStatus": {"coding": [{"code": "active"}]},
    }
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": allergy}]}


def test_a_chart_is_a_source_too_and_its_rules_hold():
    carried = check_text([], "Has an allergy to latex, hives.", chart=a_bundle())
    assert carried["omissions"] == [] and carried["statements"][0]["support"] == "supported"
    (missing,) = check_text([], "Well.", chart=a_bundle())["omissions"]
    assert missing["kind"] == "allergy" and missing["evidence"][0]["source"].endswith("/7")


@pytest.mark.parametrize(
    ("sources", "options", "said"),
    [
        ([{"id": "x"}], {}, "Source 1 has no text"),
        ([], {"chart": {"resourceType": "Patient"}}, "not a FHIR Bundle"),
        ([], {"summary_type": "novel"}, "no summary type novel"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(sources, options, said):
    with pytest.raises(BadInput, match=said):
        check_text(sources, "Well.", **options)


def test_bullets_are_not_part_of_statements():
    answer = check_text([NOTE], "- Denies SI.\n2. PHQ-9 14.\n")
    assert [s["text"] for s in answer["statements"]] == ["Denies SI.", "PHQ-9 14."]


def test_language_stands_in_the_findings():
    (finding,) = check_text([NOTE], "Non-compliant.")["findings"]
    assert finding["kind"] == "language" and finding["statement"] == 0


def test_empty_texts_have_an_answer():
    answer = check_text([], "")
    assert answer["statements"] == [] and answer["completeness"] == 1.0


def test_too_much_text_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(check, "LONGEST_TEXT", 100)
    with pytest.raises(BadInput, match="at most 100 are checked at once"):
        check_text([Source("s", "x" * 101)], "y")


@trying(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_the_check(source, summary):
    answer = check_text([Source("s", source)], summary)
    assert all(0 <= s["score"] <= 1 for s in answer["statements"])
    assert 0 <= answer["completeness"] <= 1


@pytest.mark.parametrize(
    "said",
    [
        "Priya Raman sertraline 50 mg oral tablet, take 1 tablet once daily (active)",
        "Priya Raman: sertraline 50 mg oral tablet, Take 1 tablet once daily",
        "Sertraline 50 mg oral tablet, take 1 tablet once daily, Priya Raman.",
    ],
)
def test_a_copy_with_the_name_of_somebody_else_is_not_borne(said):
    source = "sertraline 50 mg oral tablet, Take 1 tablet once daily (active, since 2026-03-02)"
    (statement,) = check_text([{"id": "1", "text": source}], said)["statements"]
    assert statement["support"] == "not-found"
