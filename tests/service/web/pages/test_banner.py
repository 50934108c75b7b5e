"""Each state has one banner, and it is true."""

import pytest

from service.review import actions
from service.summary import progress
from service.summary.document import Document, Section
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.models import Filing, FilingState
from tests.service.review.builders import ATTENDING, CLINICIAN, a_summary, a_summary_at

SAYS = {
    S.IN_REVIEW: "Draft, not signed",
    S.AWAITING_COSIGN: "Signed by Dr Ines Lindqvist; a second clinician signs before it is filed",
    S.SIGNED: "Signed by Dr Ines Lindqvist; on its way to the EHR, not there yet",
    S.FILED: "Signed by Dr Ines Lindqvist; filed in the EHR",
    S.FILING_REFUSED: "Signed by Dr Ines Lindqvist; refused by the EHR, not filed",
    S.FILING_UNKNOWN: "the EHR has not confirmed it yet",
    S.RETRACTING: "Being withdrawn from the EHR",
    S.RETRACTED: "Withdrawn: in the EHR it is marked as entered in error",
    S.REJECTED: "Rejected: not signed, not in the EHR, not to be used",
    S.SUPERSEDED: "Superseded by another summary",
}


@pytest.mark.parametrize("status", SAYS)
def test_every_state_says_what_it_is(committed, as_person, status):
    summary = committed(a_summary_at, status)
    page = as_person("attending").get(f"/summaries/{summary.id}").page
    (stamp,) = page.select(".stamp")
    assert SAYS[status] in stamp.get_text()
    assert page.select_one("#paper")["aria-label"] in stamp.get_text()


ANEW = "Being drafted anew; this is the text before it, not signed"
AFTER_A_RETURN = {
    S.REQUESTED: ((), ANEW),
    S.CHARTED: ((S.CHARTED,), ANEW),
    S.INDEXED: ((S.CHARTED, S.INDEXED), ANEW),
    S.DRAFTED: ((S.CHARTED, S.INDEXED, S.DRAFTED), "Being checked; not to be read or signed yet"),
    S.FAILED: ((S.FAILED,), "The new draft failed; this is the text before it, not signed"),
}


@pytest.mark.parametrize("status", AFTER_A_RETURN)
def test_a_text_that_is_drafted_anew_is_never_taken_for_the_new_one(committed, as_person, status):
    steps, says = AFTER_A_RETURN[status]

    def build(session):
        summary = a_summary(session)
        actions.return_for_redraft(session, summary.id, "a newer level is held", by=CLINICIAN)
        for each in steps:
            reason = "The chart could not be read." if each is S.FAILED else ""
            progress.advance(session, summary, each, actor=SYSTEM, reason=reason)
        return summary

    browser = as_person("attending").get(f"/summaries/{committed(build).id}")
    assert says in browser.page.select_one(".stamp").get_text()
    assert browser.page.select_one(".stamp time"), "when"
    why = {S.REQUESTED: "a newer level is held", S.FAILED: "The chart could not be read."}
    assert why.get(status, "") in browser.text


def test_no_state_lacks_its_banner():
    assert {*SAYS, *AFTER_A_RETURN} == set(S)


def test_a_rejected_text_says_who_and_why(committed, as_person):
    summary = committed(a_summary_at, S.REJECTED)
    browser = as_person("clinician").get(f"/summaries/{summary.id}")
    assert CLINICIAN.name in browser.page.select_one(".stamp").get_text()
    assert browser.page.select_one(".stamp-why").get_text() == "not needed"


@pytest.mark.parametrize("state", [FilingState.FILED, FilingState.UNREAD])
def test_a_text_in_correction_says_that_the_ehr_has_the_one_before(committed, as_person, state):
    def build(session):
        summary = a_summary_at(session, S.FILED)
        session.add(
            Filing(
                summary_id=summary.id,
                digest=summary.current.digest,
                state=state,
                document_ref="DocumentReference/5",
            )
        )
        actions.amend(session, summary.id, "a wrong dose", by=CLINICIAN)
        return summary

    summary = committed(build)
    browser = as_person("clinician").get(f"/summaries/{summary.id}")
    assert "Open for correction, not signed" in browser.page.select_one(".stamp").get_text()
    assert "DocumentReference/5" in browser.page.select_one(".in-ehr").get_text()
    assert "a wrong dose" in browser.text


def test_whoever_comes_second_is_told_who_was_first(committed, as_person):
    summary = committed(a_summary)
    late = as_person("attending").get(f"/summaries/{summary.id}/sign")

    def sign(session):
        signed = actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
        progress.advance(session, signed, S.FILED, actor=SYSTEM)

    committed(sign)
    late.send(f"/summaries/{summary.id}/sign", status=409)
    assert f"{CLINICIAN.name} has signed this text" in late.text
    assert ATTENDING.name not in late.page.select_one(".notice.bad").get_text()


def test_a_withdrawn_text_names_who_withdrew_it_and_why(committed, as_person):
    def build(session):
        summary = a_summary_at(session, S.FILED)
        actions.retract(session, summary.id, "It is another patient's.", by=ATTENDING)
        progress.advance(session, summary, S.RETRACTED, actor=SYSTEM)
        return summary

    summary = committed(build)
    page = as_person("clinician").get(f"/summaries/{summary.id}").page
    assert "by Dr Samuel Adeyemi" in page.select_one(".stamp").get_text()
    assert "It is another patient's." in page.select_one("#paper").get_text()
    told = as_person("qa").get(f"/summaries/{summary.id}").text
    assert "Withdrawn" in told and "another patient's" not in told


def test_a_text_that_is_signed_shows_no_heading_that_is_not_in_it(committed, as_person):
    def build(session):
        summary = a_summary(session)
        told = summary.current.content
        bare = Section("allergies", "Allergies and intolerances", ())
        whole = Document(told.title, told.header, (*told.sections, bare))
        version = progress.add_version(
            session, summary, whole, made_by=SYSTEM, writer={}, coverage={}
        )
        actions.note_view(session, summary, by=CLINICIAN)
        actions.sign(session, summary.id, version.digest, by=CLINICIAN, cosign_types=set())
        return summary

    page = as_person("clinician").get(f"/summaries/{committed(build).id}").page
    assert [h.get_text(strip=True) for h in page.select("#paper h3")] == ["Everything"]
