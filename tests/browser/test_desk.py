"""The desk in a browser, by mouse and by keyboard: insert, add, undo, typed words, what is new."""

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from fhir_fixtures.stories import story
from service.web.models import WebSession
from tests.browser.conftest import draft
from tests.browser.running import sign_in

pytestmark = pytest.mark.processes

SLOW_MS = 60_000  # a save on a busy machine


@pytest.fixture
def desk(page, drafted):
    page.goto(f"/summaries/{drafted}")
    page.wait_for_selector("#fresh .asked")
    return page


def statements(page):
    return page.locator(".statement .text").all_text_contents()


def test_the_desk_says_that_nothing_is_new(desk, complaints):
    expect(desk.locator("#fresh .asked")).to_contain_text("Chart read just now, nothing new")
    assert complaints == []


def test_what_is_borne_has_no_mark_beside_it(desk):
    assert desk.locator(".badge.supported").count() == 0


def test_a_folded_section_stays_folded_for_its_reader_until_it_has_something_to_decide(desk):
    quiet = desk.locator(".fold").filter(has_not=desk.locator(".finding:not(.settled)"))
    key = quiet.first.get_attribute("data-fold")
    desk.locator(f".fold[data-fold='{key}'] > summary").click()
    desk.reload()
    expect(desk.locator(f".fold[data-fold='{key}']")).not_to_have_attribute("open", "")
    loud = desk.locator(".fold").filter(has=desk.locator(".finding:not(.settled)"))
    for each in loud.all():
        expect(each).to_have_attribute("open", "")
    desk.locator(f".fold[data-fold='{key}'] > summary").click()
    desk.reload()
    expect(desk.locator(f".fold[data-fold='{key}']")).to_have_attribute("open", "")


def test_an_edit_is_saved_in_place_and_undone_by_a_key(desk):
    before = statements(desk)
    desk.evaluate("window.stays = true")
    desk.locator("#s1 .text").focus()
    desk.keyboard.press("e")
    desk.locator("#s1 textarea").fill("Words of my own about the visit.")
    desk.get_by_role("button", name="Save and check").locator("visible=true").click()
    expect(desk.locator(".toast")).to_contain_text("Saved", timeout=SLOW_MS)
    assert "Words of my own about the visit." in statements(desk)
    assert desk.evaluate("window.stays"), "the page was not loaded anew"
    desk.keyboard.press("z")
    expect(desk.locator(".statement .text").nth(1)).to_have_text(before[1], timeout=SLOW_MS)
    assert statements(desk) == before


def test_a_statement_is_moved_by_keyboard_alone(desk):
    first, *_ = statements(desk)
    desk.locator("#s0 .text").focus()
    desk.keyboard.press("Alt+ArrowDown")
    expect(desk.locator(".toast")).to_contain_text("Moved", timeout=SLOW_MS)
    assert statements(desk)[:1] != [first]
    desk.keyboard.press("z")
    expect(desk.locator(".statement .text").first).to_have_text(first, timeout=SLOW_MS)


def test_a_statement_is_added_from_words_marked_in_a_source(desk):
    desk.locator("#s2 .text").click()
    desk.locator(".add > summary").first.click()
    desk.evaluate("""() => {
      const text = document.querySelector(".source:not([hidden]) .record-text");
      const range = document.createRange();
      range.selectNodeContents(text.querySelector("mark.lit"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }""")
    form = desk.locator(".add[open] form")
    expect(form.locator("[data-picked]")).to_be_visible()
    words = form.locator("q").text_content()
    form.locator("textarea").fill(words)
    form.get_by_role("button", name="Add and check").click()
    expect(desk.locator(".toast")).to_contain_text("Added", timeout=SLOW_MS)
    desk.locator("[data-step-undo] button").click()
    expect(desk.locator(".toast")).to_contain_text("taken back", timeout=SLOW_MS)


def test_the_keys_are_told_on_a_question_mark(desk):
    desk.locator("#s0 .text").focus()
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).to_be_hidden()


