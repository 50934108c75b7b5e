"""`python -m tests.benchmarks first_paint`: how soon the desk is seen, beside a static page.

A summary of 60 statements from a chart of 5,000 records, in Chromium, with nobody else asking. The
static page has as many bytes, plain paragraphs, no stylesheet and no script, and comes from a file
server on this machine. Each is opened --times times (default 15) in turn, in a window of its own
with nothing kept; *ms* is the median first contentful paint since the address was asked for.
The ratio to meet: 2.
"""

import argparse
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.embedded import running_parts
from service.settings import Settings
from tests.benchmarks.desk import RECORDS, fill
from tests.browser.running import chromium_path, opened_browser, served, sign_in

PAINTED = """() => new Promise((told) => {
  new PerformanceObserver((list) => {
    for (const each of list.getEntriesByName("first-contentful-paint")) told(each.startTime);
  }).observe({ type: "paint", buffered: true });
})"""
LINE = "<p>Words of a page that nobody made for anyone, as long as a statement is.</p>\n"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--times", type=int, default=15)
    asked.add_argument("--records", type=int, default=RECORDS)
    given = asked.parse_args()
    path = chromium_path()
    if path is None:
        sys.exit("Chromium is not on the PATH; Debian's package chromium has it.")
    configure_logging(Settings(log_level="error"))
    with (
        tempfile.TemporaryDirectory() as at,
        opened_browser(path) as browser,
        running_parts(Settings(data_dir=at, demo=True)) as up,
    ):
        runtime = Runtime(up.settings)
        migrations.upgrade(runtime.engine)
        (summary_id,) = fill(runtime, 1, given.records)
        with served(runtime) as address:
            _measure(browser, f"{address}/summaries/{summary_id}", Path(at), given.times)
        runtime.close()
    return 0


def _measure(browser: Browser, desk: str, folder: Path, times: int) -> None:
    context = browser.new_context(base_url=desk.rpartition("/summaries/")[0])
    sign_in(context.new_page(), "clinician")
    size = len(context.request.get(desk).body())
    with _static(folder, size) as static:
        took = [(_painted(context, desk), _painted(context, static)) for _ in range(times)]
    ours, plain = (statistics.median(each) for each in zip(*took, strict=True))
    print("| KB | desk, ms | static, ms | ratio | to meet |\n|---|---|---|---|---|")
    print(f"| {size / 1000:.0f} | {ours:.0f} | {plain:.0f} | {ours / plain:.1f} | 2 |")
    context.close()


@contextmanager
def _static(folder: Path, size: int) -> Iterator[str]:
    """The address of a page of so many bytes."""
    head = "<!doctype html><html lang=en><title>Static</title><body>\n"
    (folder / "static.html").write_text(head + LINE * ((size - len(head)) // len(LINE)))
    handler = partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/static.html"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nothing: what is printed is a table."""


def _painted(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    page.goto(address)
    at = float(page.evaluate(PAINTED))
    page.close()
    return at


if __name__ == "__main__":
    sys.exit(main())
