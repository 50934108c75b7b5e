"""Every page as a browser sees it: no complaint, no sideways scrolling, readable in every theme."""

import gzip
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import STORY
from tests.browser.running import sign_in
from tests.browser.states import all_states, open_state

pytestmark = pytest.mark.processes

CONTRAST_AA = 4.5
# The lowest contrast of any visible text with what is painted behind it (WCAG 2.1, 1.4.3).
LOWEST_CONTRAST = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let lowest = [21, ""];
  for (const el of document.querySelectorAll("body *")) {
    const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || el.disabled || !el.checkVisibility() || el.closest("option")) continue;
    const [a, b] = [light(numbers(getComputedStyle(el).color)), light(behind(el))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < lowest[0]) lowest = [ratio, `${el.tagName}.${el.className}`];
  }
  return lowest;
}"""


@pytest.fixture(scope="package")
def states(runtime, drafted):
    return all_states(runtime, drafted, STORY)


# Colours change no width: the dark ones are looked at once.
@pytest.mark.parametrize(
    ("width", "theme"), [(1440, "light"), (1024, "light"), (390, "light"), (1024, "dark")]
)
def test_pages_fit_can_be_read_and_give_no_cause_for_complaint(
    chromium, address, states, width, theme
):
    context = chromium.new_context(
        base_url=address, color_scheme=theme, viewport={"width": width, "height": 844}
    )
    complaints = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    page = context.new_page()
    for state in states:
        open_state(page, state)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{state.name} scrolls sideways by {wide} px"
        ratio, where = page.evaluate(LOWEST_CONTRAST)
        assert ratio >= CONTRAST_AA, f"{state.name}: {where} has a contrast of {ratio:.1f}"
    context.close()
    # A page that is not there is a 404, which the console names; nothing else may be named.
    assert [c for c in complaints if "404" not in c] == []


AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = """async () => (await axe.run()).violations.map(
  (each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`
)"""


@pytest.fixture(scope="module")
def axe():
    """The rules as one script, which Chromium runs beside the page's own policy."""
    if not AXE.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("axe-core is not installed; .ci/run does it.")
        pytest.skip("axe-core is not installed: npm install --prefix tests/browser")
    return AXE.read_text()


# At 200 % a window of 1280 pixels has room for 640.
@pytest.mark.parametrize(
    ("theme", "zoom"), [("light", 1), ("dark", 1), ("light", 2)], ids=["light", "dark", "200 %"]
)
def test_axe_finds_nothing_on_any_state_of_any_page(chromium, address, states, axe, theme, zoom):
    context = chromium.new_context(
        base_url=address,
        color_scheme=theme,
        viewport={"width": 1280 // zoom, "height": 900 // zoom},
        device_scale_factor=zoom,
    )
    page = context.new_page()
    found = {}
    for state in states:
        open_state(page, state)
        page.evaluate(axe)
        found[state.name] = page.evaluate(RULES)
    context.close()
    assert {name: told for name, told in found.items() if told} == {}


MOST_KB = 100


@pytest.mark.parametrize("path", ["/worklist", "/summaries/{}", "/summaries/{}/sign"])
def test_a_page_with_all_its_files_is_light(chromium, address, drafted, path):
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    sign_in(page, "clinician")
    came = []
    parts = ("document", "stylesheet", "script", "image")
    page.on("response", lambda each: each.request.resource_type in parts and came.append(each))
    page.goto(path.format(drafted), wait_until="load")
    weighed = {each.url: len(gzip.compress(each.body())) for each in came if each.ok}
    assert any("/static/app.css" in url for url in weighed)
    assert sum(weighed.values()) <= MOST_KB * 1000, weighed
    context.close()


LONG = "Wolfeschlegelsteinhausenbergerdorff-" * 3 + "Featherstonehaugh of Cholmondeley"


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_long_names_break_and_push_nothing_aside(chromium, address, drafted, width):
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 844})
    page = context.new_page()
    sign_in(page, "clinician")
    for path in ("/worklist", f"/summaries/{drafted}", f"/summaries/{drafted}/sign"):
        page.goto(path)
        page.evaluate(
            """(name) => {
              const holds = ".me b, h1, .patient, td[data-label=Patient] a, .paper-line, .stamp";
              for (const each of document.querySelectorAll(holds)) each.append(name);
            }""",
            LONG,
        )
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} scrolls sideways by {wide} px"
        outside = page.evaluate(  # at once: the page may put a part of itself in anew meanwhile
            """(width) => [
              ...document.querySelectorAll(".desk-acts .button, .sign-form button.big")
            ].map((each) => each.getBoundingClientRect())
            .filter((box) => box.left < 0 || box.right > width).length""",
            width,
        )
        assert outside == 0, path
    context.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_header_covers_the_statement_that_is_edited(chromium, address, drafted, width):
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 500})
    page = context.new_page()
    sign_in(page, "clinician")
    page.goto(f"/summaries/{drafted}")
    page.locator("#s0 .text").focus()
    for _ in range(6):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("e")
    covered = page.evaluate(
        """() => {
          const statement = document.activeElement.closest(".statement");
          const box = statement.querySelector(".text").getBoundingClientRect();
          const top = document.elementFromPoint(box.left + 5, box.top + 5);
          return !top || !statement.contains(top);
        }"""
    )
    assert not covered
    context.close()


def test_the_desk_works_without_scripts(chromium, address, drafted):
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "clinician")
    page.goto(f"/summaries/{drafted}")
    page.locator(".statement .text").nth(2).click()
    expect(page.locator("mark#quote")).to_be_in_viewport()
    expect(page.locator("#s2.chosen")).to_have_count(1)
    context.close()


def test_a_second_click_on_a_form_sends_nothing_more(page, drafted):
    page.goto(f"/summaries/{drafted}")
    page.evaluate("""() => {
      const form = document.querySelector(".acts form[action$='/return']");
      form.addEventListener("submit", (event) => event.preventDefault());
      form.querySelector("[name=reason]").value = "Read again.";
      form.closest("details").open = true;
    }""")
    button = page.locator(".acts form[action$='/return'] button")
    button.click()
    expect(button).to_be_disabled()
