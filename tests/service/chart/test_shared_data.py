"""All of the third-party FHIR goes in, and nothing is lost."""

import json
from pathlib import Path

from sqlalchemy import func, select

from service.chart.files import find_files, read_file
from service.chart.ingest import IngestCount, ingest
from service.chart.models import Quarantined, SourceRecord
from service.summary.vocabulary import Standing

FOLDERS = (
    "synthea-r4-behavioral",
    "synthea-r4-structured",
    "inferno-uscore",
    "us-core-examples",
    "llmonfhir-patients",
    "shift-ds4p",
    "hl7-ds4p-examples",
    "synthea-bulk-10",
)


def resources_in(path: Path) -> int:
    """How many resources a file holds, counted without any of our code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ndjson":
        return sum(1 for line in text.splitlines() if line.strip())
    parsed = json.loads(text)
    if parsed.get("resourceType") == "Bundle":
        return sum("resource" in entry for entry in parsed["entry"])
    return 1


def test_nothing_is_lost_and_every_refusal_has_a_reason(session, shared_data):
    total, expected = IngestCount(), 0
    for path in find_files(shared_data / folder for folder in FOLDERS):
        count = ingest(session, path.name, read_file(path))
        assert count.received == resources_in(path), path.name
        expected, total = expected + count.received, total + count
    session.flush()
    assert total.received == expected
    assert total.kept == session.scalar(select(func.count()).select_from(SourceRecord))
    assert all(session.scalars(select(Quarantined.reason)))
    fallen = session.scalars(
        select(SourceRecord.resource_ref).where(SourceRecord.gaps.contains([{"kind": "render"}]))
    )
    assert list(fallen) == []
    standing = session.execute(
        select(SourceRecord.standing, func.count()).group_by(SourceRecord.standing)
    ).all()
    assert dict(standing)[Standing.EVIDENCE] > 1000


def test_everything_a_second_time_is_unchanged(session, shared_data):
    paths = list(find_files([shared_data / "us-core-examples", shared_data / "shift-ds4p"]))
    first = sum((ingest(session, p.name, read_file(p)) for p in paths), IngestCount())
    second = sum((ingest(session, p.name, read_file(p)) for p in paths), IngestCount())
    assert second.kept == 0
    assert second.unchanged == first.kept + first.unchanged
