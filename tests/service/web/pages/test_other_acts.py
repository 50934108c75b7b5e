"""What ends or opens a text, at a desk that has been open since before a colleague's work."""

import pytest

from service.review import actions, editing, edits
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.progress import find_summary
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import ATTENDING, a_summary, a_summary_at

WHY = "Written for another visit."


def shorter(session, summary):
    """A colleague takes the last statement out."""
    edits.carry_out(session, summary.id, editing.rewording(1, ""), by=ATTENDING)


def first_signed_shorter(session, summary):
    """They take it back to review, and sign the shorter text."""
    actions.reopen(session, summary.id, "too long", by=ATTENDING)
    shorter(session, summary)
    digest = find_summary(session, summary.id).current.digest
    actions.sign(session, summary.id, digest, by=ATTENDING, cosign_types={"pre-visit"})


def filed_shorter(session, summary):
    """They correct what was filed, and the correction is filed."""
    actions.amend(session, summary.id, "too long", by=ATTENDING)
    shorter(session, summary)
    found = find_summary(session, summary.id)
    actions.sign(session, summary.id, found.current.digest, by=ATTENDING)
    progress.advance(session, found, S.FILED, actor=SYSTEM)


ACTS = {
    "return": (S.IN_REVIEW, shorter, S.REQUESTED),
    "reject": (S.IN_REVIEW, shorter, S.REJECTED),
    "sections/all/redraft": (S.IN_REVIEW, shorter, S.REQUESTED),
    "reopen": (S.AWAITING_COSIGN, first_signed_shorter, S.IN_REVIEW),
    "amend": (S.FILED, filed_shorter, S.IN_REVIEW),
    "retract": (S.FILED, filed_shorter, S.RETRACTING),
}


def status_of(sessions, summary):
    with sessions() as session:
        return find_summary(session, summary.id).status


@pytest.mark.parametrize("act", ACTS)
def test_the_reason_is_kept_and_nothing_done_to_a_colleagues_text(
    as_person, committed, sessions, act
):
    at, meanwhile, to = ACTS[act]
    summary = committed(a_summary_at, at)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    form, button = f"/summaries/{summary.id}/{act}", ("length", "shorter")
    committed(meanwhile, summary)
    desk.send(form, reason=WHY, status=409, button=button)
    assert "The text has changed since you opened it" in desk.text
    assert WHY in [i.get("value") for i in desk.page.select(f"form[action='{form}'] input")]
    assert status_of(sessions, summary) is at
    desk.send(form, reason=WHY, button=button)
    assert status_of(sessions, summary) is to


def test_what_failed_before_it_had_a_text_is_rejected_from_its_page(as_person, committed, sessions):
    summary = committed(a_summary_at, S.FAILED)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    desk.send(f"/summaries/{summary.id}/reject", reason=WHY)
    assert status_of(sessions, summary) is S.REJECTED


def test_a_draft_is_updated_from_the_text_that_was_read_only(as_person, committed, sessions):
    summary = committed(a_summary)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    token = desk.page.select_one("input[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "reason": WHY}
    answer = desk.client.post(f"/summaries/{summary.id}/return", data=sent)
    assert answer.status_code == 409, "a form that says nothing of the text is none of ours"
    assert status_of(sessions, summary) is S.IN_REVIEW
