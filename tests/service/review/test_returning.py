"""Sending a draft back: the reason is kept for the next draft; the same one twice is refused."""

import pytest

from service.errors import Conflict, NotFound
from service.review import actions
from service.review.returning import Length
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus
from tests.service.review.builders import CLINICIAN, a_record, a_summary

S = SummaryStatus


def drafted_again(session, summary):
    """The same draft once more, in review."""
    for status in (S.CHARTED, S.INDEXED, S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)


def returned(session, summary, reason):
    return actions.return_for_redraft(session, summary.id, reason, by=CLINICIAN)


def test_the_reason_is_kept_for_the_draft_and_shown(session):
    summary = returned(session, a_summary(session), " Too long. ")
    assert summary.returned == {"reason": "Too long."}
    assert (summary.status, summary.status_reason) == (S.REQUESTED, "Too long.")


@pytest.mark.parametrize("again", ["Too long.", "too  long", "TOO LONG!"])
def test_the_same_chart_and_reason_twice_gives_a_message(session, again):
    summary = a_summary(session)
    returned(session, summary, "Too long.")
    drafted_again(session, summary)
    with pytest.raises(Conflict, match="it would be the same text"):
        returned(session, summary, again)
    assert summary.status is S.IN_REVIEW


def test_another_reason_is_another_draft(session):
    summary = a_summary(session)
    returned(session, summary, "Too long.")
    drafted_again(session, summary)
    assert returned(session, summary, "More on sleep.").status is S.REQUESTED


def test_the_same_reason_counts_again_once_the_chart_has_changed(session):
    summary = a_summary(session)
    returned(session, summary, "Too long.")
    drafted_again(session, summary)
    a_record(session, "Lithium 300 mg (active)", ref="MedicationRequest/9")
    assert returned(session, summary, "Too long.").status is S.REQUESTED


def test_a_section_is_asked_for_anew_and_one_that_is_not_there_is_not_found(session):
    summary = a_summary(session)
    with pytest.raises(NotFound, match="no section plan"):
        actions.redraft_section(session, summary.id, "plan", Length.SHORTER, "", by=CLINICIAN)
    again = actions.redraft_section(session, summary.id, "all", Length.SHORTER, "", by=CLINICIAN)
    assert again.returned == {"section": "all", "length": "shorter", "reason": ""}
    assert again.status_reason == "Everything anew, shorter."
    drafted_again(session, summary)
    with pytest.raises(Conflict):
        actions.redraft_section(session, summary.id, "all", Length.SHORTER, "", by=CLINICIAN)
    longer = actions.redraft_section(session, summary.id, "all", Length.LONGER, "", by=CLINICIAN)
    assert longer.status is S.REQUESTED
