"""`python -m tests.benchmarks.main_job`: what the main job costs on a whole patient.

Wall time is of one run after a warm start of the parts; peak memory is the highest resident set
of the process that does the work (ru_maxrss), the servers not counted. `bare parsing` is
`fhir.resources.R4B` on the same resources in the same run, nothing kept.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError
from sqlalchemy import func, select

from fhir_fixtures.stories import STORIES
from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.files import read_files
from service.chart.ingest import ingest
from service.drafting.draft import draft_summary
from service.embedded import running_parts
from service.retrieval.indexing import index_patient
from service.retrieval.models import Passage
from service.settings import Settings
from service.summary import progress
from service.summary.models import SummaryVersion
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType

SHARED = Path(__file__).parents[3] / "shared" / "data" / "synthea-r4-behavioral"


def main() -> int:
    configure_logging(Settings(log_level="error"))
    path = largest_bundle()
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        print(f"`{path.name}`, {path.stat().st_size / 1e6:.1f} MB\n")
        print("| step | what | seconds | a second | peak MB |\n|---|---|---|---|---|")
        for row in rows(runtime, path):
            print("| " + " | ".join(row) + " |", flush=True)
        runtime.close()
    return 0


def rows(runtime: Runtime, path: Path) -> Iterator[tuple[str, ...]]:
    resources = [entry["resource"] for entry in orjson.loads(path.read_bytes())["entry"]]
    patient = next(r for r in resources if r["resourceType"] == "Patient")
    patient_ref = f"Patient/{patient['id']}"
    runtime.index.embedder.embed(["warm"])  # the model is loaded outside the figures

    yield measured("bare parsing", "resources", lambda: parse_all(resources))
    yield measured(
        "ingest", "resources",
        lambda: ingest_file(runtime, path),
    )  # fmt: skip
    yield measured("index", "passages", lambda: index(runtime, patient_ref))
    for kind in SummaryType:
        yield measured(f"draft {kind}", "statements", lambda k=kind: draft(runtime, patient_ref, k))


def measured(step: str, what: str, work: Callable[[], int]) -> tuple[str, ...]:
    begin = time.perf_counter()
    count = work()
    seconds = time.perf_counter() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return step, f"{count} {what}", f"{seconds:.2f}", f"{count / seconds:.0f}", f"{peak_mb:.0f}"


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


def index(runtime: Runtime, patient_ref: str) -> int:
    with runtime.transaction() as session:
        index_patient(session, patient_ref, index=runtime.index)
        return session.scalar(select(func.count()).select_from(Passage)) or 0


def draft(runtime: Runtime, patient_ref: str, kind: SummaryType) -> int:
    """The draft stage alone: retrieval and writing, on a chart that is indexed."""
    with runtime.transaction() as session:
        summary = progress.request_summary(session, patient_ref, kind, actor="bench")
        for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
            progress.advance(session, summary, status, actor=SYSTEM)
        draft_summary(
            session, summary.id, index=runtime.index, writer=runtime.writer,
            prompts=runtime.prompts,
        )  # fmt: skip
        version: SummaryVersion = summary.versions[-1]
        return len(version.content.placed())


def largest_bundle() -> Path:
    """The largest whole Synthea patient, or our own largest story where that data is absent."""
    found = [*SHARED.glob("*.json")] or [*STORIES.glob("*/bundle.json")]
    return max(found, key=lambda path: path.stat().st_size)


if __name__ == "__main__":
    sys.exit(main())
