"""The weights that are shipped, read back out of their int8 network, to go on from."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from service.retrieval.graph import LAYERS
from tests.scorer.network import _NAMES

TABLES = ("words", "places", "segments")


def shipped_state(path: Path) -> dict[str, torch.Tensor]:
    """Under the names of network.py; what rounding to int8 took is lost."""
    held = {each.name: numpy_helper.to_array(each) for each in onnx.load(path).graph.initializer}
    state = {f"{name}.weight": _whole(held, name).reshape(-1, 384) for name in TABLES}
    state |= _normal(held, "normal", "embeddings.LayerNorm")
    for n in range(LAYERS):
        state |= _layer(held, n)
    for name in ("pool", "head"):
        state |= _dense(held, name, name)
    return {name: torch.tensor(np.ascontiguousarray(value)) for name, value in state.items()}


def _layer(held: dict[str, np.ndarray], n: int) -> dict[str, np.ndarray]:
    ours, theirs = f"layers.{n}", f"encoder.layer.{n}"
    matrices = np.split(_whole(held, f"{theirs}.attention.qkv"), 3, axis=1)
    biases = np.split(held[f"{theirs}.attention.qkv.bias"], 3)
    state = {}
    for name, matrix, bias in zip(("query", "key", "value"), matrices, biases, strict=True):
        state |= {f"{ours}.{name}.weight": matrix.T, f"{ours}.{name}.bias": bias}
    state |= _dense(held, f"{ours}.out", f"{theirs}.{_NAMES['out']}")
    state |= _dense(held, f"{ours}.narrow", f"{theirs}.{_NAMES['narrow']}")
    state[f"{ours}.wide.weight"] = _whole(held, f"{theirs}.{_NAMES['wide']}.matrix").T
    state[f"{ours}.wide.bias"] = held[f"{theirs}.bias"]
    for name in ("attended", "normal"):
        state |= _normal(held, f"{ours}.{name}", f"{theirs}.{_NAMES[name]}")
    return state


def _dense(held: dict[str, np.ndarray], ours: str, theirs: str) -> dict[str, np.ndarray]:
    matrix = _whole(held, f"{theirs}.matrix").T
    return {f"{ours}.weight": matrix, f"{ours}.bias": held[f"{theirs}.added"]}


def _normal(held: dict[str, np.ndarray], ours: str, theirs: str) -> dict[str, np.ndarray]:
    return {
        f"{ours}.weight": held[f"{theirs}.scale"],
        f"{ours}.bias": held[f"{theirs}.shift"],
    }


def _whole(held: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A constant as it was before it was rounded, as near as may be."""
    if name in held:
        return held[name]
    zero = held.get(f"{name}_zero_point", np.int8(0)).astype(np.float32)
    rounded = held[f"{name}_quantized"].astype(np.float32)
    return (rounded - zero) * held[f"{name}_scale"]
