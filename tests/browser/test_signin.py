"""The whole job in a browser with demo mode off, in the web server and in the worker: launched from
a visit in an EHR, signed in at its provider, drafted, signed after signing in again, filed under
the practitioner's name into that visit, read back, and withdrawn with the reason."""

import re
import threading
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
import uvicorn
from playwright.sync_api import expect
from pydantic import SecretStr

from fhir_fixtures.stories import story
from service import audit, migrations
from service.bootstrap import Runtime
from service.cli.demo import bundles
from service.database import now
from service.embedded import Parts, free_port
from service.providers import ProviderSettings
from service.settings import Settings
from service.web import step_up
from service.web.app import create_app
from tests.browser.conftest import STORY
from tests.browser.running import wait_for
from tests.browser.test_story import SLOW_MS, decide_all, signed_text
from tests.oidc_provider import OidcProvider, running

pytestmark = pytest.mark.processes

PATIENT = story(STORY).patient_ref.removeprefix("Patient/")
VISIT = next(
    entry["resource"]["id"]
    for entry in story(STORY).bundle["entry"]
    if entry["resource"]["resourceType"] == "Encounter"
)


@pytest.fixture(scope="module")
def ward(new_data_dir, chromium):
    """Parts of its own: no process of it is in demo mode."""
    settings = Settings(data_dir=new_data_dir("ward"), sweep_every_s=1.0, worker_processes=1)
    with Parts(settings) as parts:
        parts.add_sandbox_ehr(bundles())
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        parts.add_worker()
        yield runtime
        runtime.close()


@pytest.fixture(scope="module")
def hospital(ward):
    """The application at an address of its own, and the EHR that launches it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    ehr = OidcProvider(
        app=address,
        smart=True,
        people={"dr-vale": {"name": "Dr Ines Vale", "fhirUser": "Practitioner/demo-clinician"}},
        launches={"chart": {"patient": PATIENT, "encounter": VISIT}},
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
    given = {"sign_in": (provider,), "public_url": address, "sign_max_age_s": 600}
    with running(ehr):
        real = Runtime(ward.settings.model_copy(update=given))
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


def test_the_whole_job_without_demo_mode(chromium, ward, hospital, ours):
    assert ward.settings.demo is False
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
    with an_hour_later():
        page.get_by_role("link", name="Read and sign…").click()
        exact = page.locator("pre.exact").text_content()
    page.get_by_role("link", name="Sign in again, then sign").click()
    authenticate(page)
    page.get_by_role("button", name="Sign this text").click()
    expect(page.locator(".in-ehr")).to_contain_text("DocumentReference/", timeout=SLOW_MS)

    reference = page.locator(".in-ehr code").text_content()
    assert signed_text(ward, reference) == exact
    filed = get(ward, reference)
    assert filed["author"][0]["reference"] == "Practitioner/demo-clinician"
    assert filed["author"][0]["display"] == "Dr Ines Vale"
    assert filed["context"]["encounter"] == [{"reference": f"Encounter/{VISIT}"}]
    assert activities(ward, reference) == ["CREATE"]

    withdraw(page)
    assert get(ward, reference)["status"] == "entered-in-error"
    assert activities(ward, reference) == ["CREATE", "NULLIFY"]
    with ward.transaction() as session:
        assert audit.broken_link(audit.chain(session), key=audit.key_of(ward.settings)) is None
    assert complaints == []
    context.close()


def withdraw(page):
    page.locator("summary", has_text="Retract").first.click()
    page.locator("form[action$='/retract'] [name=reason]").fill("Written for another patient.")
    page.locator("form[action$='/retract'] button").click()
    expect(page.locator(".pill.retracted")).to_be_visible(timeout=SLOW_MS)


def get(runtime, reference):
    return httpx.get(f"{runtime.settings.fhir_url}/{reference}").json()


def activities(runtime, reference):
    """What the EHR's Provenances tell of a document, the oldest first."""
    found = get(runtime, f"Provenance?target={reference}")["entry"]
    made = sorted((e["resource"] for e in found), key=lambda p: p["recorded"])
    return [each["activity"]["coding"][0]["code"] for each in made]


@contextmanager
def an_hour_later():
    """As if the clinician had read for longer than the site allows before a signature."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(step_up, "now", lambda: now() + timedelta(hours=1))
        yield
