"""What turns text into vectors: the one shape that indexing and retrieval know."""

from typing import Protocol

import numpy as np

from service.retrieval.minilm import MiniLM

__all__ = ["Embedder", "MiniLM"]


class Embedder(Protocol):
    """`name` keeps the vectors of two embedders apart in the store."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: list[str]) -> np.ndarray:
        """(n, dimensions) float32, each row of length 1."""
        ...
