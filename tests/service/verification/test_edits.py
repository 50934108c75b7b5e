"""What a person changes in a draft is assessed again, beside the chart and what was there."""

import pytest

from service.database import now
from service.summary import progress
from service.summary.vocabulary import FindingKind, ResolutionAction, Severity, SummaryType
from service.verification.held import load_chart
from service.verification.verify import verify_summary, verify_version
from tests.service.drafting.conftest import undone
from tests.service.verification.conftest import drafting, edited


@pytest.fixture(scope="module")
def first(kept, index):
    return drafting(kept, index)(SummaryType.PSYCHIATRIC_PROGRESS)


@pytest.fixture
def session(kept):
    with undone(kept) as session:
        yield session


@pytest.fixture
def drafted(session, first):
    """A summary owed its verification, as no test has touched it."""
    return first


@pytest.mark.parametrize(
    ("find", "old", "new", "check"),
    [
        ("bupropion XL 300 mg", "300 mg", "450 mg", "dose"),
        ("bupropion XL 300 mg", "bupropion", "lithium", "drug"),
        ("as needed", "as needed", "twice daily", "frequency"),
        ("Denies SI, including", "Denies SI", "Reports SI", "polarity"),
        ("11 → 5", "11 → 5", "11 → 15", "score"),
        ("11 → 5", "11 → 5", "5 → 11", "score"),
        ("11 → 5 (2026-08-25)", "2026-08-25)", "2025-08-25)", "date"),
        ("39 years", "39 years", "29 years", "age"),
        ("39 years", "39 years", "390 years", "age"),
        ("11 → 5 (2026-08-25)", "(2026-08-25)", "(2026-08-25, 99999 days ago)", "date"),
        ("I have my color back", "(2026-08-25)", "(2025-08-25)", "date"),
        ("last 50 mg tablet that day", "50 mg", "150 mg", "dose"),
    ],
)
def test_an_edit_that_changes_a_fact_is_a_major_finding(session, drafted, find, old, new, check):
    summary = drafted
    verify_summary(session, summary.id)
    findings = edited(session, summary, find, old, new)
    assert findings and all(f.severity is Severity.MAJOR for f in findings)
    assert check in {f.check for f in findings}


def test_an_edit_that_changes_no_fact_is_none(session, drafted):
    summary = drafted
    verify_summary(session, summary.id)
    assert edited(session, summary, "at bedtime as needed", "as needed", "prn") == []


def test_a_changed_risk_statement_is_a_risk_finding(session, drafted):
    summary = drafted
    verify_summary(session, summary.id)
    findings = edited(session, summary, "Denies SI, including", "Denies SI", "Reports SI")
    assert {f.kind for f in findings} == {FindingKind.RISK}


def test_a_removed_allergy_is_an_omission_with_its_source(session, drafted):
    summary = drafted
    document = summary.current.content
    while found := [p for p in document.placed() if "enicillin" in p.statement.text]:
        document = document.with_statement(found[0].index, None)
    version = progress.add_version(
        session, summary, document, made_by="dr-a", writer={}, coverage=summary.current.coverage
    )
    verify_version(session, version, summary, load_chart(session, summary))
    omitted = [f for f in version.findings if f.kind is FindingKind.OMITTED]
    omitted = [f for f in omitted if f.severity is Severity.MAJOR]
    # both that stand in the line: the allergy, and the intolerance beside it
    assert {f.check for f in omitted} == {"allergy"} and all(f.source for f in omitted)
    assert any("enicillin" in f.message for f in omitted)


def test_what_a_person_settled_stays_settled_while_the_statement_stands(session, drafted):
    summary = drafted
    verify_summary(session, summary.id)
    (finding, *_) = edited(session, summary, "bupropion XL 300 mg", "300 mg", "450 mg")
    finding.resolution, finding.resolution_reason = ResolutionAction.ACCEPTED, "Changed today."
    finding.resolved_by, finding.resolved_at = "dr-a", now()
    session.flush()
    edited(session, summary, "I have my color", "but most", "but the most")
    again = [f for f in summary.current.findings if f.message == finding.message]
    assert again[0].resolution is ResolutionAction.ACCEPTED
    assert again[0].resolution_reason == "Changed today."


def test_verifying_twice_writes_the_findings_once(session, drafted):
    summary = drafted
    edited(session, summary, "bupropion XL 300 mg", "300 mg", "450 mg")
    before = [f.message for f in summary.current.findings]
    verify_version(session, summary.current, summary, load_chart(session, summary))
    assert [f.message for f in summary.current.findings] == before


def test_what_a_writer_had_to_leave_out_is_a_minor_finding(session, drafted):
    summary = drafted
    dropped = {"section": "plan", "said": "Start clozapine.", "reason": "Nothing was cited."}
    summary.current.coverage = summary.current.coverage | {"dropped": [dropped]}
    verify_version(session, summary.current, summary, load_chart(session, summary))
    (finding,) = [f for f in summary.current.findings if f.check == "dropped"]
    assert finding.severity is Severity.MINOR and finding.said == "Start clozapine."


def test_a_conflict_of_which_the_text_has_both_sides_is_no_finding(session, drafted):
    summary = drafted
    verify_summary(session, summary.id)
    assert any("lists NKDA" in p.statement.text for p in summary.current.content.placed())
    assert "no-allergy" not in {f.check for f in summary.current.findings}
    document = summary.current.content
    one = next(p for p in document.placed() if "lists NKDA" in p.statement.text)
    version = progress.add_version(
        session,
        summary,
        document.with_statement(one.index, None),
        made_by="dr-a",
        writer={},
        coverage=summary.current.coverage,
    )
    verify_version(session, version, summary, load_chart(session, summary))
    assert "no-allergy" in {f.check for f in version.findings}
