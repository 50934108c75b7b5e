"""`python -m tests.benchmarks.bulk [--resources N]`: an export of the EHR into the charts.

Made-up patients of 250 records each, in files of one type each as servers write them, served on
loopback by `tests/bulk_server.py` and brought in by `run_export`, which is what `countersign ingest
--group` does. It is stopped once in the middle, as if killed, and gone on with. `bare parsing` is
`fhir.resources.R4B` of every tenth line in the same run, nothing kept; peak memory is the highest
resident set of this process (ru_maxrss), with the server's threads in it and PostgreSQL not. The
smaller export comes first, so that what grows with the number would show in the larger.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import orjson
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.bulk.models import Export
from service.chart.bulk.run import run_export
from service.embedded import running_parts
from service.fhir.client import FhirClient
from service.settings import Settings
from tests.benchmarks.made_up_charts import a_bundle
from tests.benchmarks.main_job import CHART, show
from tests.bulk_server import Exports, serving


class Killed(BaseException):
    """Stands for the end of the process."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resources", type=int, default=50_000)
    asked = parser.parse_args(argv)
    configure_logging(Settings(log_level="error"))
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        print("| export | resources | seconds | a second | share of bare parsing | peak MB |")
        print("|---|---|---|---|---|---|")
        for size in (asked.resources // 10, asked.resources):
            show([row(runtime, Path(folder), size)])
        runtime.close()
    return 0


def row(runtime: Runtime, folder: Path, size: int) -> tuple[str, ...]:
    files = written(folder / str(size), size)
    count, seconds = brought(runtime, files, scope=f"Group/{size}", stop_after=size // 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bare = bare_rate(files)
    rate = count / seconds
    return (
        f"{len(files)} files",
        f"{count:,}",
        f"{seconds:.0f}",
        f"{rate:.0f}",
        f"{rate / bare:.2f}",
        f"{peak:.0f}",
    )


def written(folder: Path, size: int) -> list[Path]:
    """A file a type, the patients one after another in each."""
    folder.mkdir()
    with ExitStack() as stack:
        streams = defaultdict(
            lambda: stack.enter_context((folder / f"{len(streams)}.ndjson").open("w"))
        )
        for number in range(size // CHART):
            bundle = a_bundle(f"{size}-{number}", CHART, random.Random(number))
            for entry in json.loads(bundle)["entry"]:
                resource_type = entry["resource"]["resourceType"]
                streams[resource_type].write(json.dumps(entry["resource"]) + "\n")
    return sorted(folder.iterdir())


def brought(
    runtime: Runtime, files: list[Path], *, scope: str, stop_after: int
) -> tuple[int, float]:
    """How many resources came, and in how many seconds, with one death of the process between."""

    def stop(export: Export) -> None:
        if export.kept >= stop_after:
            raise Killed

    begin = time.perf_counter()
    with serving(Exports([("output", path) for path in files])) as exports:
        client = FhirClient(exports.url)
        try:
            run_export(runtime.transaction, client, scope, report=stop)
            raise AssertionError("it was not stopped")
        except Killed:
            done = run_export(runtime.transaction, client, scope)
        client.close()
    assert done.unchanged == 0, "something was brought twice"
    return done.kept, time.perf_counter() - begin


def bare_rate(files: list[Path]) -> float:
    begin = time.perf_counter()
    count = sum(parsed(line) for line in every_tenth(files))
    return count / (time.perf_counter() - begin)


def every_tenth(files: list[Path]) -> Iterator[bytes]:
    for path in files:
        with path.open("rb") as stream:
            yield from (line for number, line in enumerate(stream) if number % 10 == 0)


def parsed(line: bytes) -> int:
    one = orjson.loads(line)
    with suppress(ValidationError):
        get_fhir_model_class(one["resourceType"]).model_validate(one)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
