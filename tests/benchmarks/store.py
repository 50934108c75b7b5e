"""`python -m tests.benchmarks.store [SIZE...]`: one retrieval among other patients' passages.

A patient with 1,000 passages is searched while the store holds SIZE vectors of others (default
10,000 and 100,000; random unit vectors). *open* is reading the chart from PostgreSQL, *first* the
first retrieval of a draft (vectors fetched from the Chroma server, words indexed), *later* the
following ones; p50 / p95 over --repeats charts, 3 later retrievals each. Beside it langchain-chroma
as its documentation shows it: one collection, `similarity_search(question, k=20,
filter={"patient": ...})`, MiniLM by the same embedder, in the same run up to --beside vectors.
Milliseconds of wall time on a shared machine: read the columns against each other. *Server MB* is
the Chroma server's memory with both collections. To fill it within minutes the others' vectors come
in requests of 5,000, its files are written every 100,000 vectors, and its graph, which a get by id
never asks, is built with the least effort; what is read is the same.
`python -m tests.benchmarks.store 10000 100000 1000000` for all sizes.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import chromadb
import numpy as np
import psutil
from chromadb.config import Settings as ChromaSettings
from langchain_core.embeddings import Embeddings

from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.models import Chart
from service.embedded import running_parts
from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import open_chart
from service.retrieval.indexing import index_patient
from service.retrieval.packing import packed
from service.retrieval.store import HNSW
from service.settings import Settings
from tests.service.retrieval.charts import a_note

PATIENT = "Patient/bench"
NOTES = 250  # of four passages each
BATCH = 5000
FILLING = {"sync_threshold": 100_000, "ef_construction": 4}
QUESTIONS = (
    "sleep and nightmares",
    "side effects of the dose",
    "suicidal thoughts",
    "low mood in the evening",
)
MOODS = ("low", "anxious", "brighter", "irritable", "flat", "hopeful", "tense", "calm")


class WithMiniLM(Embeddings):
    """Our embedder as langchain's interface."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.embed(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    asked.add_argument("--repeats", type=int, default=20)
    asked.add_argument("--beside", type=int, default=100_000)
    options = asked.parse_args()
    configure_logging(Settings(log_level="error"))
    HNSW.update(FILLING)
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        print(
            "| others' vectors | open p50 / p95 | first p50 / p95 | later p50 / p95 "
            "| langchain-chroma p50 / p95 | server MB |\n|---|---|---|---|---|---|"
        )
        for row in rows(runtime, options):
            print("| " + " | ".join(row) + " |", flush=True)
        runtime.close()
    return 0


def rows(runtime: Runtime, options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    make_patient(runtime)
    beside = langchain_store(runtime)
    ours_have = beside_has = 0
    for size in sorted(options.sizes):
        fill(runtime, size - ours_have)
        ours_have = size
        timed = [one_draft(runtime) for _ in range(options.repeats + 1)][1:]
        columns = [spread([draft[n] for draft in timed]) for n in (0, 1)]
        columns.append(spread([later for draft in timed for later in draft[2:]]))
        if size <= options.beside:
            fill_beside(beside, size - beside_has)
            beside_has = size
            columns.append(spread(list(searches_beside(beside, options.repeats))))
        yield (f"{size:,}", *columns, *["not run"] * (4 - len(columns)), f"{server_mb():.0f}")


def make_patient(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        session.add(Chart(patient_ref=PATIENT))
        for number in range(NOTES):
            a_note(session, note(number), patient=PATIENT, day=number)
        index_patient(session, PATIENT, index=runtime.index)


def note(number: int) -> str:
    """Four sections that no other note repeats."""
    mood, other = MOODS[number % 8], MOODS[number // 8 % 8]
    return (
        f"HPI:\nMood {mood} in week {number}, {other} in the evening. Sleeps {number % 9} h.\n\n"
        f"Risk assessment:\nDenies suicidal ideation at visit {number}; {other} of late.\n\n"
        f"Medications:\nSertraline {25 + number} mg, {mood} after the change, day {number}.\n\n"
        f"Plan:\nReturn in {number % 12} weeks, call {number} if {mood}."
    )


def one_draft(runtime: Runtime) -> list[float]:
    """Milliseconds: opening the chart, the first retrieval, three later ones."""
    taken = []
    with runtime.transaction() as session:
        begin = time.perf_counter()
        chart = open_chart(session, PATIENT, index=runtime.index)
        taken.append(since(begin))
        for words in QUESTIONS:
            begin = time.perf_counter()
            found = chart.gather(SectionQuery("bench", "Bench", words=words))
            taken.append(since(begin))
            assert found.evidence
    return taken


def fill(runtime: Runtime, count: int) -> None:
    """Other people's vectors, in larger requests than `add` makes: each costs the server a walk
    through what it has not yet written to its files."""
    passages = runtime.index._store.collection(runtime.index.space)
    for size in batches(count):
        passages.add(ids=names(size), embeddings=packed(unit_rows(size)))


def server_mb() -> float:
    """Resident memory of the Chroma server that this run started."""
    children = psutil.Process().children(recursive=True)
    chroma = [each for each in children if "chroma" in " ".join(each.cmdline())]
    return sum(each.memory_info().rss for each in chroma) / 2**20


def langchain_store(runtime: Runtime) -> Any:
    """langchain-chroma on the same server, with the patient's passages and MiniLM."""
    from langchain_chroma import Chroma

    client = chromadb.HttpClient(
        host=str(runtime.settings.chroma_url), settings=ChromaSettings(anonymized_telemetry=False)
    )
    store = Chroma(
        client=client,
        collection_name="langchain",
        embedding_function=WithMiniLM(runtime.index.embedder),
    )
    texts = [part for n in range(NOTES) for part in note(n).split("\n\n")]
    store.add_texts(texts, metadatas=[{"patient": PATIENT}] * len(texts))
    return store


def fill_beside(store: Any, count: int) -> None:
    """Other patients of 1,000 passages each, straight into the collection."""
    for number, size in enumerate(batches(count)):
        patients = [{"patient": f"Patient/{number}-{n // 1000}"} for n in range(size)]
        store._collection.add(
            ids=names(size),
            embeddings=unit_rows(size),
            metadatas=patients,
            documents=["a passage"] * size,
        )


def searches_beside(store: Any, repeats: int) -> Iterator[float]:
    for number in range(repeats + 1):
        begin = time.perf_counter()
        found = store.similarity_search(
            QUESTIONS[number % len(QUESTIONS)], k=20, filter={"patient": PATIENT}
        )
        assert len(found) == 20
        if number:  # the first one wakes the index
            yield since(begin)


def batches(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, BATCH)
        count -= BATCH


def names(count: int) -> list[str]:
    return [secrets.token_hex(16) for _ in range(count)]


def unit_rows(count: int) -> np.ndarray:
    rows = np.random.default_rng().standard_normal((count, 384)).astype(np.float32)
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def since(begin: float) -> float:
    return 1000 * (time.perf_counter() - begin)


def spread(taken: list[float]) -> str:
    return f"{np.percentile(taken, 50):.0f} / {np.percentile(taken, 95):.0f}"


if __name__ == "__main__":
    sys.exit(main())
