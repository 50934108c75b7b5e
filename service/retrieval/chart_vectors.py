"""One patient's vectors for one open chart: fetched once, mended where the store lost some."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import structlog

from service.errors import Unavailable
from service.retrieval.embedding import dimensions_of
from service.retrieval.index import PassageIndex
from service.retrieval.keys import rotation
from service.retrieval.models import HeldPassage
from service.retrieval.vectors import Owed, embed_into

log = structlog.get_logger(__name__)


class ChartVectors:
    """The vectors of these passages, in the space that most of them have.

    After the embedding was changed that is the earlier one until the patient is rebuilt. What
    has no vector there yet, or whose embedder cannot be made any more, is found by words only;
    `unembedded` counts those passages. `mended` counts vectors that were embedded again.
    """

    def __init__(
        self,
        passages: Sequence[HeldPassage],
        texts: Mapping[str, str],
        *,
        secret: bytes,
        index: PassageIndex,
    ) -> None:
        self._passages, self._texts = passages, texts
        self._secret, self._index = secret, index
        self.mended = 0
        self.space = _serving([p.model for p in passages], index)
        self.unembedded = sum(p.model != self.space for p in passages)
        self._rows: np.ndarray | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether the next question needs nothing of the store."""
        return self._rows is not None or not self.space

    def cosines(self, asked: Sequence[str]) -> np.ndarray:
        """(passages,) with a question, the best of its wordings; -1 for a passage without a
        vector."""
        if not self.space:
            return np.full(len(self._passages), -1.0, np.float32)
        if self._rows is None:
            self._rows = self._loaded()
        scores: np.ndarray = (self._rows @ self._turned(asked).T).max(axis=1)
        here = np.array([p.model == self.space for p in self._passages])
        return np.where(here, scores, -1.0)

    def _turned(self, asked: Sequence[str]) -> np.ndarray:
        """(wordings, dimensions) the question under the patient's rotation."""
        rows = np.stack([self._index.question(words, self.space) for words in asked])
        turned: np.ndarray = rows @ rotation(self._secret, dimensions_of(self.space))
        return turned

    def _loaded(self) -> np.ndarray:
        """(passages, dimensions), zeros for those without. What the store lost is mended."""
        needed = dict.fromkeys(p.vector_id for p in self._passages if p.model == self.space)
        found = self._index.get(list(needed), self.space)
        missing = {i: self._texts[i] for i in needed if i not in found}
        if missing:
            log.warning("index.mended", vectors=len(missing))
            embed_into([Owed(self._secret, missing)], index=self._index, space=self.space)
            found |= self._index.get(list(missing), self.space)
            self.mended += len(missing)
        if any(i not in found for i in needed):
            raise Unavailable("The vector store lost what was just written. It is tried again.")
        nothing = np.zeros(dimensions_of(self.space), np.float32)
        return np.stack([found.get(p.vector_id, nothing) for p in self._passages])


def _serving(models: Sequence[str], index: PassageIndex) -> str:
    """The space to search: the one in force where it has any vector, else the fullest that can
    still be asked; "" where there is none."""
    counts = Counter(model for model in models if model)
    if index.space in counts:
        return index.space
    return next((space for space, _ in counts.most_common() if index.embedder_of(space)), "")
