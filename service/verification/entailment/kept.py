"""What a model has answered, by digest in memory: nothing is asked twice."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from service.verification.entailment.question import Answer
from service.verification.entailment.scorer import Pair

MOST = 20_000  # answers, some 4 MB


class Kept:
    """No text is kept. The least lately used is forgotten first; shared between threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()

    def known(self, asked_of: str, pairs: Iterable[Pair]) -> dict[Pair, Answer]:
        """Those of the pairs that `asked_of` (a model and its parameters) has answered."""
        keys = {pair: _key(asked_of, pair) for pair in pairs}
        with self._lock:
            found = {pair: self._answers[key] for pair, key in keys.items() if key in self._answers}
            for pair in found:
                self._answers.move_to_end(keys[pair])
        return found

    def keep(self, asked_of: str, answers: Mapping[Pair, Answer]) -> None:
        with self._lock:
            for pair, answer in answers.items():
                self._answers[_key(asked_of, pair)] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


def _key(asked_of: str, pair: Pair) -> bytes:
    """Of each part apart: no text can look like the end of another."""
    parts = (hashlib.sha256(said.encode("utf-8", "replace")) for said in (asked_of, *pair))
    return hashlib.sha256(b"".join(part.digest() for part in parts)).digest()
