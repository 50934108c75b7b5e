"""`python -m tests.benchmarks desk`: what the server takes for worklist, desk and save.

500 summaries stand on the worklist; one patient has a chart of 5,000 records, from which 60
statements are drafted, each from a record of its own. --people (default 20) ask at once, --rounds
(default 5) times each: everybody the worklist and the desk, of which each reads a summary of their
own; then each rewords a statement there, no two in the same words: the page keeps what is typed,
two seconds go by, it is saved. Milliseconds from the request sent to the answer read; the server
has --processes (default 2), and askers, server and database share this machine, so that with two
cores most of it is waiting for each other: *alone* is the same with one person. *Server* is what
one request of the row costs the web processes, in milliseconds of a processor (a save with its page
and what is kept while typing): it hangs less on what else the machine does. *KB* is the page
compressed by gzip, *failed* counts answers that were none, up to this row.
The sums to meet (p95, 20 people, 2 cores): 100, 150 and 300 ms; 100 KB.

Then the same people *reading*: each waits before each click, at random, --thinking seconds on the
average (default 5), as people do who read what they are shown. No sum is set for these rows.
"""

import argparse
import gzip
import os
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.files import of_text
from service.chart.ingest import ingest
from service.chart.models import Chart, SnapshotRecord, SourceRecord
from service.embedded import environment, free_port, running_parts
from service.reading import keep
from service.settings import Settings
from service.summary import progress
from service.summary.document import Citation, Document, Section, Statement
from service.summary.models import Summary
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.summary.vocabulary import SummaryType
from service.web.app import served
from service.web.pages.signin import ROLES
from tests.benchmarks.made_up_charts import a_bundle

ROWS, RECORDS, STATEMENTS, SEED = 500, 5_000, 60, 20261129
MOST_PEOPLE = 100
TYPING_S = 2.0
SUMS = {"worklist": 100, "desk": 150, "save": 300}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--people", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--records", type=int, default=RECORDS)
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--thinking", type=float, default=5.0)
    given = asked.parse_args()
    configure_logging(Settings(log_level="error"))
    with tempfile.TemporaryDirectory() as at, running_parts(Settings(data_dir=at, demo=True)) as up:
        runtime = Runtime(up.settings)
        migrations.upgrade(runtime.engine)
        own = fill(runtime, given.people, given.records)
        with _served(up.settings, given.processes) as (address, server):
            people = [_Person(address, each, number) for number, each in enumerate(own)]
            print(_HEAD)
            for name in SUMS:
                _measure(name, people, given.rounds, server)
            for name in SUMS:
                _measure(name, people, given.rounds, server, given.thinking)
        runtime.close()
    return 0


def served_to_many() -> FastAPI:
    """Demo mode knows one clinician, and nobody is answered twenty times at once."""
    for number in range(MOST_PEOPLE):
        one = replace(DEMO_PEOPLE["clinician"], id=f"demo-clinician-{number}")
        DEMO_PEOPLE[f"clinician-{number}"], ROLES[f"clinician-{number}"] = one, ROLES["clinician"]
    return served()


