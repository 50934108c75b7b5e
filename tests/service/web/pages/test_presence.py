"""The desk says who else is at the text, and the page can ask again."""

from tests.service.review.builders import a_summary


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
