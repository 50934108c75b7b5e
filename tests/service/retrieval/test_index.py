"""The vector store may be away, restarted or wiped, and differences are mended and counted."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from sqlalchemy import select, text

from service.embedded import free_port
from service.errors import Unavailable
from service.retrieval.embedding import LangchainEmbedder
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import cut_chart, embed_owed, lock_patient
from service.retrieval.keys import opaque_id
from service.retrieval.leftovers import vacuum_store
from service.retrieval.models import Passage
from service.retrieval.place import Place, place_of
from service.retrieval.sync import Mended, index_step, mend_index
from tests.service.retrieval.charts import a_chart, a_record
from tests.service.retrieval.embedders import Strict
from tests.service.retrieval.files import found_in_files


def vectors(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, 384)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def names(count):
    return [opaque_id(b"test", "index", n) for n in range(count)]


def test_vectors_come_back_by_id_and_only_those_asked_for(index):
    ids, rows = names(1203), vectors(1203)
    index.add(ids, rows)
    found = index.get(ids[100:900])
    assert set(found) == set(ids[100:900])
    assert np.allclose(found[ids[450]], rows[450], atol=2e-3)
    assert index.get(["f" * 32]) == {} == index.get([])
    assert index.present([*ids[:3], "f" * 32]) == set(ids[:3])
    assert set(ids) <= {i for page in index.pages() for i in page}
    index.delete(ids)
    assert index.present(ids) == set()


def test_a_store_that_is_away_can_be_tried_again(minilm):
    away = PassageIndex(Place(f"http://127.0.0.1:{free_port()}"), minilm)
    with pytest.raises(Unavailable) as refused:
        away.get(["0" * 32])
    assert refused.value.can_retry
    with pytest.raises(Unavailable):
        away.check_answers()


def a_server(path, port):
    chroma = Path(sys.executable).parent / "chroma"
    argv = [chroma, "run", "--path", path, "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat")
            return process
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("Chroma did not start")


def end(process):
    process.kill()
    process.wait()


@pytest.mark.processes
def test_it_reconnects_after_a_restart_and_after_a_wipe(tmp_path, minilm):
    port = free_port()
    store = PassageIndex(Place(f"http://127.0.0.1:{port}"), minilm)
    server = a_server(tmp_path / "one", port)
    try:
        store.add(names(3), vectors(3))
        end(server)
        with pytest.raises(Unavailable):
            store.get(names(3))
        server = a_server(tmp_path / "one", port)
        assert len(store.get(names(3))) == 3
        end(server)
        server = a_server(tmp_path / "two", port)
        assert store.get(names(3)) == {}
        store.add(names(3), vectors(3))
        assert len(store.get(names(3))) == 3
    finally:
        store.close()
        end(server)


def mend_all(session, index):
    """What earlier tests left in the store goes first: it may be more than one run deletes."""
    while mend_index(session, index=index) != Mended():
        pass


def test_the_sweep_indexes_mends_and_removes_strays(session, index):
    mend_all(session, index)
    a_chart(session)
    assert index_step(session, index=index).charts == 1
    assert index_step(session, index=index).embedded == 10
    assert index_step(session, index=index).is_last
    assert mend_index(session, index=index) == Mended()
    ids = list(session.scalars(select(Passage.vector_id).distinct()))
    index.delete(ids[:3])
    index.add(names(2), vectors(2))
    assert mend_index(session, index=index) == Mended(vectors=3, strays=2)
    assert index.present([*ids, *names(2)]) == set(ids)


def test_strays_are_left_alone_while_somebody_indexes(sessions, index):
    with sessions() as one, sessions() as other:
        a_record(one, "Insomnia")
        open_chart(one, "Patient/a", index=index)
        assert mend_index(other, index=index).strays == 0
        one.rollback()
        other.rollback()
        assert mend_index(other, index=index).strays >= 1
        other.rollback()


def test_to_remove_strays_keeps_others_from_indexing_only_while_they_are_removed(sessions, index):
    index.add(names(2), vectors(2))
    with sessions() as one, sessions() as other:
        assert mend_index(one, index=index).strays >= 2
        other.execute(text("SET LOCAL lock_timeout = '1s'"))
        lock_patient(other, "Patient/a")  # the first transaction is still open
        other.rollback()
        one.rollback()


def test_a_space_that_nobody_reads_goes_some_vectors_at_a_time(index):
    index.add(names(7), vectors(7), "former/384")
    assert not index.drop("former/384", limit=5)
    assert len(index.present(names(7), "former/384")) == 2
    assert index.drop("former/384", limit=5)
    assert "former/384" not in index.spaces()


def test_the_files_do_not_keep_a_stray(session, settings, index):
    mend_all(session, index)
    index.add(names(3), vectors(3))
    rows = index._store.collection(index.space).get(ids=names(3), include=["embeddings"])
    wanted = [np.asarray(row, np.float32).tobytes()[:64] for row in rows["embeddings"]]
    assert found_in_files(settings.data_dir, wanted)
    assert mend_index(session, index=index).strays == 3
    vacuum_store(settings.data_dir / "chroma")
    assert found_in_files(settings.data_dir, wanted) == {}


def test_charts_of_many_patients_are_embedded_together_and_only_what_is_owed(session, index):
    calls = []
    for patient in ("Patient/a", "Patient/b"):
        a_chart(session, patient)
        cut_chart(session, patient, index=index)
    done = embed_owed(session, index=index, report=lambda *told: calls.append(told))
    assert calls == [(done, done)] and done == 20
    owed = select(Passage.id).where(Passage.model != index.space)
    assert session.scalars(owed).all() == []
    assert embed_owed(session, index=index) == 0


def test_a_text_that_the_embedding_refuses_keeps_no_other_patient_waiting(session, settings):
    strict = LangchainEmbedder("fake:strict", Strict(size=384))
    index = PassageIndex(place_of(settings), strict)
    for patient, said in (
        ("Patient/a", "Insomnia"),
        ("Patient/b", "canary"),
        ("Patient/c", "Gout"),
    ):
        a_record(session, said, patient=patient)
        cut_chart(session, patient, index=index)
    with contextlib.closing(index):
        assert embed_owed(session, index=index) == 2
        owed = select(Passage.patient_ref).where(Passage.model == "")
        assert session.scalars(owed).all() == ["Patient/b"]
        with pytest.raises(Unavailable):
            embed_owed(session, index=index)
        index.drop(index.space)


def test_a_question_is_embedded_once_and_reads_as_embedded_anew(index):
    once = index.question("low mood", index.space)
    assert index.question("low mood", index.space) is once
    assert np.allclose(once, index.embedder.embed(["low mood"])[0], atol=1e-6)


def test_a_question_in_a_space_that_is_gone_says_what_to_do(index):
    with pytest.raises(Unavailable, match="countersign reindex"):
        index.question("low mood", "never-made/3")
