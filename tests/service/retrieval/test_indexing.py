"""The index follows the chart: only what changed is done, and restricted records never enter."""

import contextlib
import threading

import numpy as np
import pytest
from sqlalchemy import select, update

from service.chart.ingest import ingest
from service.chart.models import Chart
from service.database import now, transaction
from service.retrieval.embedding import build_embedder, former_embedders
from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import (
    IndexCount,
    embed_owed,
    index_chart,
    index_patient,
    owed_patients,
    rebuild_patient,
)
from service.retrieval.models import IndexedRecord, Passage
from service.retrieval.packing import unpacked
from service.retrieval.place import place_of
from service.retrieval.sync import mend_index
from service.settings import Settings
from service.summary import progress
from service.summary.vocabulary import Standing, SummaryStatus, SummaryType
from tests.service.chart import builders as fhir
from tests.service.retrieval.charts import SECOND_VISIT, a_chart, a_note, a_record
from tests.service.retrieval.embedders import Reversed


def passages(session, patient="Patient/a"):
    return list(session.scalars(select(Passage).where(Passage.patient_ref == patient)))


def test_a_chart_is_indexed_once_and_a_second_run_does_nothing(session, index):
    a_chart(session)
    seen = []
    count = index_patient(
        session, "Patient/a", index=index, report=lambda done, of: seen.append((done, of))
    )
    assert (count.records, count.withheld, count.copies) == (5, 0, 1)
    assert count.passages == len(passages(session)) == 11
    assert count.embedded == 10  # the copied-forward passage shares the first one's vector
    assert seen == [(10, 10)]
    assert index.present([p.vector_id for p in passages(session)]) == {
        p.vector_id for p in passages(session)
    }
    assert index_patient(session, "Patient/a", index=index) == IndexCount()


def test_the_store_holds_no_text_no_name_and_only_turned_vectors(session, index, minilm):
    a_chart(session)
    index_patient(session, "Patient/a", index=index)
    ids = sorted({p.vector_id for p in passages(session)})
    kept = index._store.collection(index.space).get(
        ids=ids, include=["embeddings", "metadatas", "documents"]
    )
    assert kept["documents"] == kept["metadatas"] == [None] * len(kept["ids"])
    record_ids = {p.record_id for p in passages(session)}
    assert not any(part in each for each in ids for part in (*record_ids, "Patient", "patient"))
    plain = minilm.embed(["Risk assessment: Denies suicidal ideation."])[0]
    turned = unpacked(np.asarray(kept["embeddings"], np.float32), 384)
    assert np.max(turned @ plain) < 0.3


def test_only_a_new_record_is_cut_and_embedded(session, index):
    a_chart(session)
    index_patient(session, "Patient/a", index=index)
    a_note(session, "Plan:\nReferred to the sleep clinic.", day=120)
    count = index_patient(session, "Patient/a", index=index)
    assert (count.passages, count.embedded, count.removed) == (1, 1, 0)


@pytest.mark.parametrize(
    "change",
    [{"is_latest": False}, {"standing": Standing.EXCLUDED}, {"standing": Standing.UNREADABLE}],
)
def test_a_replaced_or_excluded_record_leaves_the_index(session, index, change):
    record = a_record(session, "Psychosis, ruled out")
    kept = a_record(session, "Insomnia (active)")
    index_patient(session, "Patient/a", index=index)
    gone = [p.vector_id for p in passages(session) if p.record_id == record.id]
    for name, value in change.items():
        setattr(record, name, value)
    session.flush()
    assert index_patient(session, "Patient/a", index=index).removed == 1
    assert {p.record_id for p in passages(session)} == {kept.id}
    assert index.present(gone) == set()


def test_restricted_records_are_decided_and_never_cut_or_embedded(session, index):
    restricted = [
        a_note(session, "Canary one. Countertransference noted."),
        a_note(session, "Canary two.", title="Psychotherapy note"),
        a_record(session, "Methadone 80 mg", labels=["42CFRPart2"]),
    ]
    index_patient(session, "Patient/a", index=index)
    assert passages(session) == []
    decided = {d.record_id: d.allowed for d in session.scalars(select(IndexedRecord))}
    assert decided == {r.id: False for r in restricted}


