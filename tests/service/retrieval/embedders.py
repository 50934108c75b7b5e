"""Embedders that stand beside MiniLM where an embedding is changed."""

import numpy as np
from langchain_core.embeddings import DeterministicFakeEmbedding


class Reversed:
    """MiniLM read backwards: other vectors, and fewer dimensions."""

    name, dimensions = "reversed", 96

    def __init__(self, minilm):
        self._minilm = minilm

    def embed(self, texts):
        rows = self._minilm.embed([text[::-1] for text in texts])[:, :96]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Strict(DeterministicFakeEmbedding):
    """An endpoint that refuses a whole request for one text: too long, or one that it dislikes."""

    longest: int = 1000
    disliked: str = "canary"

    def embed_documents(self, texts):
        if any(len(text) > self.longest or self.disliked in text for text in texts):
            raise ValueError("400")
        return super().embed_documents(texts)
