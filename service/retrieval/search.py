"""Lexical scores for one patient's passages: BM25, held in memory."""

import logging
from collections.abc import Sequence
from functools import reduce

import bm25s  # type: ignore[import-untyped]
import numpy as np

from service.retrieval.ranking import ASIDE, search_words
from service.retrieval.synonyms import Concept

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for DEBUG when it is imported


class WordSearch:
    """`texts` are what is searched, one a passage; indexed at the first question."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._bm25: bm25s.BM25 | None = None

    def scores(
        self, words: str, concepts: Sequence[Concept] = (), weight: float = 1.0
    ) -> np.ndarray:
        """(n,) BM25 scores, 0 where nothing of the question occurs. Of each concept the best of
        its names counts, times `weight`."""
        scores = self._of(asked_words(words))
        for names in concepts:
            scores = scores + weight * reduce(np.maximum, map(self._whole, names))
        return scores

    def _whole(self, name: str) -> np.ndarray:
        """(n,) the score of a name where all its words occur, else 0."""
        each = [self._of([word]) for word in search_words(name)]
        here = reduce(np.logical_and, (one > 0 for one in each))
        return np.where(here, sum(each), 0.0)

    def _of(self, asked: Sequence[str]) -> np.ndarray:
        index = self._indexed()
        if not any(word in index.vocab_dict for word in asked):
            return np.zeros(len(self._texts), np.float32)
        scores: np.ndarray = index.get_scores(list(asked))
        return scores

    def _indexed(self) -> bm25s.BM25:
        if self._bm25 is None:
            self._bm25 = bm25s.BM25(method="lucene")
            # The empty word keeps the library from refusing a chart of blank passages.
            corpus = [search_words(text) or [""] for text in self._texts]
            self._bm25.index(corpus, show_progress=False)
        return self._bm25


def asked_words(question: str) -> list[str]:
    """The question's words, without those that any passage has unless it has no others."""
    every = search_words(question)
    return [word for word in every if word not in ASIDE] or every
