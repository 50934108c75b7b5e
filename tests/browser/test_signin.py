"""The whole in a browser with demo mode off: launched from an EHR, signed in at its provider,
drafted, signed after signing in again, and filed under the practitioner's name."""

import re
import threading
from datetime import timedelta

import httpx
import pytest
import uvicorn
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import update

from fhir_fixtures.stories import story
from service.bootstrap import Runtime
from service.database import now
from service.embedded import free_port
from service.providers import ProviderSettings
from service.web.app import create_app
from service.web.models import WebSession
from tests.browser.conftest import STORY
from tests.browser.running import wait_for
from tests.browser.test_story import SLOW_MS, decide_all, signed_text
from tests.oidc_provider import OidcProvider, running

pytestmark = pytest.mark.processes

PATIENT = story(STORY).patient_ref.removeprefix("Patient/")


@pytest.fixture(scope="module")
def hospital(runtime):
    """The application with demo mode off on the parts of this run, and the EHR that launches it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    ehr = OidcProvider(
        app=address,
        smart=True,
        people={"dr-vale": {"name": "Dr Ines Vale", "fhirUser": "Practitioner/demo-clinician"}},
        launches={"chart": {"patient": PATIENT}},
    )
    provider = ProviderSettings(
        key="ehr",
        name="the EHR",
        fhir_url=ehr.fhir_url,
        same_ehr=True,
        client_id="countersign",
        client_secret=SecretStr("a-secret-of-the-test-client"),
        default_role="clinician",
    )
    given = {"demo": False, "sign_in": (provider,), "public_url": address, "sign_max_age_s": 60}
    with running(ehr):
        real = Runtime(runtime.settings.model_copy(update=given))
        config = uvicorn.Config(
            create_app(real), host="127.0.0.1", port=port, log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_for(lambda: server.started, 30)
        yield ehr
        server.should_exit = True
        thread.join(5)
        real.close()


def authenticate(page):
    """What the provider asks for: a login, and the first time a consent."""
    page.fill("input[name=login]", "dr-vale")
    page.fill("input[name=password]", "anything")
    page.click("button[type=submit]")


@pytest.fixture
def ours(hospital):
    """Whether the browser complains of our page; the provider's look for fonts elsewhere."""

    def is_ours(line):
        return line.type == "error" and line.location["url"].startswith(hospital.app)

    return is_ours


def test_launched_signed_in_drafted_signed_and_filed(chromium, runtime, hospital, ours):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    complaints = []
    context.on("console", lambda line: complaints.append(line.text) if ours(line) else None)
    page = context.new_page()
    page.goto(f"{hospital.issuer}/ehr")
    page.click("#chart")
    authenticate(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".me")).to_contain_text("Dr Ines Vale")
    expect(page.locator(".demo")).to_have_count(0)
    assert page.url.endswith(f"/worklist?patients={PATIENT}")

    page.select_option("#ask select[name=type]", "medication-history")
    page.click("#ask form[action='/worklist'] button")
    review = page.get_by_role("link", name=re.compile("Review Medication history"))
    review.first.wait_for(timeout=SLOW_MS)
    review.first.click()
    decide_all(page)
    grow_old(runtime)
    page.get_by_role("link", name="Read and sign…").click()
    exact = page.locator("pre.exact").text_content()
    page.get_by_role("link", name="Sign in again, then sign").click()
    authenticate(page)
    page.get_by_role("button", name="Sign this text").click()
    expect(page.locator(".in-ehr")).to_contain_text("DocumentReference/", timeout=SLOW_MS)

    reference = page.locator(".in-ehr code").text_content()
    assert signed_text(runtime, reference) == exact
    filed = httpx.get(f"{runtime.settings.fhir_url}/{reference}").json()
    assert filed["author"][0]["reference"] == "Practitioner/demo-clinician"
    assert filed["author"][0]["display"] == "Dr Ines Vale"
    assert complaints == []
    context.close()


def grow_old(runtime):
    """As if the clinician had read for longer than the site allows before a signature."""
    with runtime.transaction() as session:
        earlier = now() - timedelta(hours=1)
        session.execute(update(WebSession).values(authenticated_at=earlier))
