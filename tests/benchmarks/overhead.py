"""`python -m tests.benchmarks.overhead`: what a draft costs beside the model's own time.

Two made-up charts, of 500 and 5,000 records (a fifth notes, each with sentences of its own). The
model answers at once and quotes what it is shown, so that what is left is ours: opening the chart,
retrieval, masking, asking, reading, checking, storing. Wall time of whole `draft_summary` calls
with their transactions, one after the other, over all types but the course of a stay, after one
that is not counted; *own CPU* is what this process used of it (the servers not counted), which
another load on the machine changes less. Of the stages, *reading* opens the chart, fetches its
reading and gathers evidence; *asking* is the questions and answers; *the rest* of writing makes
questions, masks, checks and writes what no model is asked; *storing* is coverage, snapshot, version
and commit. *Growth*: how many times the time for ten times the records. Drafts a minute: two
processes at once, as two workers, on the smaller chart.
"""

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC
from multiprocessing import get_context
from typing import Any

from langchain_core.runnables import RunnableLambda

from service import migrations
from service.bootstrap import Runtime, configure_logging, look_for_garbage_seldom
from service.chart.files import of_text
from service.chart.ingest import ingest
from service.drafting.draft import draft_summary
from service.drafting.model.endpoint import one_way
from service.drafting.model.ledger import DatabaseLedger
from service.drafting.model.limits import Limits
from service.drafting.model.writer import ModelWriter
from service.embedded import running_parts
from service.reading import keep
from service.retrieval.indexing import index_patient
from service.settings import Settings
from service.summary import progress
from service.summary.models import SummaryVersion
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.verification.doubts import doubts
from tests.benchmarks.made_up_charts import a_bundle

SEED = 20261123
SIZES = (500, 5_000)
DRAFTS = {500: 18, 5_000: 12}
WORKERS, EACH = 2, 12
TYPES = [t for t in SummaryType if t is not SummaryType.HOSPITAL_COURSE]  # nobody here had a stay
COLUMNS = (
    "p50 s",
    "p95 s",
    "own CPU p50 s",
    "own CPU p95 s",
    "reading",
    "asking",
    "the rest",
    "storing",
)
ID = re.compile(r"^\[(E[A-Z2-7]{6})\][^\n]*\n(.+)$", re.MULTILINE)


def main() -> int:
    configure_logging(Settings(log_level="error"))
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = an_instant_runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        print(f"| chart | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
        found = [row(runtime, size) for size in SIZES]
        growth = (large / small for small, large in zip(*found, strict=True))
        print(f"| growth | {' | '.join(f'{times:.1f}' for times in growth)} |")
        rate = minute(parts.settings)
        print(f"\n{rate:.0f} drafts a minute, {WORKERS} processes, {SIZES[0]} records")
        runtime.close()
    return 0


def prepare(runtime: Runtime, size: int) -> None:
    """The chart kept, read and indexed, as the steps before a draft leave it; one draft to load
    what is loaded once."""
    with runtime.transaction() as session:
        ingest(session, "bench", of_text(a_bundle(patient(size), size, random.Random(SEED))))
        keep.read_chart(session, f"Patient/{patient(size)}", zone=UTC)
        index_patient(session, f"Patient/{patient(size)}", index=runtime.index)
    draft(runtime, size, SummaryType.HANDOFF)


def row(runtime: Runtime, size: int) -> list[float]:
    """The figures of COLUMNS for one chart, printed as they are known."""
    prepare(runtime, size)
    kinds = [TYPES[n % len(TYPES)] for n in range(DRAFTS[size])]
    found = [draft(runtime, size, kind) for kind in kinds]
    walls, cpus = ([each[n] for each in found] for n in (0, 1))
    stages = (statistics.median(each) for each in zip(*map(staged, found), strict=True))
    figures = [statistics.median(walls), p95(walls), statistics.median(cpus), p95(cpus), *stages]
    print(f"| {size:,} records | {' | '.join(f'{each:.2f}' for each in figures)} |", flush=True)
    return figures


def staged(found: tuple[float, float, dict[str, Any]]) -> tuple[float, float, float, float]:
    """Seconds of reading, of asking, of the rest of writing, and of what comes after."""
    whole, _, written = found
    reading, writing = written["stages"]["reading"], written["stages"]["writing"]
    asking = written["seconds_by_stage"]["asking"]
    return reading, asking, writing - asking, whole - reading - writing


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]


def minute(settings: Settings) -> float:
    """Drafts a minute of processes side by side, their start not counted."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        rates = pool.map(worker, [settings] * WORKERS)
        return sum(rates)


def worker(settings: Settings) -> float:
    """One worker's drafts a minute while the other works too."""
    configure_logging(Settings(log_level="error"))
    runtime = an_instant_runtime(settings)
    draft(runtime, SIZES[0], SummaryType.HANDOFF)
    began = time.perf_counter()
    for number in range(EACH):
        draft(runtime, SIZES[0], TYPES[number % len(TYPES)])
    took = time.perf_counter() - began
    runtime.close()
    return 60 * EACH / took


def draft(runtime: Runtime, size: int, kind: SummaryType) -> tuple[float, float, dict[str, Any]]:
    """Seconds and own CPU seconds of one draft with its commit, and what the version records."""
    with runtime.transaction() as session:
        summary = progress.request_summary(session, f"Patient/{patient(size)}", kind, actor="bench")
        for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
            progress.advance(session, summary, status, actor=SYSTEM)
    began, used = time.perf_counter(), time.process_time()
    with runtime.transaction() as session:
        draft_summary(
            session,
            summary.id,
            index=runtime.index,
            writer=runtime.writer,
            prompts=runtime.prompts,
            settings=runtime.settings,
            check=doubts,
        )
        version: SummaryVersion = progress.find_summary(session, summary.id).versions[-1]
    return time.perf_counter() - began, time.process_time() - used, version.writer


def an_instant_runtime(settings: Settings) -> Runtime:
    """In a process that is set as a worker's is."""
    look_for_garbage_seldom()
    runtime = Runtime(settings)
    runtime.writer = instant_writer(runtime)
    return runtime


def instant_writer(runtime: Runtime) -> ModelWriter:
    """One for a process, as a worker has one."""
    instant = one_way("instant", RunnableLambda(quoting))
    return ModelWriter(instant, Limits(), DatabaseLedger(runtime.transaction))


async def quoting(messages: list[Any]) -> dict[str, Any]:
    """The first line of each passage as a statement."""
    return {"statements": list(quoted(messages[-1].content))[:10]}


def quoted(asked: str) -> Iterator[dict[str, Any]]:
    for evidence_id, line in ID.findall(asked):
        cited = [{"evidence_id": evidence_id, "quote": line}]
        yield {"text": line, "citations": cited}


def patient(size: int) -> str:
    return f"overhead-{size}"


if __name__ == "__main__":
    sys.exit(main())
