"""One story in a browser: asked for on the worklist, read, decided, signed, filed."""

import base64
import re

import httpx
import pytest
from playwright.sync_api import expect

from fhir_fixtures.stories import story
from tests.browser.conftest import STORY

pytestmark = pytest.mark.processes

SLOW_MS = 120_000  # a draft on a busy machine


def decide_all(page):
    """Give every open finding a decision and a reason, as a clinician would, one form at a time."""
    while True:
        card = page.locator(".finding:not(.settled)").first
        if card.count() == 0:
            return
        for folded in page.locator("details.folded:not([open]) > summary").all():
            folded.click()
        number = card.get_attribute("id")
        if card.evaluate("el => el.matches('details:not([open])')"):
            card.locator("> summary").click()
        card.locator(".decide > summary").click()
        card.locator("input[value=other]").check()
        card.locator("input[name=reason]").fill("Compared with the chart and with the patient.")
        card.get_by_role("button", name="Keep decision").click()
        expect(page.locator(f"#{number}.settled")).to_have_count(1, timeout=SLOW_MS)


def test_a_summary_is_signed_from_worklist_to_filed(page, runtime, complaints):
    page.fill("input[name=other]", story(STORY).patient_ref)
    page.select_option("#ask select[name=type]", "medication-history")
    page.click("#ask form[action='/worklist'] button")
    review = page.get_by_role("link", name=re.compile("Review Medication history"))
    review.first.wait_for(timeout=SLOW_MS)  # the row follows the work without a reload
    review.first.click()
    expect(page.locator(".stamp")).to_have_text("Draft, not signed")
    decide_all(page)
    page.get_by_role("link", name="Read and sign…").click()
    exact = page.locator("pre.exact").text_content()
    page.get_by_role("button", name="Sign this text").click()
    expect(page.locator(".in-ehr")).to_contain_text("DocumentReference/", timeout=SLOW_MS)
    expect(page.locator(".pill.filed")).to_have_text("Filed in the EHR")
    reference = page.locator(".in-ehr code").text_content()
    assert signed_text(runtime, reference) == exact
    assert complaints == []


def signed_text(runtime, reference):
    """The plain text that the EHR gives back for a document."""
    document = httpx.get(f"{runtime.settings.fhir_url}/{reference}").json()
    attachment = next(
        c["attachment"]
        for c in document["content"]
        if c["attachment"]["contentType"].startswith("text/plain")
    )
    return base64.b64decode(attachment["data"]).decode()


def test_a_statement_opens_its_source_at_the_quote(page, drafted, complaints):
    page.goto(f"/summaries/{drafted}")
    statement = page.locator(".statement .text").nth(3)
    statement.click()
    lit = page.locator("mark.lit").first
    expect(lit).to_be_in_viewport()
    expect(page.locator("#source-of")).to_contain_text("for statement 4")
    assert page.url.endswith("?statement=3")
    assert complaints == []


def test_a_wrong_number_is_found_beside_its_source_and_taken_back(page, drafted, complaints):
    page.goto(f"/summaries/{drafted}")
    held = page.locator(".statement", has_text="bupropion XL 300 mg every morning").first
    statement = page.locator(f"#{held.get_attribute('id')}")
    before = statement.locator(".text").text_content()
    edit(statement, before.replace("300 mg", "450 mg"))
    expect(statement.locator(".finding.major").first).to_contain_text("450", timeout=SLOW_MS)
    statement.locator(".text").click()
    assert "300 mg" in "".join(page.locator("mark.lit").all_text_contents())
    statement.locator(".edit > summary").click()
    statement.get_by_role("button", name="Take back the edit").click()
    expect(statement.locator(".text")).to_have_text(before, timeout=SLOW_MS)
    assert complaints == []


def edit(statement, words):
    statement.locator(".edit > summary").click()
    statement.locator("textarea").fill(words)
    statement.get_by_role("button", name="Save and check").click()


def test_everything_up_to_the_signature_works_by_keyboard_alone(page, drafted):
    page.goto(f"/summaries/{drafted}")
    tab_to(page, "a.text")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert focused(page, "el => el.closest('.source') !== null"), "the focus follows to the source"
    page.keyboard.press("Escape")
    assert focused(page, "el => el.matches('#s1 .text')"), "Escape comes back to the statement"
    page.goto(f"/summaries/{drafted}")
    tab_to(page, f"a[href$='{drafted}/sign']")
    page.keyboard.press("Enter")
    expect(page.locator("pre.exact")).to_be_visible()


def tab_to(page, selector):
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page, f"el => el.matches({selector!r})"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def focused(page, question):
    return page.evaluate(f"({question})(document.activeElement)")