def test_a_record_restricted_later_leaves_and_comes_back_when_the_label_goes(session, index):
    visit = a_record(session, "Visit", resource_type="Encounter")
    note = a_note(session, "Plan:\nRest.", encounter_ref=visit.resource_ref)
    index_patient(session, "Patient/a", index=index)
    assert note.id in {p.record_id for p in passages(session)}
    visit.is_latest = False
    later = a_record(
        session,
        "Visit",
        resource_type="Encounter",
        labels=["42CFRPart2"],
        resource_ref=visit.resource_ref,
        version="2",
    )
    assert index_patient(session, "Patient/a", index=index).withheld == 2
    assert passages(session) == []
    later.is_latest = False
    a_record(
        session, "Visit", resource_type="Encounter", resource_ref=visit.resource_ref, version="3"
    )
    index_patient(session, "Patient/a", index=index)
    assert note.id in {p.record_id for p in passages(session)}


def test_index_chart_moves_the_summary_once(sessions, index):
    with transaction(sessions) as session:
        a_chart(session)
        summary = progress.request_summary(
            session, "Patient/a", SummaryType.PRE_VISIT, actor="dr-a"
        )
        progress.advance(session, summary, SummaryStatus.CHARTED, actor="system")
        summary_id = summary.id
    for _ in range(2):
        with transaction(sessions) as session:
            index_chart(session, summary_id, index=index)
    with transaction(sessions) as session:
        assert progress.find_summary(session, summary_id).status is SummaryStatus.INDEXED
        chart = session.get_one(Chart, "Patient/a")
        assert chart.indexed_at >= chart.changed_at


def test_two_workers_on_one_chart_embed_it_once(sessions, index):
    with transaction(sessions) as session:
        a_chart(session)
    counts = []

    def work():
        with transaction(sessions) as session:
            counts.append(index_patient(session, "Patient/a", index=index))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(count.embedded for count in counts) == [0, 10]


def test_an_older_copy_that_arrives_later_becomes_the_original(session, index):
    newer = a_note(session, SECOND_VISIT, day=100)
    index_patient(session, "Patient/a", index=index)
    older = a_note(session, SECOND_VISIT, day=5)
    index_patient(session, "Patient/a", index=index)
    owner = {p.id: p.record_id for p in passages(session)}
    copied = [p for p in passages(session) if p.copy_of]
    assert copied
    assert {p.record_id for p in copied} == {newer.id}
    assert {owner[p.copy_of] for p in copied} == {older.id}


def test_a_changed_embedding_serves_old_vectors_until_each_patient_is_rebuilt(
    session, settings, index, minilm
):
    a_chart(session)
    index_patient(session, "Patient/a", index=index)
    question = SectionQuery("any", "Any", words="suicidal thoughts")
    before = open_chart(session, "Patient/a", index=index).gather(question).evidence
    made = {minilm.name: minilm}
    changed = PassageIndex(place_of(settings), Reversed(minilm), former=made.get)
    with contextlib.closing(changed):
        chart = open_chart(session, "Patient/a", index=changed)
        assert (chart.vectors.space, chart.vectors.unembedded) == (index.space, 0)
        assert [e.text for e in chart.gather(question).evidence] == [e.text for e in before]
        assert embed_owed(session, index=changed) == 10
        chart = open_chart(session, "Patient/a", index=changed)
        assert chart.vectors.space == changed.space
        assert chart.gather(question).evidence
        gone = mend_index(session, index=changed).spaces
        assert gone >= 1
        assert changed.spaces() == {changed.space}
        changed.drop(changed.space)


def test_words_still_find_where_the_earlier_embedding_cannot_be_made_any_more(
    session, settings, index, minilm
):
    a_chart(session)
    index_patient(session, "Patient/a", index=index)
    changed = PassageIndex(place_of(settings), Reversed(minilm))
    with contextlib.closing(changed):
        chart = open_chart(session, "Patient/a", index=changed)
        assert chart.vectors.unembedded == 11
        found = chart.ask("sertraline dose").evidence
    assert "sertraline" in found[0].text
    assert "meaning" not in found[0].why


