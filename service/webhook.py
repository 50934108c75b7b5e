"""Signed messages between services: id, time stamp and HMAC-SHA-256, as Standard Webhooks has them.

Source: https://www.standardwebhooks.com (symmetric signatures, `v1`).
"""

import hmac
import time
from base64 import b64decode, b64encode
from binascii import Error as BrokenBase64
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from service.providers import check_safe_address

SummaryEvent = Literal[
    "summary.ready", "summary.signed", "summary.filed", "summary.refused", "summary.retracted"
]
HookEvent = SummaryEvent | Literal["glass.broken"]

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_S = 300.0  # how far two clocks and a slow network may be apart
MIN_SECRET = 24  # characters; the standard asks for 24 bytes
MAX_ID = 200  # characters
_PREFIX = "whsec_"


class HookSettings(BaseModel):
    """One `[[webhooks]]` table: who is told what. `name` stands in the log, and by it is known what
    a receiver was told already. Of broken glass only who asks for it is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9-]{1,32}$")
    url: str
    secret: SecretStr
    events: tuple[HookEvent, ...] = Field(default=get_args(SummaryEvent), min_length=1)

    @field_validator("url")
    @classmethod
    def _is_safe(cls, address: str) -> str:
        check_safe_address(address)
        return address

    @field_validator("secret")
    @classmethod
    def _can_sign(cls, secret: SecretStr) -> SecretStr:
        check_can_sign(secret.get_secret_value())
        return secret


def check_can_sign(secret: str) -> None:
    """Raise unless this is long enough to sign with."""
    if len(secret) < MIN_SECRET:
        raise PydanticCustomError("weak", f"it needs {MIN_SECRET} random characters or more")


def signed_headers(secret: str, message_id: str, body: bytes, *, at: float) -> dict[str, str]:
    """What a message is sent with. `at` is in seconds since 1970; a retry has the same id."""
    stamp = str(int(at))
    return {ID: message_id, TIMESTAMP: stamp, SIGNATURE: signature(secret, message_id, stamp, body)}


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    said = f"{message_id}.{stamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(_key(secret), said, sha256)).decode()}"


def proven_id(
    secrets: Iterable[str], headers: Mapping[str, str], body: bytes, *, at: float | None = None
) -> str | None:
    """The id of a message that one of the secrets signed within TOLERANCE_S of now; else None."""
    message_id, stamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not (0 < len(message_id) <= MAX_ID and stamp.isascii() and stamp.isdecimal()):
        return None
    if len(stamp) > 12 or abs((time.time() if at is None else at) - int(stamp)) > TOLERANCE_S:
        return None
    given = headers.get(SIGNATURE, "").encode().split()
    wanted = [signature(each, message_id, stamp, body).encode() for each in secrets]
    # Each compared to its end, so that time tells nothing of a secret.
    matches = [hmac.compare_digest(one, other) for one in given for other in wanted]
    return message_id if any(matches) else None


def _key(secret: str) -> bytes:
    """The bytes of a secret: base64 after `whsec_`, as the standard writes it; else as it is."""
    if secret.startswith(_PREFIX):
        try:
            return b64decode(secret.removeprefix(_PREFIX), validate=True)
        except BrokenBase64:
            pass
    return secret.encode()
