"""Comments and reports at the desk, without a script."""

import pytest

from service.audit import AuditEvent
from service.summary.models import Remark
from service.summary.vocabulary import SummaryStatus
from tests.service.review.builders import a_summary, a_summary_at
from tests.service.web.pages.conftest import Browser


@pytest.fixture
def opened(app):
    browsers = []

    def open_desk(persona, path):
        browsers.append(Browser(app).sign_in(persona).get(path))
        return browsers[-1]

    yield open_desk
    for each in browsers:
        each.client.close()


def test_a_colleague_reads_a_comment_and_settles_it(opened, committed):
    summary = committed(a_summary)
    desk = opened("attending", f"/summaries/{summary.id}")
    desk.send(f"/summaries/{summary.id}/statements/0/comment", words="Is this so?")
    assert "It is never filed." in desk.text
    other = opened("clinician", f"/summaries/{summary.id}")
    [remark] = other.page.select("#s0 .remark")
    assert "Dr Samuel Adeyemi" in remark.get_text()
    assert "Is this so?" in remark.get_text()
    other.send(other.page.select_one("#s0 .remark form")["action"])
    assert not other.page.select(".remark")


def test_a_comment_on_words_that_changed_is_not_lost(opened, committed):
    summary = committed(a_summary)
    desk = opened("clinician", f"/summaries/{summary.id}")
    desk.send(f"/summaries/{summary.id}/statements/0/comment", words="Is this so?")
    desk.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "remove"))
    assert "of words that have changed since" in desk.text
    assert "Is this so?" in desk.text


def test_a_remark_is_settled_on_its_own_summary_only(opened, committed, sessions):
    mine, other = (committed(a_summary, patient=f"Patient/{each}") for each in (1, 2))
    desk = opened("clinician", f"/summaries/{other.id}")
    desk.send(f"/summaries/{other.id}/statements/0/comment", words="Is this so?")
    form = desk.page.select_one("#s0 .remark form")["action"]
    through = form.replace(other.id, mine.id)
    desk.send(form, path_sent=through, status=404)
    with sessions() as session:
        assert session.query(Remark).one().settled_at is None
    desk.get(f"/summaries/{other.id}").send(form)
    with sessions() as session:
        assert session.query(Remark).one().settled_at
        acts = session.query(AuditEvent).filter(AuditEvent.action.startswith("remark."))
        assert [(act.action, act.patient_ref) for act in acts.order_by(AuditEvent.seq)] == [
            ("remark.made", "Patient/2"),
            ("remark.settled", "Patient/2"),
        ]


def test_a_blank_comment_is_refused_beside_its_statement(opened, committed):
    summary = committed(a_summary)
    desk = opened("clinician", f"/summaries/{summary.id}")
    desk.send(f"/summaries/{summary.id}/statements/1/comment", words=" ", status=400)
    assert desk.page.select_one("#s1 details.edit").has_attr("open")


def test_one_click_after_filing_opens_a_correction_and_a_case(opened, committed, sessions):
    summary = committed(a_summary_at, SummaryStatus.FILED)
    desk = opened("clinician", f"/summaries/{summary.id}")
    desk.send(f"/summaries/{summary.id}/statements/1/wrong")
    assert "quality has the case" in desk.text
    with sessions() as session:
        [case] = session.query(Remark)
    quality = opened("qa", "/quality")
    assert case.said in quality.page.select_one("#reports").get_text()
    quality.send(f"/quality/reports/{case.id}/settle")
    assert not quality.page.select("#reports")


def test_nobody_but_who_signs_finds_the_button(opened, committed):
    summary = committed(a_summary_at, SummaryStatus.FILED)
    assert opened("clinician", f"/summaries/{summary.id}").page.select(".wrong")
    assert not opened("qa", f"/summaries/{summary.id}").page.select(".wrong")
