"""An erased patient is nowhere but in the audit; nobody else is touched."""

import contextlib
import json
import time

import numpy as np
import pytest
import redis
from sqlalchemy import select

from service import audit
from service.chart.models import Quarantined, SnapshotRecord, SourceRecord
from service.database import transaction
from service.errors import BadInput, Unavailable
from service.retrieval import erase
from service.retrieval.erase import STAYS, erase_patient, remaining
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import cut_chart, embed_charts, embed_owed
from service.retrieval.leftovers import erase_messages, vacuum_store
from service.retrieval.models import Passage
from service.retrieval.place import Place, place_of
from service.sealing.models import PatientKey
from service.summary import progress
from service.summary.document import Document
from service.summary.models import Attestation, Summary
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.writeback.models import Filing, FilingState
from tests.service.retrieval.charts import a_chart, a_note, a_record
from tests.service.retrieval.embedders import Reversed
from tests.service.retrieval.files import found_in_files


def a_filed_summary(session, patient):
    summary = progress.request_summary(session, patient, SummaryType.PRE_VISIT, actor="dr-a")
    version = progress.add_version(
        session, summary, Document("Summary"), made_by="system", writer={}, coverage={}
    )
    path = (
        SummaryStatus.CHARTED,
        SummaryStatus.INDEXED,
        SummaryStatus.DRAFTED,
        SummaryStatus.IN_REVIEW,
        SummaryStatus.SIGNED,
        SummaryStatus.FILED,
    )
    for status in path:
        progress.advance(session, summary, status, actor="system")
    session.add(
        Attestation(
            summary_id=summary.id,
            digest=version.digest,
            person_id="p",
            person_name="P",
            practitioner_ref="Practitioner/p",
            meaning="signed",
        )
    )
    document = f"DocumentReference/of-{summary.id}"
    session.add(
        Filing(
            summary_id=summary.id,
            digest=version.digest,
            state=FilingState.FILED,
            document_ref=document,
        )
    )
    record = session.scalars(select(SourceRecord).where(SourceRecord.patient_ref == patient))
    session.add(SnapshotRecord(summary_id=summary.id, record_id=record.first().id))
    session.flush()
    return summary


def vectors(session, patient):
    return list(session.scalars(select(Passage.vector_id).where(Passage.patient_ref == patient)))


def test_everything_of_the_patient_goes_and_the_audit_stays(sessions, index):
    with transaction(sessions) as session:
        for patient in ("Patient/a", "Patient/b"):
            a_chart(session, patient)
            open_chart(session, patient, index=index)
            a_filed_summary(session, patient)
            broken = json.dumps({"resourceType": "Patient", "id": patient.removeprefix("Patient/")})
            session.add(Quarantined(origin="x", content_hash=patient, raw=broken, reason="r"))
        gone, kept = vectors(session, "Patient/a"), vectors(session, "Patient/b")
        acts = len(list(audit.chain(session)))
    with transaction(sessions) as session:
        removed = erase_patient(session, "Patient/a", index=index)
    assert removed.removed == {
        "vectors": len(set(gone)),
        "passages": 11,
        "indexed records": 5,
        "patient keys": 1,
        "snapshot records": 1,
        "source records": 5,
        "charts": 1,
        "attestations": 1,
        "filings": 1,
        "jobs": 1,
        "summary versions": 1,
        "summaries": 1,
        "quarantined": 1,
        STAYS: 1,
    }
    assert removed.stays == (f"DocumentReference/of-{removed.summary_ids[0]}",)
    with transaction(sessions) as session:
        assert remaining(session, "Patient/a") == {}
        assert index.present(gone) == set()
        assert session.get(PatientKey, "Patient/a") is None
        assert index.present(kept) == set(kept)
        assert open_chart(session, "Patient/b", index=index).records
        assert session.scalars(select(Summary.patient_ref)).all() == ["Patient/b"]
        assert session.scalars(select(Quarantined.content_hash)).all() == ["Patient/b"]
        assert len(list(audit.chain(session))) >= acts
        again = erase_patient(session, "Patient/a", index=index)
        assert (again.removed, again.summary_ids) == ({STAYS: 0}, removed.summary_ids)


