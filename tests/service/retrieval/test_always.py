"""What no search decides on is always there: lists whole, risk from the whole history."""

import pytest

from service.retrieval.always import kinds
from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import open_chart
from tests.service.retrieval.charts import a_chart, a_note, a_record


def a_section(key, **fields):
    return SectionQuery(key, key, words="weather on the moon", **fields)


@pytest.fixture
def chart(session, index):
    a_chart(session)
    for number in range(40):
        a_note(session, f"HPI:\nRowing and weather, day {number}, nothing else.", day=200 + number)
    a_record(
        session, "Sertraline 100 mg (active)", resource_type="MedicationRequest", status="active"
    )
    for score in (14, 9):
        a_record(
            session,
            f"PHQ-9 {score}",
            resource_type="Observation",
            category="survey",
            code="http://loinc.org|44261-6",
            day=300 - score,
        )
    a_record(session, "Flag: 72-hour emergency hold (inactive)", resource_type="Flag")
    for day in (20, 400):
        a_record(session, f"Outpatient visit {day}", resource_type="Encounter", day=day)
    return open_chart(session, "Patient/a", index=index)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("allergies", "penicillin"),
        ("current-medications", "Sertraline 100 mg"),
        ("problems", "Major depressive"),
        ("scores", "PHQ-9 9"),
        ("legal", "emergency hold"),
        ("visits", "Outpatient visit 400"),
        ("risk", "better off dead"),
        ("risk", "Denies suicidal ideation"),
        ("risk", "overdose of paracetamol"),
        ("safety-plan", "Safety plan reviewed"),
    ],
)
def test_a_section_shows_it_first_whatever_is_asked(chart, section, expected):
    found = chart.gather(a_section(section)).evidence
    told = [e for e in found if expected in e.text]
    assert told
    assert "always part of it" in told[0].why
    marked = ["always part of it" in e.why for e in found]
    assert marked == sorted(marked, reverse=True)


def test_of_scores_and_encounters_only_the_latest_is_fixed(chart):
    always = {kind: [e.text for e in told] for kind, told in chart.always().items()}
    assert always["latest score"] == ["PHQ-9 9"]
    assert always["latest encounter"] == ["Outpatient visit 400"]


def test_a_section_that_no_kind_belongs_to_is_left_to_the_search(chart):
    found = chart.gather(SectionQuery("goals", "Goals", words="rowing")).evidence
    assert found
    assert not any("always" in e.why for e in found)


def test_what_does_not_fit_is_named_best_first(chart):
    tight = chart.gather(a_section("risk", limit_tokens=15))
    assert tight.not_fitted > 0
    assert tight.left_out
    assert all("/" in ref for ref in tight.left_out)
    assert len(set(tight.left_out)) == len(tight.left_out)


def test_every_kind_has_a_reason_and_a_section():
    assert all(kind.reason and kind.sections and kind.record_types for kind in kinds())


def test_why_names_every_weight_that_counted(chart):
    found = chart.gather(SectionQuery("x", "X", words="suicidal thoughts plan", headings=("Plan",)))
    whys = " | ".join(e.why for e in found.evidence)
    for told in (
        "words: rank",
        "meaning: rank",
        "recency ×",
        "author physician ×1.10",
        "under Plan ×1.30",
    ):
        assert told in whys
