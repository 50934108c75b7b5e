"""What a phone shows first, and what no window breaks: the frame, cards, short words, folds."""

import pytest
from playwright.sync_api import expect

from fhir_fixtures.stories import story
from tests.browser.conftest import STORY
from tests.browser.running import sign_in

pytestmark = pytest.mark.processes

PHONE = {"width": 390, "height": 844}
ONE_LINE = 56  # px: a line of buttons with its padding


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def phone(chromium, address, request):
    context = chromium.new_context(
        base_url=address, viewport=PHONE, java_script_enabled=request.param
    )
    page = context.new_page()
    sign_in(page, "clinician")
    yield page
    context.close()


def top(page, selector):
    return page.locator(selector).first.bounding_box()


def test_the_frame_is_one_line_and_signs_out(phone, drafted):
    for path in ("/worklist", f"/summaries/{drafted}", f"/summaries/{drafted}/sign"):
        phone.goto(path)
        assert top(phone, "header.top")["height"] <= ONE_LINE, path
    expect(phone.get_by_role("button", name="Sign out", exact=True)).to_be_hidden()
    phone.get_by_role("button", name="Signed in as Dr Ines Lindqvist").click()
    expect(phone.locator(".me-menu .me")).to_contain_text("clinician")
    phone.get_by_role("button", name="Sign out", exact=True).click()
    expect(phone.locator("h1")).to_have_text("Who are you today?")


def test_the_brief_begins_on_the_first_screen(phone, drafted):
    phone.goto(f"/summaries/{drafted}")
    line = top(phone, "#s0 .text")
    assert line["y"] < PHONE["height"] * 0.8


def test_the_act_of_signing_stands_where_reading_ends(phone, drafted):
    phone.goto(f"/summaries/{drafted}")
    below, paper = top(phone, ".sign-below a"), top(phone, "#paper")
    assert 0 < below["y"] - paper["y"] - paper["height"] < 100
    phone.locator(".sign-below a").click()
    expect(phone.locator("pre.exact")).to_be_visible()


def test_in_a_card_what_belongs_together_stands_below_itself(phone, drafted):
    phone.goto("/worklist")
    row = phone.locator(f"#row-{drafted}")
    asked, by = row.locator("[data-label=Asked]"), row.locator("[data-label=Asked] .by")
    start = asked.evaluate("""(td) => {
      const range = document.createRange();
      range.selectNodeContents(td.firstChild);
      return range.getClientRects()[0].left;
    }""")
    assert by.bounding_box()["x"] == pytest.approx(start, abs=6)
    status = row.locator("[data-label=Status] .pill").bounding_box()
    assert status["width"] < 140, "a mark is as wide as its words"


@pytest.mark.parametrize("width", [1440, 1280, 1024])
def test_no_short_word_of_a_table_is_broken(chromium, address, drafted, width):
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, "clinician")
    patient = story(STORY).patient_ref.removeprefix("Patient/")
    for path in ("/worklist", f"/patients/{patient}"):
        page.goto(path)
        broken = page.evaluate("""() => {
          const lines = (node, at, end) => {
            const range = document.createRange();
            range.setStart(node, at); range.setEnd(node, end);
            return new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
          };
          const found = [];
          for (const td of document.querySelectorAll("td.kind, td.turn")) {
            const walk = document.createTreeWalker(td, NodeFilter.SHOW_TEXT);
            for (let n = walk.nextNode(); n; n = walk.nextNode())
              for (const word of n.data.matchAll(/\\S+/g))
                if (lines(n, word.index, word.index + word[0].length) > 1) found.push(word[0]);
          }
          return found;
        }""")
        assert broken == [], path
        assert page.locator("td.kind, td.turn").count()
    context.close()


def test_a_folded_area_of_facts_opens_where_its_name_leads(page):
    patient = story(STORY).patient_ref.removeprefix("Patient/")
    page.goto(f"/patients/{patient}/facts")
    links = page.locator("nav[aria-label=Areas] a")
    assert links.count() <= 8
    expect(page.locator("#event")).to_be_hidden()
    links.filter(has_text="Background").click()
    expect(page.locator("#identity")).to_be_in_viewport()
    expect(page.locator("#background")).to_have_attribute("open", "")


def test_which_facts_are_not_shown_is_one_click_from_the_line_that_counts_them(page, drafted):
    page.goto(f"/summaries/{drafted}")
    page.locator(".absence .which").click()
    expect(page.locator("h1")).to_contain_text("Not shown in this text")
    assert page.locator(".fact").count()
