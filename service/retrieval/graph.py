"""The MiniLM network as an ONNX graph, built from its weights: no torch, no download."""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12  # BERT's own
MS = "com.microsoft"  # ONNX Runtime's fused operators: half the nodes, faster on a CPU
OPSET, MS_OPSET, IR_VERSION = 17, 1, 8

Weights = dict[str, np.ndarray]


class _Graph:
    """Collects nodes and constants; every method returns the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op: str, inputs: list[str], output: str, domain: str = "", **how: Any) -> str:
        made = helper.make_node(op, inputs, [output], name=output, domain=domain, **how)
        self.nodes.append(made)
        return output


def minilm_graph(weights: Weights) -> onnx.ModelProto:
    """BERT encoder, mean pooling, unit length.

    Inputs `input_ids` and `attention_mask`: int32, (texts, tokens). Output `embedding`:
    float32, (texts, 384), unit rows.
    """
    graph = _Graph()
    hidden = _embeddings(graph, weights)
    for layer in range(LAYERS):
        hidden = _layer(graph, weights, layer, hidden)
    _pooled(graph, hidden)
    return _model(graph)


def _embeddings(graph: _Graph, weights: Weights) -> str:
    table = "embeddings.{}.weight"
    words = graph.constant("words", weights[table.format("word_embeddings")])
    # There is one segment here, so its row is added to every position once and for all.
    places = (
        weights[table.format("position_embeddings")]
        + (weights[table.format("token_type_embeddings")][0])
    )
    places_name = graph.constant("places", places[None])
    graph.add("Gather", [words, "input_ids"], "word")
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis", np.array([1]))
    graph.add("Slice", [places_name, zero, "length", axis], "place")
    graph.add("Add", ["word", "place"], "embedded")
    return _normal(graph, weights, "embeddings.LayerNorm", "embedded", "embedded.normal")


def _layer(graph: _Graph, weights: Weights, number: int, hidden: str) -> str:
    key = f"encoder.layer.{number}"
    attended = _attention(graph, weights, f"{key}.attention", hidden)
    inner = _dense(graph, weights, f"{key}.intermediate.dense", attended, bias=False)
    bias = graph.constant(f"{key}.bias", weights[f"{key}.intermediate.dense.bias"])
    graph.add("BiasGelu", [inner, bias], f"{key}.gelu", MS)
    outer = _dense(graph, weights, f"{key}.output.dense", f"{key}.gelu")
    return _add_and_normal(graph, weights, f"{key}.output.LayerNorm", outer, attended)


def _attention(graph: _Graph, weights: Weights, key: str, hidden: str) -> str:
    parts = [f"{key}.self.{name}" for name in ("query", "key", "value")]
    matrix = np.concatenate([weights[f"{p}.weight"].T for p in parts], axis=1)
    bias = np.concatenate([weights[f"{p}.bias"] for p in parts])
    inputs = [
        hidden,
        graph.constant(f"{key}.qkv", matrix),
        graph.constant(f"{key}.qkv.bias", bias),
        "attention_mask",
    ]
    heads = graph.add("Attention", inputs, f"{key}.heads", MS, num_heads=HEADS)
    out = _dense(graph, weights, f"{key}.output.dense", heads)
    return _add_and_normal(graph, weights, f"{key}.output.LayerNorm", out, hidden)


def _dense(graph: _Graph, weights: Weights, key: str, hidden: str, *, bias: bool = True) -> str:
    matrix = graph.constant(f"{key}.matrix", weights[f"{key}.weight"].T)
    product = graph.add("MatMul", [hidden, matrix], f"{key}.product")
    if not bias:
        return product
    added = graph.constant(f"{key}.added", weights[f"{key}.bias"])
    return graph.add("Add", [product, added], f"{key}.sum")


def _add_and_normal(graph: _Graph, weights: Weights, key: str, left: str, right: str) -> str:
    return _normal(graph, weights, key, graph.add("Add", [left, right], f"{key}.both"), key)


def _normal(graph: _Graph, weights: Weights, key: str, hidden: str, output: str) -> str:
    scale = graph.constant(f"{key}.scale", weights[f"{key}.weight"])
    shift = graph.constant(f"{key}.shift", weights[f"{key}.bias"])
    return graph.add("LayerNormalization", [hidden, scale, shift], output, axis=-1, epsilon=EPSILON)


def _pooled(graph: _Graph, hidden: str) -> None:
    """The mean over real tokens, then unit length."""
    axis = graph.constant("token_axis", np.array([1]))
    last = graph.constant("last_axis", np.array([2]))
    graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mask", last], "mask.wide")
    graph.add("Mul", [hidden, "mask.wide"], "real")
    # The unit length that follows makes the division by the number of tokens unnecessary.
    graph.add("ReduceSum", ["real", axis], "sum", keepdims=0)
    graph.add("LpNormalization", ["sum"], "embedding", axis=-1, p=2)


def _model(graph: _Graph) -> onnx.ModelProto:
    integers = TensorProto.INT32
    shape = ["texts", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "minilm",
        [
            helper.make_tensor_value_info("input_ids", integers, shape),
            helper.make_tensor_value_info("attention_mask", integers, shape),
        ],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", WIDTH])],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MS, MS_OPSET)]
    return helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION)
