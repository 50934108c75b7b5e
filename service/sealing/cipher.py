"""Bytes sealed with a patient's key: AES-256-GCM, bound to column and row.

What is kept: a byte that says how, 16 of the key's id, 16 that name the row, 12 of the nonce, then
the ciphertext with its tag. Nothing at all is kept as nothing.
"""

import hashlib
import hmac
import os
import zlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.errors import CountersignError

PLAIN, SEALED, SQUEEZED = b"\0", b"\1", b"\2"  # plain: as it was before there were keys
KEY, ROW, NONCE = slice(1, 17), slice(17, 33), slice(33, 45)
BODY = 45
WORTH_SQUEEZING = 256  # bytes; ciphertext cannot be made smaller by the database any more


class CannotOpen(CountersignError):
    """What is kept was not sealed with this key for this place."""


@dataclass(frozen=True)
class DataKey:
    """One owner's secret, 32 bytes, under the id that what is sealed with it names."""

    id: bytes
    secret: bytes

    @cached_property
    def aead(self) -> AESGCM:
        return AESGCM(hmac.digest(self.secret, b"chart text", "sha256"))


def row_tag(*row: str) -> bytes:
    """16 bytes that name a row; the database checks that a value stands in its own row."""
    return hashlib.sha256("\n".join(row).encode()).digest()[:16]


def seal(key: DataKey, plain: bytes, *, place: str, row: bytes, is_packed: bool = False) -> bytes:
    """`place` is "table.column"; `row` is of row_tag(); what is packed is not squeezed again."""
    how = SEALED
    if len(plain) >= WORTH_SQUEEZING and not is_packed:
        how, plain = SQUEEZED, zlib.compress(plain, 1)
    head, nonce = how + key.id + row, os.urandom(12)
    return head + nonce + key.aead.encrypt(nonce, plain, head + place.encode())


def opened(key: DataKey, kept: bytes, *, place: str) -> bytes:
    """What was sealed. Raises CannotOpen."""
    try:
        plain = key.aead.decrypt(kept[NONCE], kept[BODY:], kept[:33] + place.encode())
    except InvalidTag:
        raise CannotOpen(f"A value of {place} is not what this service has kept there.") from None
    return zlib.decompress(plain) if kept[:1] == SQUEEZED else plain


def is_plain(kept: bytes) -> bool:
    return kept[:1] == PLAIN
