"""`python -m tests.benchmarks.embedding`: passages embedded a second, same weights, two ways.

*Chroma's way* is what its default embedding function does: the network in fp32, every text padded
to 256 tokens, 32 texts a run. *Ours* is the int8 network in batches by length without fixed
padding. The texts are the different passages of our stories. Each way runs --rounds times in turn;
the median is told, and the least cosine between the two ways' vectors of one text.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fhir_fixtures import stories
from service.access.decisions import Purpose, decide_chart
from service.retrieval.cutting import slices_of
from service.retrieval.graph import minilm_graph
from service.retrieval.minilm import MiniLM, _tokenizer, open_session
from service.retrieval.vectors import text_to_embed
from service.retrieval.weights import read_weights
from service.verification.charts import records_of

PADDED_TO, RUN_OF = 256, 32  # Chroma's ONNXMiniLM_L6_V2


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--texts", type=int, default=96)
    options = asked.parse_args()
    texts = passages(options.texts)
    theirs = chromas_way()
    with tempfile.TemporaryDirectory() as folder:
        ours = MiniLM(Path(folder)).embed
        rows, near = timed({"Chroma's way": theirs, "ours": ours}, texts, options.rounds)
    print(f"{len(texts)} passages of our stories; least cosine between the ways {near:.3f}\n")
    print("| way | passages a second | times |\n|---|---|---|")
    least = min(rows.values())
    for name, rate in rows.items():
        print(f"| {name} | {rate:.0f} | {rate / least:.1f} |")
    return 0


def timed(
    ways: dict[str, Callable[[list[str]], np.ndarray]], texts: list[str], rounds: int
) -> tuple[dict[str, float], float]:
    vectors = {name: way(texts[:40]) for name, way in ways.items()}  # also warms them up
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = time.perf_counter()
            way(texts)
            taken[name].append(time.perf_counter() - begin)
    one, other = vectors.values()
    near = float(np.min(np.sum(one * other, axis=1)))
    return {name: len(texts) / statistics.median(each) for name, each in taken.items()}, near


def chromas_way() -> Callable[[list[str]], np.ndarray]:
    session = open_session(minilm_graph(read_weights()).SerializeToString())
    tokenizer = _tokenizer()
    tokenizer.enable_padding(length=PADDED_TO)

    def embed(texts: list[str]) -> np.ndarray:
        found = []
        for start in range(0, len(texts), RUN_OF):
            encoded = tokenizer.encode_batch(texts[start : start + RUN_OF])
            asked = {
                "input_ids": np.array([each.ids for each in encoded], np.int32),
                "attention_mask": np.array([each.attention_mask for each in encoded], np.int32),
            }
            found.append(session.run(None, asked)[0])
        return np.concatenate(found)

    return embed


def passages(limit: int) -> list[str]:
    """Different passages, those that may be used, spread over the stories."""
    found: dict[str, None] = {}
    for name in stories.names():
        records = records_of(stories.story(name).bundle)
        decided = decide_chart(records, purpose=Purpose.INDEX)
        for record in (r for r in records if decided[r.id].allowed):
            for piece in slices_of(record):
                found[text_to_embed(record, piece.heading, piece.start, piece.end)] = None
    every = list(found)
    return every[:: max(1, len(every) // limit)][:limit]


if __name__ == "__main__":
    sys.exit(main())
