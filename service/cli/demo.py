"""What the demo starts with: the stories in the sandbox EHR, and one request for each."""

from pathlib import Path

from sqlalchemy import select

from fhir_fixtures.stories import STORIES, names, story
from service.bootstrap import Runtime
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryType


def bundles() -> list[Path]:
    """What the sandbox EHR holds: the demo's own people, then every story."""
    return [STORIES / "people.json", *(story(name).path / "bundle.json" for name in names())]


def fill_worklist(runtime: Runtime) -> None:
    """At the first start, ask for a summary of every story as the demo clinician."""
    with runtime.transaction() as session:
        if session.scalars(select(Summary.id).limit(1)).first():
            return
        for name in names():
            told = story(name)
            progress.request_summary(
                session,
                told.patient_ref,
                SummaryType(told.expected["summary_types"][0]),
                actor=DEMO_PEOPLE["clinician"].id,
            )
