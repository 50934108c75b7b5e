"""The desk says who else is at the text, and the page can ask again."""

from service.review.presence import editing
from tests.service.review.builders import CLINICIAN, QA, a_summary


def test_the_desk_names_whoever_edits_it_now(committed, as_person):
    summary = committed(a_summary)
    other = as_person("attending").get(f"/summaries/{summary.id}")
    other.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "remove"))
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    assert "is editing this text" in desk.page.select_one("#presence").get_text()
    desk.get(desk.page.select_one("#presence")["data-ask"])
    assert "is editing this text" in desk.page.select_one("#presence").get_text()
    other.get(f"/summaries/{summary.id}")
    assert other.page.select_one("#presence").get_text() == ""


def test_who_only_reads_is_not_told_who_edits(committed, as_person, sessions):
    """Of a text that is closed to them this would tell that there is one, and who is at it."""
    summary = committed(a_summary)
    other = as_person("attending").get(f"/summaries/{summary.id}")
    other.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "remove"))
    quality = as_person("qa").get(f"/summaries/{summary.id}")
    assert quality.page.select_one("#presence") is None
    quality.get(f"/summaries/{summary.id}/editing", status=403)
    with sessions() as session:
        assert editing(session, summary.id, QA) == ()
        assert len(editing(session, summary.id, CLINICIAN)) == 1