@contextmanager
def _served(settings: Settings, processes: int) -> Iterator[tuple[str, int]]:
    """The address of a web server of that many processes, as a site runs it; and its own id."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.desk:served_to_many", "--factory"]
    command += ["--port", str(port), "--workers", str(processes), "--log-level", "critical"]
    shared = {"COUNTERSIGN_SESSION_SECRET": secrets.token_hex(32)}
    told = os.environ | environment(settings) | shared
    with subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL) as server:
        address = f"http://127.0.0.1:{port}"
        while not _answers(address):
            time.sleep(0.1)
        yield address, server.pid
        server.terminate()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").is_success
    except httpx.TransportError:
        return False


_HEAD = """\
| | alone p50 | p50 | p95 | to meet | server | KB | failed |
|---|---|---|---|---|---|---|---|"""


def _measure(
    name: str, people: "list[_Person]", rounds: int, server: int, thinking_s: float = 0.0
) -> None:
    act: Callable[[_Person], float] = getattr(_Person, name)
    wait = random.Random(SEED)

    def thoughtful(person: _Person) -> float:
        time.sleep(wait.uniform(0, 2 * thinking_s))
        return act(person)

    alone = [act(people[0]) for _ in range(3)]
    before = _processor_s(server)
    with ThreadPoolExecutor(len(people)) as pool:
        took = [ms for _ in range(rounds) for ms in pool.map(thoughtful, people)]
    server_ms = (_processor_s(server) - before) / len(took) * 1000
    p95 = statistics.quantiles(took, n=20)[-1]
    size = len(gzip.compress(people[0].last)) / 1000
    row = (statistics.median(alone), statistics.median(took), p95)
    told = " | ".join(f"{each:.0f}" for each in row)
    to_meet, called = ("–", f"{name}, reading") if thinking_s else (SUMS[name], name)
    failed = sum(p.failed for p in people)
    print(
        f"| {called} | {told} | {to_meet} | {server_ms:.0f} | {size:.0f} | {failed} |", flush=True
    )


def _processor_s(pid: int) -> float:
    """What this process and all below it have had of the processors, in seconds."""
    ran = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, ran[11:13])) / os.sysconf("SC_CLK_TCK") + sum(
        _processor_s(int(child)) for child in below
    )


class _Person:
    """A browser without scripts, signed in, with a summary of their own."""

    def __init__(self, address: str, summary_id: str, number: int) -> None:
        headers = {"Accept": "text/html"}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=120)
        sent = {"persona": f"clinician-{number}", "csrf_token": self._on("/sign-in", "csrf_token")}
        self._client.post("/sign-in", data=sent)
        self._desk, self._saves = f"/summaries/{summary_id}", 0
        self._token = self._on(self._desk, "csrf_token")
        self.last, self.failed = b"", 0

    def worklist(self) -> float:
        return self._timed(lambda: self._client.get("/worklist?tab=all"))

    def desk(self) -> float:
        return self._timed(lambda: self._client.get(self._desk))

    def save(self) -> float:
        self._saves += 1
        words = f"Slept {self._saves % 9} hours, {self._desk[-6:]} said."
        sent = {"csrf_token": self._token, "act": "save", "text": words}
        sent["digest"] = self._on(self._desk, "digest")
        typed = sent | {"form": "statement-3"}
        self.failed += self._client.post(f"{self._desk}/unsaved", data=typed).status_code != 204
        time.sleep(TYPING_S)
        return self._timed(lambda: self._client.post(f"{self._desk}/statements/3", data=sent), 303)

    def _on(self, path: str, name: str) -> str:
        """What a page's forms send under this name."""
        shown = re.search(rf'name="{name}" value="([\w-]+)"', self._client.get(path).text)
        return shown[1] if shown else ""

    def _timed(self, ask: Callable[[], httpx.Response], status: int = 200) -> float:
        began = time.perf_counter()
        answer = ask()
        took = time.perf_counter() - began
        self.failed += answer.status_code != status
        self.last = answer.content or self.last
        return took * 1000


def fill(runtime: Runtime, people: int, records: int) -> list[str]:
    """The summaries of those who ask, all on the patient with the long chart; others beside."""
    bundle = of_text(a_bundle("bench", records, random.Random(SEED)))
    with runtime.transaction() as session:
        ingest(session, "bench", bundle)
    with runtime.transaction() as session:
        held = session.query(SourceRecord).filter(SourceRecord.text != "").limit(STATEMENTS).all()
        ref = held[0].patient_ref
        session.merge(Chart(patient_ref=ref, gaps=[]))
        keep.read_chart(session, ref, zone=UTC)
        own = [_in_review(session, ref, held).id for _ in range(people)]
        chart = list(session.scalars(select(SourceRecord.id)))
        read = [{"summary_id": each, "record_id": record} for each in own for record in chart]
        session.execute(insert(SnapshotRecord), read)
        for number in range(ROWS - people):
            _in_review(session, f"Patient/other-{number}", ())
    with runtime.transaction() as session:
        session.execute(text("ANALYZE"))  # as a database that runs for more than a minute has it
    return own


def _in_review(session: Session, ref: str, held: "list[SourceRecord] | tuple[()]") -> Summary:
    summary = progress.request_summary(session, ref, SummaryType.PRE_VISIT, actor="demo-clinician")
    for status in (S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    document = Document("Pre-visit summary", (), (Section("all", "All", tuple(map(_said, held))),))
    progress.add_version(
        session, summary, document, made_by=SYSTEM, writer={"name": "extractive"}, coverage={}
    )
    for status in (S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)
    return summary


def _said(record: SourceRecord) -> Statement:
    line = record.text.strip().splitlines()[0][:200]
    at = record.text.index(line)
    cited = Citation(record.id, record.resource_ref, record.version, line, at, at + len(line))
    return Statement(line, (cited,))


if __name__ == "__main__":
    sys.exit(main())
