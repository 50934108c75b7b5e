"""Any classifier of pairs in a folder answers alike; what is none is refused in a sentence."""

import json
import threading

import numpy as np
import pytest
from onnx import TensorProto

from service.errors import WrongSetting
from service.retrieval.minilm import open_session
from service.verification.entailment import onnx as onnx_scorer
from service.verification.entailment.onnx import OnnxScorer
from service.verification.entailment.scorer import Pair
from tests.service.verification.entailment.classifiers import (
    ANSWERS,
    BY_NUMBER,
    a_classifier,
    a_sentence_embedder,
)

PAIRS = [Pair("word", "agrees"), Pair("word", "clashes"), Pair("word word", "silent silent")]


@pytest.mark.parametrize("whole", [TensorProto.INT32, TensorProto.INT64])
@pytest.mark.parametrize("types", [True, False])
@pytest.mark.parametrize("probable", [True, False])
@pytest.mark.parametrize(
    "order", [ANSWERS, ANSWERS[::-1], ("contradiction", "entailment", "neutral")]
)
def test_each_answer_stands_in_its_column(tmp_path, whole, types, probable, order):
    folder = a_classifier(tmp_path, whole=whole, types=types, probable=probable, order=order)
    rows = OnnxScorer(folder).score(PAIRS)
    assert rows.dtype == np.float32 and rows.argmax(axis=1).tolist() == [0, 1, 2]
    assert np.allclose(rows.sum(axis=1), 1.0)
    assert rows[0, 0] == pytest.approx(np.exp(4) / (np.exp(4) + 2), abs=1e-4)


def test_the_evidence_is_told_from_the_statement_by_token_types(tmp_path):
    (row,) = OnnxScorer(a_classifier(tmp_path)).score([Pair("clashes clashes clashes", "agrees")])
    assert row.argmax() == 0


@pytest.mark.parametrize(
    "config",
    [
        {"id2label": {"0": "ENTAILMENT", "1": "Contradiction", "2": "NEUTRAL"}},
        {"id2label": ["entailed", "refutes", "Not_Enough_Info"]},
        {"label2id": {"entailment": 0, "contradiction": 1, "neutral": 2}},
        {"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}}
        | {"label2id": {"entailment": 0, "contradiction": "1", "neutral": 2}},
    ],
)
def test_labels_are_known_as_published_models_spell_them(tmp_path, config):
    rows = OnnxScorer(a_classifier(tmp_path, config=config)).score(PAIRS)
    assert rows.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "config",
    [
        {},
        [],
        {"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}},
        {"id2label": {"0": "entailment", "1": "not_entailment"}},
        {"id2label": {"x": "entailment", "1": "contradiction", "2": "neutral"}},
        {"id2label": 3, "label2id": "neutral"},
    ],
)
def test_labels_that_name_no_three_answers_are_refused(tmp_path, config):
    with pytest.raises(WrongSetting, match="does not name three answers"):
        OnnxScorer(a_classifier(tmp_path, config=config))


def test_a_config_that_is_no_json_is_refused_and_so_is_a_folder_without_a_model(tmp_path):
    (a_classifier(tmp_path) / "config.json").write_text("{")
    with pytest.raises(WrongSetting, match=r"config\.json"):
        OnnxScorer(tmp_path)
    with pytest.raises(WrongSetting, match=r"no model\.onnx in .*elsewhere"):
        OnnxScorer(tmp_path / "elsewhere")


def test_what_is_no_classifier_of_pairs_is_refused_at_its_first_use(tmp_path):
    (a_classifier(tmp_path / "torn") / "model.onnx").write_bytes(b"half a model")
    (a_classifier(tmp_path / "words") / "tokenizer.json").write_text("{}")
    wide = a_classifier(tmp_path / "narrow", config={"id2label": [*ANSWERS[:2], "x", "neutral"]})
    for folder, words in (
        (tmp_path / "torn", "cannot be opened"),
        (tmp_path / "words", "is no tokenizer"),
        (a_classifier(tmp_path / "more", extra="position_ids"), "asks for position_ids as"),
        (a_classifier(tmp_path / "floats", types=False, whole=TensorProto.INT16), "cannot be"),
        (a_sentence_embedder(tmp_path / "rows"), r"of the shape \(1, \d+, 3\)"),
        (wide, r"of the shape \(1, 3\)"),
    ):
        with pytest.raises(WrongSetting, match=words):
            OnnxScorer(folder).score(PAIRS[:1])


def test_texts_of_any_length_and_none_are_answered(tmp_path):
    scorer = OnnxScorer(a_classifier(tmp_path))
    long = " ".join(["word"] * 20_000)
    pairs = [Pair(long, "agrees"), Pair("", "agrees"), Pair(long, f"clashes {long}"), Pair("", "")]
    assert scorer.score(pairs).argmax(axis=1).tolist()[:3] == [0, 0, 1]
    assert scorer.score([]).shape == (0, 3)


def test_what_is_no_number_says_nothing(tmp_path):
    rows = OnnxScorer(a_classifier(tmp_path)).score([Pair("word", "nothing"), PAIRS[0]])
    assert rows[0].tolist() == [0.0, 0.0, 1.0] and rows[1].argmax() == 0


def test_the_order_of_many_pairs_is_kept(tmp_path):
    said = [("agrees", "clashes", "silent")[n % 3] for n in range(200)]
    pairs = [Pair("word " * (n % 50), each) for n, each in enumerate(said)]
    rows = OnnxScorer(a_classifier(tmp_path)).score(pairs)
    assert rows.argmax(axis=1).tolist() == [n % 3 for n in range(200)]


def test_it_loads_at_first_use_and_once_for_all_threads(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        onnx_scorer, "open_session", lambda path: opened.append(path) or open_session(path)
    )
    scorer = OnnxScorer(a_classifier(tmp_path, config=BY_NUMBER))
    assert opened == []
    rows: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: rows.append(scorer.score(PAIRS))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(opened) == 1 and len(rows) == 8
    assert all(json.dumps(row.tolist()) == json.dumps(rows[0].tolist()) for row in rows)
