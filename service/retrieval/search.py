"""Lexical scores for one patient's passages: BM25, held in memory."""

import logging
from collections.abc import Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np

from service.retrieval.ranking import ASIDE, search_words

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for DEBUG when it is imported


class WordSearch:
    """`texts` are what is searched, one a passage; indexed at the first question."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._bm25: bm25s.BM25 | None = None

    def scores(self, words: str) -> np.ndarray:
        """(n,) BM25 scores; 0 where no word of the question occurs."""
        every = search_words(words)
        asked = [word for word in every if word not in ASIDE] or every
        if self._bm25 is None:
            self._bm25 = bm25s.BM25(method="lucene")
            # The empty word keeps the library from refusing a chart of blank passages.
            corpus = [search_words(text) or [""] for text in self._texts]
            self._bm25.index(corpus, show_progress=False)
        if not any(word in self._bm25.vocab_dict for word in asked):
            return np.zeros(len(self._texts), np.float32)
        scores: np.ndarray = self._bm25.get_scores(asked)
        return scores
