"""Drafts asked of the scripted model over HTTP, verified, and seen as a clinician sees them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from fhir_fixtures.scripted_model.model import ScriptedModel
from fhir_fixtures.scripted_model.serving import in_background
from service.chart.ingest import ingest
from service.database import transaction
from service.drafting.draft import draft_summary
from service.drafting.progress import never, tell_nobody
from service.drafting.prompts import packaged_prompts
from service.drafting.writers import build_writer
from service.retrieval.indexing import index_patient
from service.review.desk import Desk, open_desk
from service.summary import progress
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import Severity, SummaryStatus, SummaryType
from service.verification.doubts import doubts
from service.verification.verify import verify_summary
from tests.service.drafting.conftest import index
from tests.small_chart import ordinary, patient

__all__ = ["an_indexed_chart", "drafts", "endpoint", "index", "scripted"]

PATIENT = "Patient/quill"
CLINICIAN = DEMO_PEOPLE["clinician"]


@pytest.fixture(scope="session")
def scripted():
    return ScriptedModel()


@pytest.fixture(scope="session")
def endpoint(scripted) -> Iterator[str]:
    with in_background(scripted) as url:
        yield url


@dataclass
class Drafts:
    """Makes drafts of one small chart with a model of the endpoint."""

    sessions: object
    settings: object
    index: object
    url: str
    scripted: ScriptedModel

    def requested(self, patient_ref: str = PATIENT) -> str:
        """A summary that owes its draft."""
        with transaction(self.sessions) as session:
            summary = progress.request_summary(
                session, patient_ref, SummaryType.PRE_VISIT, actor=CLINICIAN.id
            )
            for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
                progress.advance(session, summary, status, actor=SYSTEM)
            return summary.id

    def draft(
        self,
        model: str,
        summary_id: str | None = None,
        *,
        patient_ref: str = PATIENT,
        report=tell_nobody,
        cancelled=never,
        **given,
    ) -> Desk:
        """The desk of a verified draft by this model; `given` are settings."""
        summary_id = summary_id or self.requested(patient_ref)
        named = {"model": f"openai:{model}", "model_base_url": self.url, "model_timeout_s": 10.0}
        settings = self.settings.model_copy(update=named | given)
        self.scripted.asked.clear()
        with transaction(self.sessions) as session:
            draft_summary(
                session,
                summary_id,
                index=self.index,
                prompts=packaged_prompts(),
                settings=settings,
                check=doubts,
                report=report,
                cancelled=cancelled,
                writer=build_writer(settings, lambda: transaction(self.sessions)),
            )
        with transaction(self.sessions) as session:
            verify_summary(session, summary_id)
        return self.desk(summary_id)

    def desk(self, summary_id: str) -> Desk:
        with transaction(self.sessions) as session:
            return open_desk(session, summary_id, CLINICIAN)


@pytest.fixture
def an_indexed_chart(sessions, index):
    with transaction(sessions) as session:
        named = patient(PATIENT, "Ada", "Quill", "1979-03-05", "55-2001")
        ingest(session, "test", [named, *ordinary(PATIENT)])
        index_patient(session, PATIENT, index=index)


@pytest.fixture
def drafts(an_indexed_chart, sessions, settings, index, endpoint, scripted) -> Drafts:
    return Drafts(sessions, settings, index, endpoint, scripted)


def texts(desk: Desk) -> list[str]:
    """What the draft says."""
    return [s.text for section in desk.sections for s in section.statements]


def doubted(desk: Desk) -> set[str]:
    """The statements with an open major finding: nobody can sign them as they stand."""
    return {
        statement.text
        for section in desk.sections
        for statement in section.statements
        if any(f.is_open and f.severity is Severity.MAJOR for f in statement.findings)
    }


def writers(desk: Desk) -> dict[str, str]:
    """Section key to who wrote it, as the page says."""
    return desk.version.writer["sections"]
