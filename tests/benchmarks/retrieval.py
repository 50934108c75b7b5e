"""`python -m tests.benchmarks.retrieval`: is a planted fact among the first 20 passages?

Questions: (1) of our stories every `carries` fact of `expected.toml`, asked in the words of its
`fact`; (2) of charts in the third-party data, where it lies beside the project, a seeded sample of
coded records ("what was the ... on 3 March 2021", the title in lay words where a list below has
them, no value) and of note sentences (a third of the words left out, lay words put in, the rest in
another order), so that plain word search does not win by identity; (3) questions as clinicians ask
(`data/clinicians_questions.toml`): brands, classes, lay words, abbreviations, purposes. Half of
those were read for causes of misses, by story and by a seeded half of the terms; `--missing` never
lists the other half.

A fact is found when one of the first 20 passages is of its coded record, or has four fifths of the
words of its quote. Every way searches the same passages of the same patient: *meaning alone* is
exact cosine of MiniLM over whole passages, *words alone* is bm25s with its own tokenizer,
*langchain-chroma* is `similarity_search(question, k=20, filter={"patient": ...})` over one
collection of all charts, *ours* is `PatientChart.ask`. `--missing` lists what ours did not find.
"""

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import chromadb
import numpy as np
import orjson
from chromadb.config import Settings as ChromaSettings

from fhir_fixtures import stories
from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.chart.files import read_files
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.embedded import running_parts
from service.reading.sentences import sentence_spans
from service.retrieval.copies import normal
from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import open_chart
from service.retrieval.indexing import index_patient
from service.retrieval.patient_chart import PatientChart
from service.retrieval.vectors import text_to_search
from service.settings import Settings
from tests.benchmarks.clinicians_questions import COUNTED, Question, of_records, of_story
from tests.benchmarks.store import WithMiniLM

SHARED = Path(__file__).parents[3] / "shared" / "data"
FIRST = 20
ENOUGH = 0.8
WAYS = ("meaning alone", "words alone", "langchain-chroma", "ours")
LAY = {
    "hypertension": "high blood pressure",
    "body weight": "how heavy",
    "body height": "how tall",
    "blood pressure": "BP reading",
    "respiratory rate": "breathing rate",
    "heart rate": "pulse",
    "patient health questionnaire": "depression questionnaire",
    "phq-9": "depression score",
    "generalized anxiety disorder": "anxiety questionnaire",
    "suicidal ideation": "suicidal thoughts",
    "hemoglobin": "haemoglobin",
    "glucose": "sugar",
    "cholesterol": "blood fats",
    "immunization": "vaccination",
    "influenza": "flu",
    "medication": "medicine",
    "daily": "every day",
    "nightly": "at night",
    "bedtime": "night",
    "increased": "raised",
    "decreased": "lowered",
    "denies": "says there is no",
    "reports": "tells of",
    "depressed": "low",
    "insomnia": "poor sleep",
    "fracture": "broken bone",
    "chronic": "long-term",
    "married": "wed",
    "unemployed": "out of work",
    "smoker": "smokes",
    "therapy": "counselling",
}
_STOP = """
the a an of to in and or is was were with for on at by that this has have had he she they his her
their as it be been are no not
"""
STOP = frozenset(_STOP.split())


@dataclass
class Charted:
    """One patient, indexed in every way."""

    chart: PatientChart
    texts: list[str]
    sources: list[str]
    rows: np.ndarray
    words: Any


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--charts", type=int, default=3, help="third-party charts")
    asked.add_argument("--sample", type=int, default=60, help="questions of each kind a chart")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--missing", action="store_true")
    options = asked.parse_args()
    configure_logging(Settings(log_level="error"))
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        found, total = Counter[tuple[str, str]](), Counter[str]()
        with runtime.transaction() as session:
            for question, ways in answered(session, runtime, options):
                total[question.group] += 1
                found.update((question.group, way) for way in ways)
                is_shown = options.missing and COUNTED not in question.group
                if is_shown and "ours" not in ways:
                    print(f"- {question.group}: {question.asked!r} <- {question.quote!r}")
        runtime.close()
    show(found, total)
    return 0


def answered(
    session: Any, runtime: Runtime, options: argparse.Namespace
) -> Iterator[tuple[Question, set[str]]]:
    beside = langchain_store(runtime)
    asked: list[tuple[Charted, Question]] = []
    for path, story in charts(options.charts):
        charted = indexed(session, runtime, path, beside)
        questions = of_a_story(story) if story else generated(charted, options)
        asked += [(charted, question) for question in questions]
    for charted, question in asked:
        ways = found_by(charted, question, runtime, beside)
        yield question, {way for way, texts in ways.items() if is_found(question, texts)}


def charts(limit: int) -> Iterator[tuple[Path, str | None]]:
    for name in stories.names():
        yield stories.STORIES / name / "bundle.json", name
    theirs = [
        *SHARED.glob("inferno-uscore/uscore_bundle_patient_*.json"),
        *SHARED.glob("synthea-r4-behavioral/*.json"),
    ]
    for path in sorted(theirs, key=lambda each: each.stat().st_size)[:limit]:
        yield path, None


