"""Tiny classifiers: each word of the statement votes for one answer; the network adds them up."""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "agrees", "clashes", "silent", "nothing")
ANSWERS = ("entailment", "contradiction", "neutral")
VOTE = 4.0  # of a word, as a logit
BY_NUMBER = {"id2label": {"0": "entailment", "1": "contradiction", "2": "neutral"}}


def a_classifier(
    folder: Path,
    *,
    order=ANSWERS,
    config=None,
    whole=TensorProto.INT64,
    types=True,
    probable=False,
    extra="",
) -> Path:
    """A folder with model, tokenizer and config. `order` is that of the model's columns; without
    `types` it takes no token_type_ids, and words of the evidence vote too."""
    folder.mkdir(parents=True, exist_ok=True)
    save(_network(order, whole, types, probable, extra), folder / "model.onnx")
    _tokenizer().save(str(folder / "tokenizer.json"))
    told = {"id2label": {str(n): name for n, name in enumerate(order)}}
    (folder / "config.json").write_text(json.dumps(told if config is None else config))
    return folder


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return tokenizer


def _network(order, whole, types, probable, extra):
    votes = np.zeros((len(WORDS), len(order)), np.float32)
    for word, answer in zip(("agrees", "clashes", "silent"), ANSWERS, strict=True):
        votes[WORDS.index(word), order.index(answer)] = VOTE
    votes[WORDS.index("nothing")] = np.nan
    asked = "token_type_ids" if types else "attention_mask"
    names = ["input_ids", "attention_mask", *(["token_type_ids"] if types else []), *extra.split()]
    nodes = [
        helper.make_node("Gather", ["votes", "input_ids"], ["each"]),
        helper.make_node("Cast", [asked], ["counts"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["counts", "last"], ["column"]),
        helper.make_node("Mul", ["each", "column"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "words"], ["sums"], keepdims=0),
        helper.make_node("Softmax" if probable else "Identity", ["sums"], ["answers"]),
    ]
    graph = helper.make_graph(
        nodes,
        "votes",
        [helper.make_tensor_value_info(n, whole, ["pairs", "tokens"]) for n in names],
        [helper.make_tensor_value_info("answers", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(votes, "votes"),
            numpy_helper.from_array(np.array([-1], np.int64), "last"),
            numpy_helper.from_array(np.array([1], np.int64), "words"),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8)


def a_sentence_embedder(folder: Path) -> Path:
    """What answers a row a token, not a pair."""
    a_classifier(folder)
    node = helper.make_node("Gather", ["votes", "input_ids"], ["answers"])
    given = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["pairs", "tokens"])]
    made = [helper.make_tensor_value_info("answers", TensorProto.FLOAT, None)]
    votes = numpy_helper.from_array(np.zeros((len(WORDS), 3), np.float32), "votes")
    graph = helper.make_graph([node], "rows", given, made, [votes])
    opset = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=8), folder / "model.onnx")
    return folder