def test_words_still_find_while_the_earlier_embeddings_endpoint_is_away(
    session, settings, index, tmp_path
):
    gone = Settings(
        data_dir=tmp_path, embedding="openai:some", embedding_base_url="http://127.0.0.1:9/v1"
    )
    a_chart(session)
    index_patient(session, "Patient/a", index=index)
    session.execute(update(Passage).values(model=f"{build_embedder(gone).name}/384"))
    later = PassageIndex(place_of(settings), index.embedder, former=former_embedders(gone))
    with contextlib.closing(later):
        chart = open_chart(session, "Patient/a", index=later)
        assert chart.vectors.unembedded == 11
        assert "sertraline" in chart.ask("sertraline dose").evidence[0].text


def test_a_record_that_was_rendered_again_is_cut_again(session, index):
    a_chart(session)
    record = a_record(session, "(a Medication), once daily (active)")
    index_patient(session, "Patient/a", index=index)
    record.headline = record.text = "Lithium carbonate 300 mg oral capsule, twice daily (active)"
    session.flush()
    count = index_patient(session, "Patient/a", index=index)
    assert (count.passages, count.embedded, count.removed) == (1, 1, 1)
    (piece,) = [p for p in passages(session) if p.record_id == record.id]
    assert record.text[piece.start : piece.end] == record.text


def test_a_label_that_comes_after_the_indexing_takes_the_passages_out(session, index):
    """As `chart` hands it down when the encounter is labelled: in place, on the same record."""
    a_chart(session)
    note = a_note(session, "Plan:\nWalking group on Tuesdays.", day=30)
    index_patient(session, "Patient/a", index=index)
    gone = {p.vector_id for p in passages(session) if p.record_id == note.id}
    note.labels = ["42CFRPart2"]
    session.flush()
    assert index_patient(session, "Patient/a", index=index).withheld == 1
    assert not any(p.record_id == note.id for p in passages(session))
    assert index.present(list(gone)) == set()


def test_a_chart_whose_evidence_did_not_change_is_not_owed_for_ever(session, index):
    chart = a_chart(session)
    index_patient(session, "Patient/a", index=index)
    chart.changed_at = now()
    session.flush()
    assert owed_patients(session, 5) == ["Patient/a"]
    index_patient(session, "Patient/a", index=index)
    assert owed_patients(session, 5) == []


def test_an_encounter_that_is_labelled_later_takes_its_notes_out_of_the_index(session, index):
    visit = fhir.a_record("Encounter", "e1", status="finished")
    note = fhir.a_note(
        "Walking group on Tuesdays, and what was said there.",
        context={"encounter": [{"reference": "Encounter/e1"}]},
    )
    ingest(session, "ehr", [fhir.a_patient(), visit, note])
    index_patient(session, fhir.PATIENT, index=index)
    cited = fhir.latest(session, "DocumentReference/n1").id
    assert any(p.record_id == cited for p in passages(session, fhir.PATIENT))
    meta = {"versionId": "2", "security": [{"code": "42CFRPart2"}]}
    ingest(session, "ehr", [visit | {"meta": meta}])
    chart = open_chart(session, fhir.PATIENT, index=index)
    assert cited in {each.record_id for each in chart.withheld}
    assert not any(p.record_id == cited for p in passages(session, fhir.PATIENT))


def test_a_rebuild_takes_out_the_vectors_of_what_has_left_the_chart(session, index):
    kept, left = a_record(session, "Insomnia"), a_record(session, "Asthma")
    index_patient(session, "Patient/a", index=index)
    vector = {p.record_id: p.vector_id for p in passages(session)}
    left.standing = Standing.EXCLUDED
    session.flush()
    rebuild_patient(session, "Patient/a", index=index)
    assert index.present(list(vector.values())) == {vector[kept.id]}
