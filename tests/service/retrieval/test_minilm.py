"""The embedding is the published one, close to full precision, and mends its own file."""

import hashlib

import numpy as np
import pytest

from service.errors import WrongSetting
from service.retrieval.graph import minilm_graph
from service.retrieval.minilm import BATCH_TOKENS, MiniLM, batches, kept_network, open_session
from service.retrieval.weights import SHA256, find_file, read_weights

SAID = [
    "The patient denies suicidal ideation.",
    "She has no thoughts of ending her life.",
    "Blood pressure was 128 over 82.",
    "Lithium level 0.8, creatinine stable.",
    "He sleeps four hours and feels low.",
    "Insomnia with depressed mood.",
]


def test_related_sentences_are_nearer_than_unrelated(minilm):
    cosine = (rows := minilm.embed(SAID)) @ rows.T
    assert cosine[0, 1] > cosine[0, 2] + 0.2
    assert cosine[4, 5] > cosine[4, 3] + 0.1
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_int8_differs_little_from_full_precision(minilm):
    session = open_session(minilm_graph(read_weights()).SerializeToString())
    full = []
    tokenizer, _ = minilm._load()
    for text in SAID:
        ids = np.array([tokenizer.encode(text).ids], np.int32)
        full.append(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0])
    full, small = np.concatenate(full), minilm.embed(SAID)
    assert np.sum(full * small, axis=1).min() > 0.98
    assert np.abs(full @ full.T - small @ small.T).max() < 0.05


def test_a_text_embeds_almost_alike_alone_and_in_company(minilm):
    alone = np.concatenate([minilm.embed([text]) for text in SAID])
    assert np.sum(alone * minilm.embed(SAID), axis=1).min() > 0.98


def test_no_text_and_empty_text_are_no_trouble(minilm):
    assert minilm.embed([]).shape == (0, 384)
    assert np.isfinite(minilm.embed(["", "word " * 5000])).all()


def test_batches_hold_every_index_once_within_the_bound():
    lengths = [256, 3, 80, 12, 256, 256, 5, 90] * 40
    made = list(batches(lengths))
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    assert all(len(b) * max(lengths[i] for i in b) <= BATCH_TOKENS for b in made)


def test_a_damaged_file_is_built_again(tmp_path):
    path = kept_network(tmp_path)
    whole = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes()[:1000])
    assert hashlib.sha256(kept_network(tmp_path).read_bytes()).hexdigest() == whole
    assert MiniLM(tmp_path).embed(["well"]).shape == (1, 384)


def test_other_weights_are_refused(tmp_path):
    assert hashlib.sha256(find_file("model.safetensors").read_bytes()).hexdigest() == SHA256
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(WrongSetting, match="not the published one"):
        read_weights(tmp_path / "model.safetensors")


def test_a_missing_wheel_says_what_to_do():
    with pytest.raises(WrongSetting, match="make install"):
        find_file("no-such-file")
