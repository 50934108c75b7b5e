"""The whole demo on this machine and a browser at it, for tests and for pictures."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from service import migrations
from service.bootstrap import Runtime
from service.cli.demo import bundles
from service.embedded import Parts
from service.settings import Settings
from service.summary import progress
from service.summary.vocabulary import SummaryStatus
from service.web.app import create_app

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def chromium_path() -> str | None:
    """Where Chromium is; Debian's package has this name."""
    return shutil.which("chromium")


@contextmanager
def opened_browser(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def whole_demo(data_dir: Path) -> Iterator[Runtime]:
    """Every part, the sandbox EHR with its stories, and a worker."""
    settings = Settings(
        data_dir=data_dir,
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


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """Where the application answers, from a thread on loopback."""
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


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.click(f"button[value={who}]")
    page.wait_for_selector("h1")


def status(runtime: Runtime, summary_id: str) -> SummaryStatus:
    with runtime.transaction() as session:
        return progress.find_summary(session, summary_id).status


def wait_for(condition: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not so after {within_s} s"
        time.sleep(0.05)
