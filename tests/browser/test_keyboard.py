"""What is done at the pages, done by keyboard alone."""

import pytest
from playwright.sync_api import expect

from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.browser.conftest import draft
from tests.browser.running import sign_in
from tests.browser.test_story import SLOW_MS, tab_to
from tests.service.review.builders import a_summary_at

pytestmark = pytest.mark.processes


@pytest.fixture
def desk(page, drafted):
    page.goto(f"/summaries/{drafted}")
    page.wait_for_selector("#fresh .asked")
    page.locator("#s0 .text").focus()
    return page


def test_the_worst_finding_is_decided(page, runtime):
    page.goto(f"/summaries/{draft(runtime, kind=SummaryType.HANDOFF)}")
    page.locator("#s0 .text").focus()
    page.keyboard.press("n")
    number = page.evaluate("document.activeElement.id")
    expect(page.locator(f"#{number}")).to_have_class("finding major")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    tab_to(page, f"#{number} input[name=reason]")
    page.keyboard.type("Compared with the chart and with the patient.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#{number}.settled")).to_have_count(1, timeout=SLOW_MS)


def test_a_statement_is_added_and_taken_back(desk):
    before = desk.locator(".statement").count()
    desk.keyboard.press("a")
    desk.keyboard.type("Words of my own about this visit.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("Added", timeout=SLOW_MS)
    expect(desk.locator(".statement")).to_have_count(before + 1)
    desk.locator("#s0 .text").focus()
    desk.keyboard.press("z")
    expect(desk.locator(".statement")).to_have_count(before, timeout=SLOW_MS)


def test_a_section_is_folded(desk):
    fold = desk.locator(".fold").last
    fold.locator("> summary").focus()
    desk.keyboard.press("Enter")
    expect(fold).not_to_have_attribute("open", "")
    desk.keyboard.press("Enter")
    expect(fold).to_have_attribute("open", "")


def test_a_patient_is_found_in_the_ehr_and_chosen(page):
    page.locator("input[name=name]").focus()
    page.keyboard.type("Okafor")
    page.keyboard.press("Enter")
    page.locator("#found input").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#found input:checked")).to_have_count(1)


def test_failed_work_is_tried_again(context, runtime):
    with runtime.transaction() as session:
        a_summary_at(session, SummaryStatus.FAILED)
    page = context.new_page()
    sign_in(page, "it")
    page.goto("/operations")
    tab_to(page, "form[action$='/retry'] button")
    page.keyboard.press("Enter")
    expect(page.locator("main > .notice.good")).to_be_visible()


def test_who_is_about_to_be_signed_out_is_told_and_stays(chromium, address, drafted):
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    page.clock.install()
    sign_in(page, "clinician")
    page.goto(f"/summaries/{drafted}")
    page.clock.fast_forward("28:06")
    expect(page.locator("#expiry [data-soon]")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#expiry")).to_be_hidden()
    context.close()
