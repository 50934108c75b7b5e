"""How we prove to the EHR who we are, where nothing runs out: a fixed token, or name and password.

A token that runs out is in backend.py; a certificate is the connection's, in connecting.py.
"""

from base64 import b64encode
from typing import Protocol


class Auth(Protocol):
    """What the client asks before each request, and once more when the EHR answers 401."""

    def header(self) -> str | None:
        """The Authorization header, None to send none. Raises EhrBusy, EhrTokenRefused."""

    def renew(self, _refused: str | None) -> bool:
        """Have another header than the refused one. False when there is no way to, so that the
        401 stands. Raises EhrBusy, EhrTokenRefused."""


class Fixed:
    """One header for good, or none for an EHR that trusts the network (the sandbox)."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def header(self) -> str | None:
        return self._header

    def renew(self, _refused: str | None) -> bool:
        return False


def bearer(token: str | None) -> Fixed:
    """A token that the institution hands us."""
    return Fixed(f"Bearer {token}" if token else None)


def basic(user: str, password: str) -> Fixed:
    """A name and password (RFC 7617), for EHRs inside the walls that know nothing else."""
    return Fixed(f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}")
