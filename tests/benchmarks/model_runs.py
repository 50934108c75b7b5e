"""Drafts by the scripted model through the real stages, on parts of their own."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fhir_fixtures.scripted_model.model import Asked, ScriptedModel
from fhir_fixtures.scripted_model.serving import in_background
from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.files import of_text
from service.chart.ingest import ingest
from service.drafting.draft import draft_summary
from service.drafting.writers import build_writer
from service.embedded import running_parts
from service.retrieval.indexing import index_patient
from service.settings import Settings
from service.summary import progress
from service.summary.models import SummaryVersion
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.verification.doubts import doubts
from service.verification.verify import verify_summary


@dataclass(frozen=True)
class Run:
    """One verified version, and what the model was asked for it."""

    version: SummaryVersion
    asked: tuple[Asked, ...]


@dataclass
class Bench:
    """A runtime and the endpoint that its drafts are asked of."""

    runtime: Runtime
    scripted: ScriptedModel
    url: str

    def add_chart(self, resources: Iterable[dict[str, Any]], patient_ref: str) -> None:
        """Take the resources in and index the patient."""
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": each} for each in resources],
        }
        with self.runtime.transaction() as session:
            ingest(session, "benchmark", list(of_text(json.dumps(bundle))))
            index_patient(session, patient_ref, index=self.runtime.index)

    def run(self, model: str, patient_ref: str, summary_type: SummaryType) -> Run:
        """A draft by this model ("extractive", "scripted:…"), verified."""
        self.scripted.asked.clear()
        with self.runtime.transaction() as session:
            summary = progress.request_summary(session, patient_ref, summary_type, actor="bench")
            for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
                progress.advance(session, summary, status, actor=SYSTEM)
            settings = self._settings(model)
            draft_summary(
                session,
                summary.id,
                index=self.runtime.index,
                prompts=self.runtime.prompts,
                settings=settings,
                writer=build_writer(settings, self.runtime.transaction),
                check=doubts,
            )
            verify_summary(session, summary.id, prompts=self.runtime.prompts)
            version = summary.versions[-1]
            _ = list(version.findings)  # read while the session is open
            return Run(version, tuple(self.scripted.asked))

    def _settings(self, model: str) -> Settings:
        if model == "extractive":
            return self.runtime.settings
        named = {"model": f"openai:{model}", "model_base_url": self.url, "model_timeout_s": 20.0}
        return self.runtime.settings.model_copy(update=named)


@contextmanager
def bench() -> Iterator[Bench]:
    """Parts, schema and endpoint for the length of the block."""
    configure_logging(Settings(log_level="error"))
    scripted = ScriptedModel()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_parts(Settings(data_dir=Path(folder))) as parts,
        in_background(scripted) as url,
    ):
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        yield Bench(runtime, scripted, url)
        runtime.close()
