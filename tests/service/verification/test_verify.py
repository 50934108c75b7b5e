"""A drafted version is assessed statement by statement; what a person must see is written down."""

import json

import pytest

from fhir_fixtures import stories
from service.summary.vocabulary import (
    FindingKind,
    Severity,
    SummaryStatus,
    SummaryType,
)
from service.verification.verify import verify_summary
from tests.service.verification.conftest import edited

PROGRESS = SummaryType.PSYCHIATRIC_PROGRESS


def test_an_untouched_draft_is_supported_throughout_and_in_review(session, a_drafted_summary):
    summary = a_drafted_summary(PROGRESS)
    verify_summary(session, summary.id)
    assert summary.status is SummaryStatus.IN_REVIEW
    assert {a["support"] for a in summary.current.assessments} == {"supported"}
    assert [f.message for f in summary.current.findings if f.severity is Severity.MAJOR] == []


MOST_OMITTED = 6  # the last of them tells all further ones; none of most drafts


@pytest.mark.parametrize("name", stories.names())
def test_no_story_has_a_false_finding(session, a_drafted_summary, name):
    for summary_type in _types(name):
        summary = a_drafted_summary(summary_type, name)
        verify_summary(session, summary.id)
        assert 5 <= len(summary.current.assessments) <= 75
        kinds = {f.kind for f in summary.current.findings}
        told = [f.message for f in summary.current.findings]
        allowed = {FindingKind.CONFLICT, FindingKind.LANGUAGE, FindingKind.OMITTED}
        if name == "disputed_diagnosis":  # it holds a chatbot's printout that speaks to programs
            allowed.add(FindingKind.INJECTION)
        assert kinds <= allowed, (summary_type, told)
        omitted = [f for f in summary.current.findings if f.kind is FindingKind.OMITTED]
        assert len(omitted) <= MOST_OMITTED, told
        assert [f.message for f in omitted if f.severity is Severity.MAJOR] == []


def _types(name):
    """A course of a stay is told only of whom one is recorded."""
    has_stay = "IMP" in json.dumps(stories.story(name).of_type("Encounter"))
    return [t for t in SummaryType if has_stay or t is not SummaryType.HOSPITAL_COURSE]


@pytest.mark.parametrize("new", ["2021-08-20", "2024-13-45"])  # the second is no day at all
def test_another_day_since_when_it_is_open_is_a_major_finding(session, a_drafted_summary, new):
    summary = a_drafted_summary(PROGRESS, "bipolar_lithium")
    verify_summary(session, summary.id)
    findings = edited(session, summary, "open since 2024-08-20", "2024-08-20", new)
    assert findings and all(f.severity is Severity.MAJOR for f in findings)
    assert "date" in {f.check for f in findings}
