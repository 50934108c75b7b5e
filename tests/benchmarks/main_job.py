"""`python -m tests.benchmarks.main_job`: what the main job costs on a whole patient.

Wall time is of one run after a warm start of the parts; peak memory is the highest resident set
of the process that does the work (ru_maxrss), the servers not counted. `bare parsing` is
`fhir.resources.R4B` on the same resources in the same run, nothing kept; `share of bare parsing` is
bare seconds divided by ours: ingested, cut (searched by words and filters from then on) and with
vectors, in wall time and in processor time of this process, which others' work disturbs less. The
first table is memory: made-up ndjson files, one ten times the other, ingested as `countersign
ingest` does.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from fhir_fixtures.stories import STORIES
from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.files import read_files
from service.chart.ingest import chunks, ingest
from service.drafting.draft import draft_summary
from service.embedded import running_parts
from service.retrieval.indexing import cut_chart, embed_charts
from service.settings import Settings
from service.summary import progress
from service.summary.document import Document
from service.summary.models import SummaryVersion
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.verification.omission.owing import owing
from tests.benchmarks.made_up_charts import a_bundle

SHARED = Path(__file__).parents[3] / "shared" / "data" / "synthea-r4-behavioral"
CHART = 250  # records of each made-up patient
FILES = (5_000, 50_000)  # resources of the smaller and the larger file


@dataclass(frozen=True)
class Taken:
    """Seconds of one step."""

    wall_s: float
    cpu_s: float

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


def main() -> int:
    configure_logging(Settings(log_level="error"))
    path = largest_bundle()
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        print("| resources in the file | MB | seconds | peak MB |\n|---|---|---|---|")
        show(memory_rows(runtime, Path(folder)))
        print(f"\n`{path.name}`, {path.stat().st_size / 1e6:.1f} MB\n")
        print("| step | what | seconds | a second | CPU s | peak MB |\n|---|---|---|---|---|---|")
        taken: dict[str, Taken] = {}
        show(rows(runtime, path, taken))
        print("\n| resources a second, share of bare parsing | wall | CPU |\n|---|---|---|")
        show(shares(taken))
        runtime.close()
    return 0


def show(rows: Iterable[tuple[str, ...]]) -> None:
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def memory_rows(runtime: Runtime, folder: Path) -> Iterator[tuple[str, ...]]:
    for size in FILES:
        path = folder / f"{size}.ndjson"
        write_ndjson(path, size)
        begin = time.perf_counter()
        for chunk in chunks(read_files([path])):
            with runtime.transaction() as session:
                ingest(session, "bench", chunk)
        seconds = time.perf_counter() - begin
        yield f"{size:,}", f"{path.stat().st_size / 1e6:.1f}", f"{seconds:.1f}", f"{peak_mb():.0f}"


def write_ndjson(path: Path, size: int) -> None:
    """Made-up patients one after another, one resource a line."""
    with path.open("w") as out:
        for number in range(size // CHART):
            bundle = a_bundle(f"{size}-{number}", CHART, random.Random(number))
            for entry in json.loads(bundle)["entry"]:
                out.write(json.dumps(entry["resource"]) + "\n")


def shares(taken: dict[str, Taken]) -> Iterator[tuple[str, ...]]:
    bare, spent = taken["bare parsing"], Taken(0, 0)
    for step, told in (("ingest", "ingested"), ("cut", "and cut"), ("embed", "and with vectors")):
        spent += taken[step]
        yield told, f"{bare.wall_s / spent.wall_s:.2f}", f"{bare.cpu_s / spent.cpu_s:.2f}"


def rows(runtime: Runtime, path: Path, taken: dict[str, Taken]) -> Iterator[tuple[str, ...]]:
    resources = [entry["resource"] for entry in orjson.loads(path.read_bytes())["entry"]]
    patient = next(r for r in resources if r["resourceType"] == "Patient")
    patient_ref = f"Patient/{patient['id']}"
    runtime.index.embedder.embed(["warm"])  # the model is loaded outside the figures

    steps: list[tuple[str, str, Callable[[], int]]] = [
        ("bare parsing", "resources", lambda: parse_all(resources)),
        ("ingest", "resources", lambda: ingest_file(runtime, path)),
        ("cut", "passages", lambda: cut(runtime, patient_ref)),
        ("embed", "texts", lambda: embed(runtime, patient_ref)),
    ]
    steps += [
        (f"draft {kind}", "statements", lambda k=kind: draft(runtime, patient_ref, k))  # type: ignore[misc]
        for kind in SummaryType
    ]
    for step, what, work in steps:
        yield measured(step, what, work, taken)


def measured(
    step: str, what: str, work: Callable[[], int], taken: dict[str, Taken]
) -> tuple[str, ...]:
    begin, cpu = time.perf_counter(), time.process_time()
    count = work()
    taken[step] = Taken(time.perf_counter() - begin, time.process_time() - cpu)
    wall_s, cpu_s = taken[step].wall_s, taken[step].cpu_s
    return (
        step,
        f"{count} {what}",
        f"{wall_s:.2f}",
        f"{count / wall_s:.0f}",
        f"{cpu_s:.2f}",
        f"{peak_mb():.0f}",
    )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parse_all(resources: list[dict]) -> int:
    for each in resources:
        try:
            get_fhir_model_class(each["resourceType"]).model_validate(each)
        except ValidationError:
            continue
    return len(resources)


def ingest_file(runtime: Runtime, path: Path) -> int:
    with runtime.transaction() as session:
        return ingest(session, "bench", read_files([path])).received


def cut(runtime: Runtime, patient_ref: str) -> int:
    with runtime.transaction() as session:
        return cut_chart(session, patient_ref, index=runtime.index).passages


def embed(runtime: Runtime, patient_ref: str) -> int:
    with runtime.transaction() as session:
        return embed_charts(session, [patient_ref], index=runtime.index)


def draft(runtime: Runtime, patient_ref: str, kind: SummaryType) -> int:
    """How many statements a draft has."""
    document, _ = drafted(runtime, patient_ref, kind)
    return len(document.placed())


def drafted(
    runtime: Runtime, patient_ref: str, kind: SummaryType
) -> tuple[Document, dict[str, Any]]:
    """The draft stage alone: retrieval and writing, on a chart that is indexed. The document, and
    what was read for it."""
    with runtime.transaction() as session:
        summary = progress.request_summary(session, patient_ref, kind, actor="bench")
        for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
            progress.advance(session, summary, status, actor=SYSTEM)
        draft_summary(
            session,
            summary.id,
            index=runtime.index,
            writer=runtime.writer,
            prompts=runtime.prompts,
            owing=owing,
        )
        version: SummaryVersion = summary.versions[-1]
        return version.content, version.coverage


def largest_bundle() -> Path:
    """The largest whole Synthea patient, or our own largest story where that data is absent."""
    found = [*SHARED.glob("*.json")] or [*STORIES.glob("*/bundle.json")]
    return max(found, key=lambda path: path.stat().st_size)


if __name__ == "__main__":
    sys.exit(main())
