"""What stands in a restricted record comes out nowhere: index, prompt, draft, log, trace, queue,
metrics, files."""

import json
from itertools import chain

import pytest
import redis
from langchain_core.tracers.context import collect_runs
from prometheus_client import generate_latest
from sqlalchemy import select

from service.database import transaction
from service.drafting.coverage import Unread
from service.drafting.draft import draft_request, draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.models import Passage
from service.retrieval.place import place_of
from service.summary import progress
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.service.drafting.endpoint_fixtures import Drafts, endpoint, scripted, texts
from tests.service.retrieval.charts import a_chart, a_note, a_patient, a_record

__all__ = ["endpoint", "scripted"]

CANARY = "quetzal-9417"
SAID = f"Risk assessment:\nSuicidal ideation about the {CANARY}. Sertraline 50 mg."


def restricted_charts(session):
    """One record a way of being restricted, each with the canary."""
    a_chart(session)
    visit = a_record(
        session, f"Visit at {CANARY}", resource_type="Encounter", labels=["42CFRPart2"]
    )
    a_note(session, SAID, labels=["PSYTHPN"])
    a_note(session, SAID, labels=["42CFRPart2"])
    a_note(session, SAID, title="Psychotherapy note")
    a_note(session, SAID, encounter_ref=visit.resource_ref)
    a_note(session, f"HPI:\nStable.\n\nPsychotherapy process note:\n{SAID}")
    a_note(session, f"{SAID}\n\nCountertransference was discussed.")
    a_note(session, f"{SAID}\n\n42 CFR Part 2 prohibits redisclosure of this record.")
    a_record(
        session,
        f"Methadone {CANARY} 80 mg",
        labels=["42CFRPart2"],
        status="active",
        resource_type="MedicationRequest",
        raw=json.dumps({"resourceType": "MedicationRequest"}),
    )


@pytest.fixture
def index(settings, minilm):
    index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()


def test_a_canary_in_a_restricted_record_comes_out_nowhere(session, settings, index, capfd):
    restricted_charts(session)
    chart = open_chart(session, "Patient/a", index=index)
    assert len(chart.withheld) == 9
    told = [*chart.ask(f"what about {CANARY}").evidence, *chain(*chart.always().values())]
    assert told
    assert CANARY not in repr(told)
    summary = progress.request_summary(session, "Patient/a", SummaryType.PRE_VISIT, actor="a")
    for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
        progress.advance(session, summary, status, actor="system")
    prompts = packaged_prompts()
    asked = draft_request(prompts[SummaryType.PRE_VISIT], chart, Unread())
    assert asked.records
    assert CANARY not in repr([r.text for r in asked.records]) + repr(asked.sections)
    draft_summary(session, summary.id, index=index, writer=ExtractiveWriter(), prompts=prompts)
    version = summary.current
    assert version.text
    assert CANARY not in repr([version.text, version.document, version.coverage, version.writer])
    cut = {p.record_id for p in session.scalars(select(Passage))}
    assert not cut & {each.record_id for each in chart.withheld}
    session.commit()
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in generate_latest().decode()
    queue = redis.Redis.from_url(settings.redis_url.get_secret_value())
    held = [queue.lrange(k, 0, -1) for k in queue.scan_iter() if queue.type(k) == b"list"]
    queue.close()
    assert CANARY not in repr(held)
    for path in settings.data_dir.rglob("*"):
        if path.is_file() and "postgres" not in path.parts:  # it holds the records themselves
            assert CANARY.encode() not in path.read_bytes(), path.name


def test_a_model_and_its_traces_are_told_nothing_of_a_restricted_record(
    sessions, settings, index, endpoint, scripted, capfd
):
    with transaction(sessions) as session:
        restricted_charts(session)
        a_patient(session)
        a_note(session, "Plan:\nContinue sertraline 50 mg. Return in four weeks.")
    drafts = Drafts(sessions, settings, index, endpoint, scripted)
    with collect_runs() as traced:
        desk = drafts.draft("scripted", patient_ref="Patient/a")
    assert any("sertraline" in repr(question) for question in scripted.asked)
    assert CANARY not in repr(scripted.asked)
    assert CANARY not in repr([run.model_dump() for run in traced.traced_runs])
    assert texts(desk)
    assert CANARY not in repr([texts(desk), desk.findings, desk.coverage])
    assert CANARY not in generate_latest().decode() + "".join(capfd.readouterr())
