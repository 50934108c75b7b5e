"""A real Chromium at the real application: web server, worker and sandbox EHR of their own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from fhir_fixtures.stories import story
from service.bootstrap import Runtime
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.browser.running import (
    chromium_path,
    opened_browser,
    served,
    sign_in,
    status,
    wait_for,
    whole_demo,
)

STORY = "depression_two_trials"
DRAFT_WITHIN_S = 120


# Of this package, not of the whole run: while Playwright is open its thread has a running event
# loop, and no other test could run one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not on the PATH; install Debian's package chromium.")
        pytest.skip("Chromium is not on the PATH; Debian's package chromium has it")
    with opened_browser(path) as browser:
        yield browser


@pytest.fixture(scope="package")
def runtime(new_data_dir: Callable[[str], Path], chromium: Browser) -> Iterator[Runtime]:
    """A whole demo service with a worker; started only where there is a browser for it."""
    with whole_demo(new_data_dir("browser")) as runtime:
        yield runtime


@pytest.fixture(scope="package")
def address(runtime: Runtime) -> Iterator[str]:
    with served(runtime) as address:
        yield address


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


@pytest.fixture(scope="package")
def drafted(runtime: Runtime) -> str:
    """The id of a summary in review, made by the worker from the story."""
    return draft(runtime)


def draft(
    runtime: Runtime, name: str = STORY, kind: SummaryType = SummaryType.PSYCHIATRIC_PROGRESS
) -> str:
    """Whoever signs it takes another kind than `drafted`: that gives way to what is signed."""
    with runtime.transaction() as session:
        summary_id = progress.request_summary(
            session,
            story(name).patient_ref,
            kind,
            actor=DEMO_PEOPLE["clinician"].id,
        ).id
    wait_for(lambda: status(runtime, summary_id) is SummaryStatus.IN_REVIEW, DRAFT_WITHIN_S)
    return summary_id
