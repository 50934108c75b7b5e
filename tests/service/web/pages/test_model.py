"""The pages say who wrote what, where the model is switched off, and what it took."""

from tests.service.review.builders import a_summary

WRITER = {
    "name": "openai:x",
    "seconds": 4.2,
    "calls": 9,
    "tokens_in": 900,
    "tokens_out": 90,
    "cost": 0.02,
    "prompt": "pre-visit",
    "version": "2",
    "hash": "abcdef0123",
    "sections": {"all": "extractive (the model gave no readable answer)"},
}


def written(committed, **more):
    def build(session):
        summary = a_summary(session)
        summary.current.writer = WRITER | more
        return summary

    return committed(build)


def test_a_section_says_that_the_model_wrote_it(committed, as_person):
    drafted = written(committed, sections={"all": "openai:x"})
    desk = as_person("clinician").get(f"/summaries/{drafted.id}")
    assert "Drafted by openai:x" in desk.page.select_one("#section-1").get_text()


def test_a_section_says_who_wrote_it_and_why_not_the_model(committed, as_person):
    desk = as_person("clinician").get(f"/summaries/{written(committed).id}")
    heading = desk.page.select_one("#section-1").get_text(" ", strip=True)
    assert heading.endswith("Taken from the chart: the model gave no readable answer")


def test_a_reason_that_many_sections_have_is_said_once(committed, as_person):
    empty = "extractive (the model wrote nothing)"
    sections = {"all": empty, "risk": "extractive", "labs": empty, "plan": empty}
    paper = as_person("clinician").get(f"/summaries/{written(committed, sections=sections).id}")
    said = paper.page.select_one(".paper").get_text(" ", strip=True)
    assert said.count("the model wrote nothing") == 1
    assert paper.page.select_one(".from-chart").get_text().startswith("Taken from the chart, as")
    assert paper.page.select_one("#section-1").get_text(" ", strip=True).endswith("from the chart")


def test_a_draft_without_the_switched_off_model_says_so(committed, as_person):
    off = "The model is switched off for type handoff: under review."
    desk = as_person("clinician").get(f"/summaries/{written(committed, off=off).id}")
    assert off in desk.page.select_one(".paper .notice").get_text()


def test_the_worklist_says_what_drafted_each(committed, as_person):
    written(committed)
    row = as_person("clinician").get("/worklist").page.select_one("td.kind")
    assert "Drafted by openai:x" in row.get_text()


def test_quality_sees_what_a_draft_took_and_a_clinician_does_not(committed, as_person):
    summary = written(committed)
    history = as_person("qa").get(f"/summaries/{summary.id}/history")
    assert "9 calls, 900 tokens in, 90 out, cost 0.02, prompt pre-visit 2" in history.text
    assert "900" not in as_person("clinician").get(f"/summaries/{summary.id}/history").text
    assert "0.02" in history.get("/quality").page.select_one("#usage-title").parent.get_text()


def test_it_switches_the_model_off_and_on_from_its_page(committed, as_person):
    written(committed)
    it = as_person("it").get("/operations")
    assert "900" in it.page.select_one("#usage-title").parent.get_text()
    it.send("/operations/switches/off", switch="handoff", reason="why", status=400)
    assert "is no switch" in it.text
    it.send("/operations/switches/off", switch="type:handoff", reason="Under review")
    assert "type:handoff Under review" in it.text
    it.send("/operations/switches/on")
    assert "Under review" not in it.page.select_one("#switches-title").parent.get_text()
