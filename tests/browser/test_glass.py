"""Breaking the glass in a browser, at a site that asks for a relation: shut, opened, shut again."""

import pytest
from playwright.sync_api import expect

from fhir_fixtures.stories import story
from service.bootstrap import Runtime
from tests.browser.conftest import STORY
from tests.browser.running import served, sign_in

pytestmark = pytest.mark.processes

PATIENT = story(STORY).patient_ref.removeprefix("Patient/")


@pytest.fixture(scope="module")
def strict(runtime):
    """The same service, with a web server that asks for a relation."""
    asking = Runtime(runtime.settings.model_copy(update={"relation": "asked"}))
    with served(asking) as address:
        yield address
    asking.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_stranger_opens_a_chart_for_a_reason_and_shuts_it(chromium, strict, drafted, width):
    context = chromium.new_context(base_url=strict, viewport={"width": width, "height": 844})
    complaints = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    sign_in(page, "attending")
    expect(page.locator(".empty")).to_contain_text("Nothing here")
    page.goto(f"/summaries/{drafted}")
    expect(page.locator("h1")).to_have_text("Not open to you")

    page.goto(f"/patients/{PATIENT}")
    page.get_by_role("link", name="Break the glass…").click()
    expect(page.get_by_label("Patient, by the id in the EHR")).to_have_value(PATIENT)
    page.get_by_role("button", name="Break the glass").click()
    expect(page.locator("h1")).to_have_text("Break the glass")  # a reason is needed
    page.get_by_label("I was called").check()
    page.get_by_role("button", name="Break the glass").click()

    banner = page.locator(".glass-open")
    expect(banner).to_contain_text("Opened by breaking the glass")
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wide) <= 0
    page.goto(f"/summaries/{drafted}")
    expect(banner).to_contain_text("I was called")
    assert page.evaluate(wide) <= 0
    page.get_by_role("button", name="End it now").click()
    expect(page.locator(".notice.good")).to_contain_text("shut to you again")
    page.goto(f"/summaries/{drafted}")
    expect(page.locator("h1")).to_have_text("Not open to you")
    assert complaints == []
    context.close()
