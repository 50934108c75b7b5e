"""All of the third-party FHIR through the command, and every kind of draft of whole patients."""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.chart.files import read_files
from service.chart.ingest import ingest
from service.chart.models import Quarantined, SourceRecord
from service.drafting.draft import draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import load_prompts
from service.embedded import environment
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import index_chart
from service.retrieval.place import place_of
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import FindingKind, SummaryStatus, SummaryType
from service.verification.verify import verify_summary
from tests.commands import clean_env, run
from tests.conftest import SHARED_DATA

WHOLE_PATIENTS = sorted((SHARED_DATA / "synthea-r4-behavioral").glob("*.json"))


def resources_in(path: Path) -> int:
    """How many resources a file holds, counted without any of our code; 0 when it is not FHIR."""
    text = path.read_text("utf-8")
    if path.suffix == ".ndjson":
        return sum("resourceType" in json.loads(line) for line in text.splitlines() if line)
    found = json.loads(text)
    if not isinstance(found, dict) or "resourceType" not in found:
        return 0
    if found["resourceType"] != "Bundle":
        return 1
    return sum("resource" in entry for entry in found["entry"])


@pytest.mark.processes
def test_the_command_takes_all_of_it_and_loses_nothing(settings, session, shared_data):
    paths = [*shared_data.glob("*/*.json"), *shared_data.glob("*/*.ndjson")]
    files = {path: resources_in(path) for path in paths}
    fhir = {path: number for path, number in files.items() if number}
    assert len(fhir) > 200
    env = {**clean_env(), **environment(settings)}
    done = run("ingest", "--json", *map(str, fhir), env=env)
    count = json.loads(done.stdout)
    assert count["kept"] + count["unchanged"] + count["quarantined"] == sum(fhir.values())
    assert (done.returncode, done.stderr) == (int(count["quarantined"] > 0), "")
    assert count["kept"] == session.scalar(select(func.count()).select_from(SourceRecord))
    reasons = session.scalars(select(Quarantined.reason)).all()
    assert all(reasons) and bool(reasons) == (count["quarantined"] > 0)


@pytest.mark.parametrize("patient", WHOLE_PATIENTS, ids=lambda path: path.stem)
def test_every_type_of_draft_of_a_whole_patient_is_borne_out(settings, minilm, session, patient):
    # The real embedder on the smallest chart; its 60 texts a second are too few for them all,
    # and which passages are found first does not bear on whether they are cited rightly.
    smallest = min(WHOLE_PATIENTS, key=lambda path: path.stat().st_size)
    embedder = minilm if patient == smallest else WordBag()
    index = PassageIndex(place_of(settings), embedder)
    ingest(session, "test", read_files({patient, smallest}))  # two charts, to be mixed up
    patient_ref = next(
        f"Patient/{entry['resource']['id']}"
        for entry in json.loads(patient.read_text("utf-8"))["entry"]
        if entry["resource"]["resourceType"] == "Patient"
    )
    for summary_type in SummaryType:
        summary = in_review(session, patient_ref, summary_type, index)
        assert summary.status is SummaryStatus.IN_REVIEW
        assert misquotes(session, summary) == []
        told = [f.message for f in summary.current.findings if f.kind not in ALLOWED]
        assert told == [], summary_type
    index.close()


# What these charts hold and a draft of this length leaves out, and coded names of problems that
# judge a person, may be pointed at.
ALLOWED = (FindingKind.OMITTED, FindingKind.LANGUAGE, FindingKind.CONFLICT)


class WordBag:
    """An embedder by which texts are alike when they share words."""

    name, dimensions = "word-bag", 384

    def embed(self, texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.1  # no text is without a direction
            for word in text.lower().split():
                row[zlib.crc32(word.encode()) % self.dimensions] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def in_review(
    session: Session, patient_ref: str, summary_type: SummaryType, index: PassageIndex
) -> Summary:
    """A summary of an ingested chart, through every stage as a worker would run them."""
    summary = progress.request_summary(session, patient_ref, summary_type, actor="test")
    progress.advance(session, summary, SummaryStatus.CHARTED, actor=SYSTEM)
    index_chart(session, summary.id, index=index)
    draft_summary(
        session, summary.id, index=index, writer=ExtractiveWriter(), prompts=load_prompts(None)
    )
    verify_summary(session, summary.id)
    return summary


def misquotes(session: Session, summary: Summary) -> list[str]:
    """Statements without a citation, or with one that its record does not bear word for word."""
    statements = [placed.statement for placed in summary.current.content.placed()]
    assert statements
    wrong = [s.text for s in statements if not s.citations]
    for statement in statements:
        for cited in statement.citations:
            record = session.get(SourceRecord, cited.record_id)
            assert record.patient_ref == summary.patient_ref
            if record.text[cited.start : cited.end] != cited.quote or not cited.quote:
                wrong.append(statement.text)
    return wrong
