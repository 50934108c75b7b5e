"""`python -m tests.benchmarks.reading`: how fast records are read, and facts made of them.

The records of the stories and of the four whole Synthea patients, each read once on one core:
notes, and FHIR elements from their JSON. *Facts*: those of the largest patient, of what was read.
Without the third-party data the stories alone are read.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fhir_fixtures import stories
from service.chart.models import SourceRecord
from service.facts import ReadRecord, facts_of
from service.reading.record import read_record
from service.verification.charts import records_of

SHARED = Path(__file__).parents[3] / "shared" / "data" / "synthea-r4-behavioral"
DAY = "2026-11-28"


def main() -> int:
    held = {name: records_of(bundle) for name, bundle in _bundles()}
    print("| what | records | a second |\n|---|---|---|")
    everything = [record for records in held.values() for record in records]
    for name, some in (
        ("notes", [r for r in everything if r.is_note]),
        ("elements", [r for r in everything if not r.is_note]),
        ("all", everything),
    ):
        began = time.process_time()
        for record in some:
            read_record(record)
        print(f"| {name} | {len(some):,} | {len(some) / (time.process_time() - began):,.0f} |")
    largest = max(held.values(), key=len)
    read = [_read(record) for record in largest]
    began = time.process_time()
    found = facts_of(read, on=DAY)
    took = time.process_time() - began
    print(f"\nFacts of {len(largest):,} records: {len(found.facts):,} in {took:.2f} s.")
    return 0


def _bundles() -> Iterator[tuple[str, object]]:
    for name in stories.names():
        yield name, stories.story(name).bundle
    for path in sorted(SHARED.glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def _read(record: SourceRecord) -> ReadRecord:
    return ReadRecord(
        record.id,
        record.resource_ref,
        record.resource_type,
        record.effective[:10],
        record.is_note,
        record.title,
        record.author,
        record.text,
        read_record(record).assertions,
    )


if __name__ == "__main__":
    sys.exit(main())
