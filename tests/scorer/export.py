"""The trained weights as an int8 ONNX network: `service/verification/entailment/small/`."""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper

from service.retrieval import graph as minilm
from service.verification.entailment import SMALL
from tests.scorer.network import _NAMES, CrossEncoder
from tests.scorer.train import OUT

PARTS = ("weight", "bias")


def main() -> int:
    asked = argparse.ArgumentParser(description="Export the trained scorer.")
    asked.add_argument("--weights", type=Path, default=OUT)
    asked.add_argument("--folder", type=Path, default=SMALL)
    options = asked.parse_args()
    network = CrossEncoder()
    network.load_state_dict(torch.load(options.weights))
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    options.folder.mkdir(parents=True, exist_ok=True)
    quantise(network_graph(state), options.folder / "model.onnx")
    return 0


def network_graph(state: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Inputs `input_ids`, `token_type_ids`, `attention_mask`: int32, (pairs, tokens). Output
    `answers`: float32, (pairs, 3), probabilities of borne, contradicted, not said."""
    graph, weights = minilm._Graph(), published(state)
    hidden = _embeddings(graph, weights)
    for layer in range(minilm.LAYERS):
        hidden = minilm._layer(graph, weights, layer, hidden)
    _head(graph, state, hidden)
    return _model(graph)


def published(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Under the names of the published weights."""
    found = {f"embeddings.LayerNorm.{part}": state[f"normal.{part}"] for part in PARTS}
    for ours, theirs in (("words", "word"), ("places", "position"), ("segments", "token_type")):
        found[f"embeddings.{theirs}_embeddings.weight"] = state[f"{ours}.weight"]
    for n in range(minilm.LAYERS):
        for ours, theirs in _NAMES.items():
            for part in PARTS:
                name = f"encoder.layer.{n}.{theirs}.{part}"
                found[name] = state[f"layers.{n}.{ours}.{part}"]
    return found


def _embeddings(graph: minilm._Graph, weights: dict[str, np.ndarray]) -> str:
    table = "embeddings.{}_embeddings.weight"
    words = graph.constant("words", weights[table.format("word")])
    places = graph.constant("places", weights[table.format("position")][None])
    segments = graph.constant("segments", weights[table.format("token_type")])
    graph.add("Gather", [words, "input_ids"], "word")
    graph.add("Gather", [segments, "token_type_ids"], "segment")
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis", np.array([1]))
    graph.add("Slice", [places, zero, "length", axis], "place")
    graph.add("Add", ["word", "place"], "placed")
    graph.add("Add", ["placed", "segment"], "embedded")
    return minilm._normal(graph, weights, "embeddings.LayerNorm", "embedded", "embedded.normal")


def _head(graph: minilm._Graph, state: dict[str, np.ndarray], hidden: str) -> None:
    """The first token beside the mean of the statement's own, as in network.py."""
    first, tokens = graph.constant("first", np.array([0])), graph.constant("tokens", np.array([1]))
    wide, one = graph.constant("wide", np.array([2])), graph.constant("one", np.float32([1]))
    graph.add("Gather", [hidden, first], "opening.wide", axis=1)
    graph.add("Squeeze", ["opening.wide", tokens], "opening")
    graph.add("Mul", ["token_type_ids", "attention_mask"], "own")
    graph.add("Cast", ["own"], "own.float", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["own.float", wide], "own.wide")
    graph.add("Mul", [hidden, "own.wide"], "own.hidden")
    graph.add("ReduceSum", ["own.hidden", tokens], "own.sum", keepdims=0)
    graph.add("ReduceSum", ["own.float", tokens], "own.count", keepdims=1)
    graph.add("Max", ["own.count", one], "own.some")
    graph.add("Div", ["own.sum", "own.some"], "mean")
    graph.add("Concat", ["opening", "mean"], "both", axis=1)
    pooled = minilm._dense(graph, state, "pool", "both")
    graph.add("Tanh", [pooled], "pooled")
    graph.add("Softmax", [minilm._dense(graph, state, "head", "pooled")], "answers", axis=1)


def _model(graph: minilm._Graph) -> onnx.ModelProto:
    names = ("input_ids", "token_type_ids", "attention_mask")
    shape = ["pairs", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "entailment",
        [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in names],
        [helper.make_tensor_value_info("answers", TensorProto.FLOAT, ["pairs", 3])],
        graph.constants,
    )
    opsets = [
        helper.make_opsetid("", minilm.OPSET),
        helper.make_opsetid(minilm.MS, minilm.MS_OPSET),
    ]
    return helper.make_model(made, opset_imports=opsets, ir_version=minilm.IR_VERSION)


def quantise(model: onnx.ModelProto, path: Path) -> None:
    """Int8 weights; the second dense of the early layers stays whole (see retrieval/minilm.py)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.onnx")
        onnx.save(model, str(whole))
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=["MatMul", "Attention", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


if __name__ == "__main__":
    sys.exit(main())
