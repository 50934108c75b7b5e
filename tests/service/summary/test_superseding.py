"""A second draft of the same type and period takes the place of the open one, and says so."""

import pytest

from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.verification.verify import verify_summary
from tests.service.review.builders import CLINICIAN, a_document, a_summary, a_summary_at

S = SummaryStatus


def a_period(since):
    return {"window": {"name": "all", "since": since, "until": None, "says": "a period"}}


def open_draft(session, since="2026-05-01", *, status=S.IN_REVIEW, **more):
    summary = a_summary_at(session, status, **more)
    summary.current.coverage = a_period(since)
    session.flush()
    return summary


def a_second_draft(session, since="2026-05-01", summary_type=SummaryType.PRE_VISIT):
    """A summary of the same patient that comes into review now."""
    summary = progress.request_summary(session, "Patient/1", summary_type, actor=CLINICIAN.id)
    for status in (S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    made = {"made_by": SYSTEM, "writer": {}, "coverage": a_period(since)}
    progress.add_version(session, summary, a_document(), **made)
    progress.advance(session, summary, S.DRAFTED, actor=SYSTEM)
    verify_summary(session, summary.id)
    return summary


def test_the_open_draft_gives_way_and_both_say_so(session):
    before = open_draft(session)
    after = a_second_draft(session)
    assert before.status is S.SUPERSEDED and "newer draft" in before.status_reason
    day = f"{before.requested_at:%Y-%m-%d}"
    assert after.status is S.IN_REVIEW
    assert after.status_reason == (
        f"It takes the place of the open draft that was asked for on {day}."
    )


@pytest.mark.parametrize("status", [S.AWAITING_COSIGN, S.FILED, S.REJECTED, S.FILING_REFUSED])
def test_what_somebody_signed_or_ended_stays_as_it_is(session, status):
    before = open_draft(session, status=status)
    after = a_second_draft(session)
    assert before.status is status and after.status_reason == ""


def test_a_signed_one_that_is_open_for_correction_stays(session):
    before = open_draft(session, status=S.FILED)
    progress.advance(session, before, S.IN_REVIEW, actor=CLINICIAN.id, reason="a wrong dose")
    a_second_draft(session)
    assert before.status is S.IN_REVIEW


@pytest.mark.parametrize(
    ("since", "more"),
    [
        ("2026-04-01", {}),
        ("2026-05-01", {"summary_type": SummaryType.HANDOFF}),
        ("2026-05-01", {"patient": "Patient/2"}),
    ],
)
def test_another_type_period_or_patient_is_another_document(session, since, more):
    other = open_draft(session, since, **more)
    after = a_second_draft(session)
    assert other.status is S.IN_REVIEW and after.status_reason == ""


def test_where_the_period_is_not_known_nothing_gives_way(session):
    before = a_summary(session)
    after = a_second_draft(session)
    assert before.status is S.IN_REVIEW and after.status is S.IN_REVIEW
