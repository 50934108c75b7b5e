"""How we prove to the EHR who we are: today a bearer token that the institution hands us."""

from typing import Protocol


class Auth(Protocol):
    """What the client asks before each request, and once more when the EHR answers 401.

    SMART backend services (a signed `private_key_jwt` exchanged at the token endpoint) is a
    class beside BearerToken with these two methods; the client does not change.
    """

    def header(self) -> str | None:
        """The Authorization header, None to send none."""

    def renew(self) -> bool:
        """Get a fresh token. False when there is no way to, so that the 401 stands."""


class BearerToken:
    """A fixed token, or none for an EHR that trusts the network (the sandbox)."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def header(self) -> str | None:
        return f"Bearer {self._token}" if self._token else None

    def renew(self) -> bool:
        return False
