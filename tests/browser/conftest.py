"""A real Chromium at the real application: web server, worker and sandbox EHR of their own."""

import os
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from fhir_fixtures.stories import story
from service import migrations
from service.bootstrap import Runtime
from service.cli.demo import bundles
from service.embedded import Parts
from service.settings import Settings
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.web.app import create_app

STORY = "depression_two_trials"
DRAFT_WITHIN_S = 120
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


# Of this package, not of the whole run: while Playwright is open its thread has a running event
# loop, and no other test could run one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not on the PATH; install Debian's package chromium.")
        pytest.skip("Chromium is not on the PATH; Debian's package chromium has it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def runtime(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Runtime]:
    """A whole demo service with a worker; started only where there is a browser for it."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("browser"),
        demo=True,
        sweep_every_s=1.0,
        worker_processes=1,
        time_zone="Europe/Stockholm",
    )
    with Parts(settings) as parts:
        parts.add_sandbox_ehr(bundles())
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        parts.add_worker()
        yield runtime
        runtime.close()


@pytest.fixture(scope="package")
def address(runtime: Runtime) -> Iterator[str]:
    """Where the application answers, served from a thread on loopback."""
    config = uvicorn.Config(
        create_app(runtime),
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started, 30)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of in this test: console errors, policy violations, crashes."""
    return []


@pytest.fixture
def context(chromium: Browser, address: str, complaints: list[str]) -> Iterator[BrowserContext]:
    opened = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    opened.on("weberror", lambda error: complaints.append(str(error.error)))
    opened.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page at which the demo clinician is signed in, on the worklist."""
    page = context.new_page()
    sign_in(page, "clinician")
    return page


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.click(f"button[value={who}]")
    page.wait_for_selector("h1")


@pytest.fixture(scope="package")
def drafted(runtime: Runtime) -> str:
    """The id of a summary in review, made by the worker from the story."""
    return draft(runtime)


def draft(runtime: Runtime, name: str = STORY) -> str:
    with runtime.transaction() as session:
        summary_id = progress.request_summary(
            session,
            story(name).patient_ref,
            SummaryType.PSYCHIATRIC_PROGRESS,
            actor=DEMO_PEOPLE["clinician"].id,
        ).id
    wait_for(lambda: status(runtime, summary_id) is SummaryStatus.IN_REVIEW, DRAFT_WITHIN_S)
    return summary_id


def status(runtime: Runtime, summary_id: str) -> SummaryStatus:
    with runtime.transaction() as session:
        return progress.find_summary(session, summary_id).status


def wait_for(condition, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not so after {within_s} s"
        time.sleep(0.05)
