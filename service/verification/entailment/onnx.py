"""A sequence-pair classifier in a folder: `model.onnx`, its `tokenizer.json`, its labels."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from service.errors import WrongSetting
from service.retrieval.minilm import batches, encodable, open_session
from service.retrieval.weights import find_file
from service.verification.entailment.labels import order
from service.verification.entailment.scorer import NOT_SAID, Pair

LONGEST = 192  # tokens of a pair; the longer of the two is cut, which is the evidence
MOST = 4_000  # characters that are looked at of each, more than LONGEST tokens of any language
_INPUTS = ("input_ids", "token_type_ids", "attention_mask")
_TYPES = {"tensor(int32)": np.int32, "tensor(int64)": np.int64}


class OnnxScorer:
    """Loads at first use; safe to share between threads.

    `folder` holds `model.onnx`, `config.json` with the names of the three answers (labels.py) and
    `tokenizer.json`; without one the tokenizer of the embedding model is taken, which is the
    shipped scorer's. Raises WrongSetting: at once for what is missing, at first use for a file
    that is not what its name says.
    """

    def __init__(self, folder: Path) -> None:
        self.name = f"onnx:{folder.name}"
        if not (folder / "model.onnx").is_file():
            raise WrongSetting(
                f"COUNTERSIGN_ENTAILMENT: there is no model.onnx in {folder}. Name the folder of "
                "a classifier of sentence pairs, or set it to none."
            )
        self._folder, self._order = folder, order(folder)
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def score(self, pairs: Sequence[Pair]) -> np.ndarray:
        rows = np.zeros((len(pairs), 3), np.float32)
        tokenizer, session = self._load() if pairs else (None, None)
        told = [tuple(encodable(text[:MOST]) for text in pair) for pair in pairs]
        encoded = tokenizer.encode_batch_fast(told) if tokenizer else []
        for batch in batches([len(each.ids) for each in encoded]):
            rows[batch] = self._answers(session, [encoded[n] for n in batch])
        return rows

    def _answers(self, session: Any, encoded: Sequence[Any]) -> np.ndarray:
        given = {
            "input_ids": [each.ids for each in encoded],
            "token_type_ids": [each.type_ids for each in encoded],
            "attention_mask": [each.attention_mask for each in encoded],
        }
        feed = {i.name: _padded(given[i.name], _TYPES[i.type]) for i in session.get_inputs()}
        answers = session.run(None, feed)[0]
        if answers.ndim != 2 or answers.shape[1] <= max(self._order):
            raise self._no_classifier(f"answers numbers of the shape {answers.shape}")
        return _probabilities(answers[:, self._order].astype(np.float32))

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._tokenizer(), self._session()
            return self._loaded

    def _session(self) -> Any:
        try:
            session = open_session(self._folder / "model.onnx")
        except Exception as error:  # onnxruntime has a dozen, with nothing in common
            raise self._no_classifier(f"cannot be opened ({type(error).__name__})") from None
        for wanted in session.get_inputs():
            if wanted.name not in _INPUTS or wanted.type not in _TYPES:
                raise self._no_classifier(f"asks for {wanted.name} as {wanted.type}")
        return session

    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        own = self._folder / "tokenizer.json"
        try:
            tokenizer = Tokenizer.from_file(str(own if own.is_file() else find_file(own.name)))
        except WrongSetting:
            raise
        except Exception:  # a bare Exception is what it raises
            raise WrongSetting(
                f"COUNTERSIGN_ENTAILMENT: {own} is no tokenizer. Export it with the model."
            ) from None
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST, strategy="longest_first")
        return tokenizer

    def _no_classifier(self, why: str) -> WrongSetting:
        return WrongSetting(
            f"COUNTERSIGN_ENTAILMENT: model.onnx in {self._folder} {why}. A classifier of sentence "
            f"pairs takes {', '.join(_INPUTS)} as whole numbers and answers a row of labels a pair."
        )


def _padded(rows: Sequence[Sequence[int]], kind: type) -> np.ndarray:
    made: np.ndarray = np.zeros((len(rows), max(map(len, rows))), kind)
    for number, row in enumerate(rows):
        made[number, : len(row)] = row
    return made


def _probabilities(answers: np.ndarray) -> np.ndarray:
    """Of logits too; a row with what is no number says nothing."""
    sound = np.isfinite(answers).all(axis=1)
    made = np.tile(np.eye(3, dtype=np.float32)[NOT_SAID], (len(answers), 1))
    told = answers[sound]
    is_probable = (told >= 0).all() and np.allclose(told.sum(axis=1), 1.0, atol=1e-3)
    made[sound] = told if is_probable else _softmax(told)
    return made


def _softmax(answers: np.ndarray) -> np.ndarray:
    raised = np.exp(answers - answers.max(axis=1, keepdims=True))
    made: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return made
