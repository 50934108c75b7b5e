"""An erased patient is nowhere but in the audit; nobody else is touched."""

import json

import pytest
from sqlalchemy import select

from service import audit
from service.chart.models import Quarantined, SnapshotRecord, SourceRecord
from service.database import transaction
from service.errors import BadInput, Unavailable
from service.retrieval.erase import STAYS, erase_patient, remaining
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.models import Passage, PatientKey
from service.summary import progress
from service.summary.document import Document
from service.summary.models import Attestation, Summary
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.service.retrieval.charts import a_chart


def a_filed_summary(session, patient):
    summary = progress.request_summary(session, patient, SummaryType.PRE_VISIT, actor="dr-a")
    version = progress.add_version(
        session, summary, Document("Summary"), made_by="system", writer={}, coverage={}
    )
    path = (SummaryStatus.CHARTED, SummaryStatus.INDEXED, SummaryStatus.DRAFTED,
            SummaryStatus.IN_REVIEW, SummaryStatus.SIGNED, SummaryStatus.FILED)  # fmt: skip
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
            broken = json.dumps({"id": patient.removeprefix("Patient/")})
            session.add(Quarantined(origin="x", content_hash=patient, raw=broken, reason="r"))
        gone, kept = vectors(session, "Patient/a"), vectors(session, "Patient/b")
        acts = len(list(audit.chain(session)))
    with transaction(sessions) as session:
        removed = erase_patient(session, "Patient/a", index=index)
    assert removed == {
        "vectors": 11, "passages": 11, "indexed records": 5, "patient keys": 1,
        "snapshot records": 1, "source records": 5, "charts": 1, "attestations": 1,
        "summary versions": 1, "summaries": 1, "quarantined": 1, STAYS: 1,
    } | {"vectors": len(set(gone))}  # fmt: skip
    with transaction(sessions) as session:
        assert remaining(session, "Patient/a") == {}
        assert index.present(gone) == set()
        assert session.get(PatientKey, "Patient/a") is None
        assert index.present(kept) == set(kept)
        assert open_chart(session, "Patient/b", index=index).records
        assert session.scalars(select(Summary.patient_ref)).all() == ["Patient/b"]
        assert session.scalars(select(Quarantined.content_hash)).all() == ["Patient/b"]
        assert len(list(audit.chain(session))) >= acts
        assert erase_patient(session, "Patient/a", index=index) == {STAYS: 0}


def test_nothing_goes_while_the_store_does_not_answer(sessions, index, minilm):
    with transaction(sessions) as session:
        a_chart(session)
        open_chart(session, "Patient/a", index=index)
    nowhere = PassageIndex("http://127.0.0.1:9", minilm)
    with pytest.raises(Unavailable), transaction(sessions) as session:
        erase_patient(session, "Patient/a", index=nowhere)
    with transaction(sessions) as session:
        assert remaining(session, "Patient/a")["source_records"] == 5


def test_an_id_that_only_begins_alike_is_somebody_else(session, index):
    for raw in ('{"reference": "Patient/a1"}', '{"id": "a-1"}', '{"id":"a"}'):
        session.add(Quarantined(origin="x", content_hash=raw, raw=raw, reason="r"))
    assert erase_patient(session, "Patient/a", index=index) == {"quarantined": 1, STAYS: 0}


def test_erasing_nobody_is_refused(session, index):
    with pytest.raises(BadInput):
        erase_patient(session, "", index=index)