def test_every_table_that_names_a_summary_or_a_record_is_erased_with_its_patient(session):
    for table in erase._tables(session):
        if {"summary_id", "record_id", "version_id"} & set(table.columns.keys()):
            assert erase._of_patient(table, "Patient/a"), table.name


def test_nothing_goes_while_the_store_does_not_answer(sessions, index, minilm):
    with transaction(sessions) as session:
        a_chart(session)
        open_chart(session, "Patient/a", index=index)
    nowhere = PassageIndex(Place("http://127.0.0.1:9"), minilm)
    with pytest.raises(Unavailable), transaction(sessions) as session:
        erase_patient(session, "Patient/a", index=nowhere)
    nowhere.close()
    with transaction(sessions) as session:
        assert remaining(session, "Patient/a")["source_records"] == 5


@pytest.mark.parametrize(
    ("raw", "goes"),
    [
        ('{"reference": "Patient/a"}', True),
        ('{"resourceType": "Patient", "id":"a"}', True),
        ('{"id": "a", "resourceType": "Patient"', True),
        ('{"reference": "Patient/a1"}', False),
        ('{"resourceType": "Patient", "id": "a-1"}', False),
        ('{"resourceType":"Observation","id":"a","subject":{"reference":"Patient/b"}}', False),
    ],
)
def test_of_what_could_not_be_read_only_that_which_names_the_patient_goes(
    session, index, raw, goes
):
    session.add(Quarantined(origin="x", content_hash="x", raw=raw, reason="r"))
    erased = erase_patient(session, "Patient/a", index=index)
    assert erased.removed == ({"quarantined": 1} if goes else {}) | {STAYS: 0}


def test_a_binary_of_no_chart_goes_unless_somebody_elses_note_points_at_it(session, index):
    for name, patients in (("mine", "a"), ("shared", "ab")):
        a_record(
            session,
            "Attachment",
            resource_type="Binary",
            resource_ref=f"Binary/{name}",
            patient_ref=None,
        )
        for patient in patients:
            a_note(
                session,
                "Seen.",
                patient=f"Patient/{patient}",
                refers_to={f"https://ehr.example/Binary/{name}": f"Binary/{name}"},
            )
    assert erase_patient(session, "Patient/a", index=index).removed["binaries of no chart"] == 1
    held = select(SourceRecord.resource_ref).where(SourceRecord.resource_type == "Binary")
    assert session.scalars(held).all() == ["Binary/shared"]


def test_erasing_nobody_is_refused(session, index):
    with pytest.raises(BadInput):
        erase_patient(session, "", index=index)


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        (FilingState.FILED, 1),
        (FilingState.SUPERSEDED, 1),
        (FilingState.UNKNOWN, 1),
        (FilingState.UNREAD, 1),
        (FilingState.REFUSED, 1),  # it has a document, with another text than was signed
        (FilingState.RETRACTED, 0),
    ],
)
def test_what_stays_in_the_ehr_is_told_by_what_the_ehr_answered(session, index, state, stays):
    a_chart(session)
    a_filed_summary(session, "Patient/a")
    session.scalars(select(Filing)).one().state = state
    session.flush()
    assert erase_patient(session, "Patient/a", index=index).removed[STAYS] == stays


def test_of_what_the_ehr_refused_nothing_stays_there(session, index):
    a_chart(session)
    a_filed_summary(session, "Patient/a")
    filing = session.scalars(select(Filing)).one()
    filing.state, filing.document_ref = FilingState.REFUSED, None
    session.flush()
    assert erase_patient(session, "Patient/a", index=index).removed[STAYS] == 0


