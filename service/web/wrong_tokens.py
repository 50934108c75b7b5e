"""Who sends tokens that nobody has: after some of them an address is not looked up for a while.

No token can be guessed, so this spares the database and the log, and no more than that. Behind one
address may sit a whole hospital, or a proxy: a token that was right lately is always looked up, so
that no stranger there stops the programs that work.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from service.signin.models import ApiToken
from service.signin.tokens import find_by_secret
from service.web.denials import address_of
from service.web.errors import TooManyWrongTokens

MOST, PER_S = 30, 60.0
MAX_KEPT = 10_000  # addresses, and right tokens


class WrongTokens:
    """How many of each address, and which tokens were right. Of this process alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, tuple[float, int]] = OrderedDict()  # since when, how many
        self._right: OrderedDict[bytes, None] = OrderedDict()

    def look_up(self, session: Session, request: Request, sent: str) -> ApiToken | None:
        """The account of this token. Raises TooManyWrongTokens where its address has sent too many
        that nobody has, and this one was not right lately."""
        token = self.prove(request, sent, lambda: find_by_secret(session, sent))
        if token is None:
            with self._lock:
                self._right.pop(_hash(sent), None)  # it was, until it was revoked
        return token

    def prove(
        self, request: Request, shown: str, find: Callable[[], ApiToken | None]
    ) -> ApiToken | None:
        """The same of another proof: `shown` is what stays the same from one to the next."""
        address = address_of(request)
        self._check(request, address, shown)
        token = find()
        with self._lock:
            if token is None:
                since, count = self._count(address)
                _keep(self._wrong, address, (since, count + 1))
            else:
                _keep(self._right, _hash(shown), None)
        return token

    def _check(self, request: Request, address: str, sent: str) -> None:
        with self._lock:
            since, count = self._count(address)
            if count >= MOST and _hash(sent) not in self._right:
                request.state.token_refused = True
                raise TooManyWrongTokens(since + PER_S - time.monotonic())

    def _count(self, address: str) -> tuple[float, int]:
        at = time.monotonic()
        since, count = self._wrong.get(address, (at, 0))
        return (since, count) if at - since < PER_S else (at, 0)


def _keep(kept: OrderedDict[Any, Any], key: str | bytes, value: object) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MAX_KEPT:
        kept.popitem(last=False)


def _hash(sent: str) -> bytes:
    return hashlib.sha256(sent.encode()).digest()
