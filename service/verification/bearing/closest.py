"""The few units closest to a statement in words and in meaning: what a scorer is shown."""

from collections.abc import Callable, Sequence

import numpy as np

from service.verification.bearing.judge import Judged
from service.verification.bearing.pool import Held, Pool

Embed = Callable[[list[str]], np.ndarray]  # texts -> (texts, width) unit rows

MOST_EMBEDDED = 120  # units of one pool: a note or two; of a long chart those that share words
FEWEST = 8
LONGEST = 400  # characters of a unit that its meaning is taken from
LEXICAL = 0.6  # of a share of words, beside a cosine


class Closest:
    """Ranks the units of one pool; each unit is embedded once."""

    def __init__(self, pool: Pool, embed: Embed | None = None) -> None:
        self._pool, self._embed = pool, embed
        self._rows: np.ndarray | None = None

    def rank(self, judged: Sequence[Judged]) -> list[list[Held]]:
        """For each statement the units, closest first."""
        units = self._pool.units
        if self._embed is None or not units or len(units) > MOST_EMBEDDED:
            return [self._sharing(each) for each in judged]
        if self._rows is None:
            self._rows = self._embed([unit.text[:LONGEST] for unit in units])
        meant = self._embed([each.reading.text for each in judged]) @ self._rows.T
        return [self._ranked(each, row) for each, row in zip(judged, meant, strict=True)]

    def _sharing(self, judged: Judged) -> list[Held]:
        """Those that share words with it; of a few units also the rest."""
        near = [unit for unit, _ in judged.near]
        rest = self._pool.units if len(self._pool.units) <= FEWEST else ()
        return list(dict.fromkeys((*near, *rest)))

    def _ranked(self, judged: Judged, meant: np.ndarray) -> list[Held]:
        shares = {id(unit): share for unit, share in judged.near}
        units = self._pool.units
        score = [m + LEXICAL * shares.get(id(u), 0.0) for u, m in zip(units, meant, strict=True)]
        order = np.argsort(-np.array(score), kind="stable")[:FEWEST]
        return [units[n] for n in order]
