"""`python -m tests.browser.screenshots`: the README's pictures, made anew from the demo.

Three of docs/: a summary as it is opened, a statement beside its source, and the same on a phone,
where the source lies over the text. With --all FOLDER also every state of every page, at 1440,
1024 and 390, to look at. Needs Chromium.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from fhir_fixtures.stories import story
from service.bootstrap import Runtime, configure_logging
from service.settings import Settings
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.browser.running import (
    chromium_path,
    opened_browser,
    served,
    status,
    wait_for,
    whole_demo,
)
from tests.browser.states import State, all_states, open_state

DOCS = Path(__file__).parents[2] / "docs"
STORY, WIDTHS = "depression_two_trials", (1440, 1024, 390)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--all", type=Path, metavar="FOLDER")
    given = asked.parse_args()
    configure_logging(Settings(log_level="error"))
    path = chromium_path()
    if path is None:
        sys.exit("Chromium is not on the PATH; Debian's package chromium has it.")
    with (
        tempfile.TemporaryDirectory() as at,
        opened_browser(path) as browser,
        whole_demo(Path(at)) as runtime,
        served(runtime) as address,
    ):
        drafted = _draft(runtime)
        _for_readme(browser, address, drafted)
        if given.all:
            _all(browser, address, all_states(runtime, drafted, STORY), given.all)
    return 0


def _draft(runtime: Runtime) -> str:
    with runtime.transaction() as session:
        ref, by = story(STORY).patient_ref, DEMO_PEOPLE["clinician"].id
        made = progress.request_summary(session, ref, SummaryType.PSYCHIATRIC_PROGRESS, actor=by)
    wait_for(lambda: status(runtime, made.id) is SummaryStatus.IN_REVIEW, 300)
    return made.id


def _for_readme(browser: Browser, address: str, drafted: str) -> None:
    desk = f"/summaries/{drafted}"
    _take(browser, address, State("desk", desk), (1100, 720), DOCS / "desk.png")
    _take(browser, address, State("source", desk, do=_statement), (1100, 580), DOCS / "source.png")
    _take(browser, address, State("phone", desk, do=_statement), (390, 720), DOCS / "phone.png")


def _statement(page: Page) -> None:
    page.locator("#s2 .text").click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # until the page lies where it scrolls to


def _all(browser: Browser, address: str, states: Iterable[State], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for state in states:
        for width in WIDTHS:
            _take(browser, address, state, (width, 844), folder / f"{state.name}-{width}.png")


def _take(browser: Browser, address: str, state: State, size: tuple[int, int], to: Path) -> None:
    width, height = size
    window: ViewportSize = {"width": width, "height": height}
    context = browser.new_context(base_url=address, viewport=window)
    page = context.new_page()
    open_state(page, state)
    page.screenshot(path=to)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
