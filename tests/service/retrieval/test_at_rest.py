"""What PostgreSQL, Chroma and Redis have in their files of a chart, a draft and a signature."""

import json
from datetime import UTC

import pytest
from sqlalchemy import LargeBinary, select, text, type_coerce

from service.chart.ingest import ingest
from service.chart.models import Quarantined, SourceRecord, Upload
from service.database import transaction
from service.drafting.draft import draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.models import ModelAnswer, ModelSwitch
from service.drafting.prompts import packaged_prompts
from service.reading.keep import read_chart
from service.retrieval.erase import erase_patient, remaining
from service.retrieval.leftovers import erase_messages, vacuum_store
from service.sealing.cipher import CannotOpen, opened
from service.sealing.marking import key_of_patient
from service.summary import attestations, progress
from service.summary.models import Finding, Summary, UnsavedWords
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import FindingKind, Severity, SummaryType
from service.summary.vocabulary import SummaryStatus as S
from service.web.models import KeptAnswer
from tests import small_chart
from tests.service.retrieval.files import bytes_under

PATIENT = "Patient/at-rest"
WORDS = "family name given condition drug note author scan said message typed reason answer body"
CANARY = {word: f"quetzal{n:02d}{word}" for n, word in enumerate(WORDS.split())}
MORE = {word: f"quetzal-{word}" for word in ("switch", "broken", "upload", "status", "code")}
ALL = [*CANARY.values(), *MORE.values()]


def the_chart():
    ref = PATIENT
    note = small_chart.note(
        ref,
        "own",
        "Psychiatry progress note",
        "2026-08-20",
        f"INTERVAL HISTORY\nSleeps well. Speaks of {CANARY['note']}. Denies SI.\nPLAN\nSame again.",
    )
    note["author"] = [{"display": f"Dr {CANARY['author']}"}]
    condition = small_chart.problem(ref, "own", f"Fear of {CANARY['condition']}")
    condition["code"]["coding"] = [{"system": "urn:x", "code": MORE["code"]}]
    return [
        small_chart.patient(ref, CANARY["given"], CANARY["family"], "1990-01-01", CANARY["name"]),
        condition,
        small_chart.medication(ref, "own", f"{CANARY['drug']} 50 mg oral tablet"),
        small_chart.score(ref, "2026-06-01", 14),
        note,
        {
            "resourceType": "Binary",
            "id": "orphan",
            "contentType": "text/plain",
            "data": "cXVldA==",
            "securityContext": {"display": CANARY["scan"]},
        },
    ]


def a_drafted_summary(session, index):
    """Drafted, with whatever people and models leave beside it, and signed."""
    summary = progress.request_summary(session, PATIENT, SummaryType.PRE_VISIT, actor="dr-a")
    for status in (S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    draft_summary(
        session, summary.id, index=index, writer=ExtractiveWriter(), prompts=packaged_prompts()
    )
    version = summary.current
    assert CANARY["condition"] in version.text
    session.add(
        Finding(
            version_id=version.id,
            number=77,
            kind=FindingKind.RISK,
            severity=Severity.MINOR,
            check="c",
            message=CANARY["message"],
            statement_index=None,
            said=CANARY["said"],
            evidence=[{"quote": CANARY["said"]}],
            resolution=None,
            resolved_by=None,
            resolution_reason=CANARY["reason"],
            resolved_at=None,
        )
    )
    session.add(
        UnsavedWords(
            person_id="p", summary_id=summary.id, form="f", words=CANARY["typed"], digest="d"
        )
    )
    session.add(
        ModelAnswer(
            key="k",
            summary_id=summary.id,
            patient_ref=PATIENT,
            tokens_in=1,
            tokens_out=1,
            answer={"statements": [CANARY["answer"]]},
        )
    )
    session.add(
        ModelSwitch(
            switch=f"patient:{PATIENT}", patient_ref=PATIENT, reason=MORE["switch"], made_by="p"
        )
    )
    session.add(
        KeptAnswer(
            person_id="p",
            key="k",
            request="POST /",
            request_hash="h",
            status=200,
            body=json.dumps({"text": CANARY["body"]}),
            location=None,
            patient_ref=PATIENT,
        )
    )
    progress.advance(session, summary, S.IN_REVIEW, actor=SYSTEM)
    attestations.attest(session, summary, "signed", by=DEMO_PEOPLE["clinician"])
    progress.advance(session, summary, S.SIGNED, actor="demo-clinician")
    summary.status_reason = MORE["status"]
    return summary


def filled(sessions, index):
    with transaction(sessions) as session:
        ingest(session, "rest", the_chart())
        broken = json.dumps({"subject": PATIENT, "said": MORE["broken"]})
        session.add(Quarantined(origin="x", content_hash="h", raw=broken, reason="odd"))
        session.add(Upload(sent_by="it", name="a", sha256="h", content=MORE["upload"].encode()))
    with transaction(sessions) as session:
        read_chart(session, PATIENT, zone=UTC)
        return a_drafted_summary(session, index).id


def in_files(engine, settings):
    """Which canaries stand in any file of any part, the database's own statistics gathered."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text("CHECKPOINT"))
        told = str(connection.execute(text("SELECT * FROM pg_stats")).all()).encode()
    held = bytes_under(settings.data_dir)
    assert any("postgres" in path.parts for path in held)
    return {each for each in ALL for file in (told, *held.values()) if each.encode() in file}


def test_no_file_holds_chart_text_before_or_after_an_erasure(sessions, engine, settings, index):
    summary_id = filled(sessions, index)
    assert in_files(engine, settings) == set()
    with transaction(sessions) as session:
        key = key_of_patient(session, PATIENT)
        kept = session.scalars(select(type_coerce(SourceRecord.raw, LargeBinary))).all()
        erased = erase_patient(session, PATIENT, index=index)
    erase_messages(settings.redis_url.get_secret_value(), erased.summary_ids)
    vacuum_store(settings.data_dir / "chroma")
    assert summary_id in erased.summary_ids
    assert in_files(engine, settings) == set()
    with transaction(sessions) as session:
        assert remaining(session, PATIENT) == {}
        assert session.get(Summary, summary_id) is None
        again = key_of_patient(session, PATIENT)
    mine = [each for each in kept if each[1:17] == key.id]
    assert len(mine) == 5
    for each in mine:  # a row that is put back from a copy
        with pytest.raises(CannotOpen):
            opened(again, each, place="source_records.raw")


def test_the_search_finds_what_is_not_sealed(sessions, engine, settings):
    """Else the test above would say nothing."""
    with transaction(sessions) as session:
        session.add(Quarantined(origin=ALL[0], content_hash="h", raw="{}", reason=""))
    assert in_files(engine, settings) == {ALL[0]}
