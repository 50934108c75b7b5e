"""Embedders that stand beside MiniLM where an embedding is changed."""

import numpy as np


class Reversed:
    """MiniLM read backwards: other vectors, and fewer dimensions."""

    name, dimensions = "reversed", 96

    def __init__(self, minilm):
        self._minilm = minilm

    def embed(self, texts):
        rows = self._minilm.embed([text[::-1] for text in texts])[:, :96]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