def test_vectors_of_an_earlier_embedding_go_once_the_patient_was_rebuilt(
    session, settings, index, minilm
):
    a_chart(session)
    open_chart(session, "Patient/a", index=index)
    gone = vectors(session, "Patient/a")
    changed = PassageIndex(place_of(settings), Reversed(minilm))
    with contextlib.closing(changed):
        assert embed_owed(session, index=changed)
        erase_patient(session, "Patient/a", index=changed)
        assert changed.present(gone) == index.present(gone) == set()
        changed.drop(changed.space)


def test_vectors_go_that_were_written_by_a_transaction_that_did_not_commit(sessions, index):
    with transaction(sessions) as session:
        a_chart(session)
        cut_chart(session, "Patient/a", index=index)
    with sessions() as session:
        embed_charts(session, ["Patient/a"], index=index)
        session.rollback()
    with transaction(sessions) as session:
        gone = set(vectors(session, "Patient/a"))
        assert index.present(gone) == gone
        assert erase_patient(session, "Patient/a", index=index).removed["vectors"] == len(gone)
    assert index.present(gone) == set()


def test_an_id_that_was_consumed_long_ago_leaves_the_queues_file_too(settings):
    url = settings.redis_url.get_secret_value()
    with contextlib.closing(redis.Redis.from_url(url)) as queue:
        until(lambda: not queue.info("persistence")["aof_rewrite_in_progress"])
        queue.lpush("celery", "consumed-5150")
        assert queue.lpop("celery") == b"consumed-5150"
    assert found_in_files(settings.data_dir, [b"consumed-5150"])
    assert erase_messages(url, ["consumed-5150"]) == 0
    until(lambda: not found_in_files(settings.data_dir, [b"consumed-5150"]))


def test_messages_go_where_the_queues_file_may_not_be_rewritten(settings):
    url = settings.redis_url.get_secret_value()
    with contextlib.closing(redis.Redis.from_url(url)) as queue:
        queue.acl_setuser(
            "plain",
            enabled=True,
            nopass=True,
            keys=["*"],
            categories=["+@all"],
            commands=["-config", "-bgrewriteaof"],
        )
        queue.lpush("celery", "waiting-5150")
        assert erase_messages(url.replace("unix://", "unix://plain:any@"), ["waiting-5150"]) == 1
        queue.acl_deluser("plain")


def until(is_so):
    """What Redis does in the background takes a moment."""
    for _ in range(100):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("It did not come about in ten seconds.")


def test_no_file_holds_an_erased_patient(sessions, settings, index, minilm):
    """Every file beside PostgreSQL's: names, texts, vector ids and the vectors themselves."""
    url = settings.redis_url.get_secret_value()
    with transaction(sessions) as session:
        for patient in ("Patient/canary-7731", "Patient/stays-7731"):
            a_chart(session, patient)
            open_chart(session, patient, index=index)
        summary = a_filed_summary(session, "Patient/canary-7731")
        gone = sorted(set(vectors(session, "Patient/canary-7731")))
        rows = index._store.collection(index.space).get(ids=gone, include=["embeddings"])
    for key, value in (("celery", summary.id), ("other", "somebody else's")):
        queue = redis.Redis.from_url(url)
        queue.lpush(key, json.dumps({"summary_id": value}))
        queue.close()
    named = ["canary-7731", summary.id, "overdose of paracetamol", *gone]
    wanted = [each.encode() for each in named]
    wanted += [np.asarray(row, np.float32).tobytes()[:64] for row in rows["embeddings"]]
    assert found_in_files(settings.data_dir, wanted)
    with transaction(sessions) as session:
        erased = erase_patient(session, "Patient/canary-7731", index=index)
    assert erase_messages(url, erased.summary_ids) == 1
    assert vacuum_store(settings.data_dir / "chroma")
    until(lambda: not found_in_files(settings.data_dir, wanted))  # Redis does it in the background
    queue = redis.Redis.from_url(url)
    assert queue.llen("other") == 1
    queue.delete("other")
    queue.close()