def test_typed_words_outlive_the_session(desk, runtime, context):
    desk.locator("#s3 .edit > summary").click()
    with desk.expect_response("**/unsaved"):
        desk.locator("#s3 textarea").fill("Typed and not saved.")
    with runtime.transaction() as session:
        session.execute(delete(WebSession))
    desk.locator("#s3").get_by_role("button", name="Save and check").click()
    expect(desk.locator("#expiry [data-over]")).to_be_visible()
    expect(desk.locator("#s3 textarea")).to_have_value("Typed and not saved.")
    other = context.new_page()
    sign_in(other, "clinician")
    other.goto(desk.url)
    expect(other.locator("#s3 textarea")).to_have_value("Typed and not saved.")
    other.locator("#s3").get_by_role("button", name="Let go").click()
    expect(other.locator("#s3 .edit[open]")).to_have_count(0)
    desk.close(run_before_unload=False)


def test_on_a_phone_the_source_lies_over_the_text_and_back_takes_it_away(
    chromium, address, drafted
):
    context = chromium.new_context(base_url=address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, "clinician")
    page.goto(f"/summaries/{drafted}")
    page.locator("#s4 .text").click()
    expect(page.locator("mark.lit").first).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#s4 .text")).to_be_in_viewport()
    assert page.url.endswith(f"/summaries/{drafted}")
    context.close()


def test_a_change_in_the_ehr_is_told_on_top_and_blocks_until_somebody_decides(page, runtime):
    # Nobody else's patient here: a chart that was pulled keeps what the EHR then deletes.
    summary_id = draft(runtime, "ptsd_substance_use")
    patient = story("ptsd_substance_use").patient_ref
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "new-latex",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Latex"},
        "criticality": "high",
        "patient": {"reference": patient},
    }
    url = f"{runtime.settings.fhir_url}/AllergyIntolerance/new-latex"
    assert httpx.put(url, json=allergy).status_code in (200, 201)
    try:
        page.goto(f"/summaries/{summary_id}?ask=now")
        expect(page.locator("#fresh")).to_contain_text("New allergy: Latex")
        expect(page.locator("#fresh .finding.major")).to_be_visible()
        expect(page.locator(".desk-acts .blocked")).to_be_visible()
        expect(page.get_by_role("button", name="Update the draft")).to_be_visible()
    finally:
        httpx.delete(url)


def test_what_is_copied_out_of_a_text_says_how_the_text_stands(desk):
    told = desk.evaluate(
        """() => {
          const text = document.querySelector("#s0 .text");
          getSelection().selectAllChildren(text);
          const event = new ClipboardEvent("copy", {
            clipboardData: new DataTransfer(), bubbles: true, cancelable: true,
          });
          text.dispatchEvent(event);
          return event.clipboardData.getData("text/plain");
        }"""
    )
    first, _, said = told.partition("\n")
    assert "Draft, not signed" in first
    assert said == desk.locator("#s0 .text").inner_text()


def test_what_is_printed_says_how_the_text_stands_and_leaves_out_what_is_not_of_it(desk):
    desk.locator("#s0 .edit > summary").click()
    desk.locator("#s0 form.comment input[name=words]").fill("Is this so?")
    desk.locator("#s0 form.comment button").click()
    expect(desk.locator("#s0 .remark")).to_be_visible()
    desk.emulate_media(media="print")
    expect(desk.locator(".stamp")).to_be_visible()
    foot = "getComputedStyle(document.querySelector('#paper'), '::after').content"
    assert "Draft, not signed" in desk.evaluate(foot)
    for aside in (".remark", "#s0 .edit", ".desk-right", ".section-acts", ".apart"):
        expect(desk.locator(aside).first).to_be_hidden()
    desk.emulate_media(media="screen")
    desk.locator("#s0 .remark button").click()
    expect(desk.locator("#s0 .remark")).to_have_count(0)


def test_a_comment_is_said_by_keyboard_alone(desk):
    desk.locator("#s1 .text").focus()
    desk.keyboard.press("c")
    desk.keyboard.type("Ask the ward.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#s1 .remark")).to_contain_text("Ask the ward.")
    desk.locator("#s1 .remark button").click()
    expect(desk.locator("#s1 .remark")).to_have_count(0)