def indexed(session: Any, runtime: Runtime, path: Path, beside: Any) -> Charted:
    entries = orjson.loads(path.read_bytes())["entry"]
    ids = [e["resource"]["id"] for e in entries if e["resource"]["resourceType"] == "Patient"]
    patient = f"Patient/{ids[0]}"
    ingest(session, "bench", read_files([path]))
    index_patient(session, patient, index=runtime.index)
    chart = open_chart(session, patient, index=runtime.index)
    pairs = [(chart._record[p.record_id], p) for p in chart._passages]
    texts = [text_to_search(r, p.heading, p.start, p.end) for r, p in pairs]
    rows = runtime.index.embedder.embed(texts)
    words = bm25s.BM25()
    words.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    sources = [r.resource_ref for r, _ in pairs]
    for start in range(0, len(texts), 5000):
        part = slice(start, start + 5000)
        beside._collection.add(
            ids=[p.id for _, p in pairs[part]],
            embeddings=rows[part],
            documents=texts[part],
            metadatas=[{"patient": patient, "source": each} for each in sources[part]],
        )
    return Charted(chart, texts, sources, rows, words)


def langchain_store(runtime: Runtime) -> Any:
    from langchain_chroma import Chroma

    client = chromadb.HttpClient(
        host=str(runtime.settings.chroma_url), settings=ChromaSettings(anonymized_telemetry=False)
    )
    return Chroma(
        client=client,
        collection_name="langchain",
        embedding_function=WithMiniLM(runtime.index.embedder),
    )


def found_by(
    charted: Charted, question: Question, runtime: Runtime, beside: Any
) -> dict[str, list[tuple[str, str]]]:
    """Way -> (source, text) of its first 20 passages."""
    cosines = charted.rows @ runtime.index.embedder.embed([question.asked])[0]
    tokens = bm25s.tokenize([question.asked], show_progress=False, return_ids=False)[0]
    lexical = charted.words.get_scores(tokens) if tokens else np.zeros(len(charted.texts))
    searched = beside.similarity_search(
        question.asked, k=FIRST, filter={"patient": charted.chart.patient_ref}
    )
    wide = SectionQuery("question", "Question", limit_tokens=10**6)
    ours = charted.chart.ask(question.asked, wide).evidence[:FIRST]

    def best(scores: np.ndarray) -> list[tuple[str, str]]:
        first = np.argsort(-scores, kind="stable")[:FIRST]
        return [(charted.sources[n], charted.texts[n]) for n in first]

    return {
        "meaning alone": best(cosines),
        "words alone": best(lexical),
        "langchain-chroma": [(d.metadata["source"], d.page_content) for d in searched],
        "ours": [(e.source_ref, f"{e.heading}: {e.text}") for e in ours],
    }


def is_found(question: Question, passages: list[tuple[str, str]]) -> bool:
    wanted = set(normal(question.quote).split())
    is_note = question.source.startswith(("DocumentReference/", "Composition/"))
    for source, text in passages:
        if not is_note and source == question.source:
            return True
        if wanted and len(wanted & set(normal(text).split())) >= ENOUGH * len(wanted):
            return True
    return False


def of_a_story(name: str) -> list[Question]:
    facts = stories.story(name).expected["carries"]
    planted = [Question("planted in stories", f["fact"], f["source"], f["quote"]) for f in facts]
    return planted + of_story(name)


def generated(charted: Charted, options: argparse.Namespace) -> list[Question]:
    chance = random.Random(f"{options.seed} {charted.chart.patient_ref}")
    coded = [r for r in charted.chart.records if not r.is_note and r.effective_at and r.code]
    notes = [s for r in charted.chart.records if r.is_note for s in sentences(r)]
    notes = [*{normal(quote): (source, quote) for source, quote in notes}.values()]
    chosen = chance.sample(coded, min(options.sample, len(coded)))
    told = chance.sample(notes, min(options.sample, len(notes)))
    return (
        [of_record(r, chance) for r in chosen]
        + [
            Question("note sentences", paraphrased(quote, chance), source, quote)
            for source, quote in told
        ]
        + [*of_records(charted.chart.records, chance)]
    )


def of_record(record: SourceRecord, chance: random.Random) -> Question:
    assert record.effective_at
    at = record.effective_at
    day = chance.choice(
        (f"on {at.day} {at:%B %Y}", f"on {at.month}/{at.day}/{at.year}", f"in {at:%B %Y}")
    )
    asked = chance.choice(("what was recorded about {} {}", "{} {}", "any {} {}"))
    return Question(
        "coded records", asked.format(lay(record.title), day), record.resource_ref, record.headline
    )


def sentences(record: SourceRecord) -> Iterator[tuple[str, str]]:
    body = record.text.find("\n") + 1
    for start, end in sentence_spans(record.text, body):
        said = record.text[start:end]
        if 8 <= len(said.split()) <= 40 and sum(c.isalpha() for c in said) > 0.6 * len(said):
            yield record.resource_ref, said


def paraphrased(sentence: str, chance: random.Random) -> str:
    """Two thirds of the content words, in lay words where there are any, halves exchanged."""
    words = [w for w in re.findall(r"[\w\-./%]+", lay(sentence)) if w.casefold() not in STOP]
    kept = sorted(chance.sample(range(len(words)), max(3, 2 * len(words) // 3)))
    half = len(kept) // 2
    return " ".join(words[n] for n in kept[half:] + kept[:half])


def lay(text: str) -> str:
    said = text.casefold()
    for term, plain in LAY.items():
        said = said.replace(term, plain)
    return said


def show(found: Counter[tuple[str, str]], total: Counter[str]) -> None:
    print(f"| questions | number | {' | '.join(WAYS)} |\n|---|---|{'---|' * len(WAYS)}")
    for group, count in total.items():
        shares = " | ".join(f"{found[group, way] / count:.3f}" for way in WAYS)
        print(f"| {group} | {count} | {shares} |")
    every = sum(total.values())
    sums = [sum(n for (_, each), n in found.items() if each == way) for way in WAYS]
    print(f"| all | {every} | {' | '.join(f'{n / every:.3f}' for n in sums)} |")


if __name__ == "__main__":
    sys.exit(main())
