"""Where our vectors lie: on a Chroma server, in a tenant whose name is a secret.

Chroma (1.5.9) has no sign-in, listens on a port, and its older server, which had one, fails on
vectors. But no request of it lists tenants, and collections are found by their tenant's name or
by an id that nobody guesses: who does not know the name finds, reads and deletes nothing of ours.
"""

import hmac
from dataclasses import dataclass

from service.errors import WrongSetting
from service.sealing import keyring
from service.settings import Settings
from service.sitekeys import MIN_KEY

EVERYBODYS = "default_tenant"  # where they lay until 2026-11-29


@dataclass(frozen=True)
class Place:
    """`left` names the tenants of earlier secrets; `token` goes to a proxy that asks for one."""

    url: str
    tenant: str = EVERYBODYS
    left: tuple[str, ...] = ()
    token: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def place_of(settings: Settings) -> Place:
    """Every process with the same COUNTERSIGN_CHROMA_TOKEN, else with the same key for chart text,
    finds the same place. Raises WrongSetting."""
    if not settings.chroma_url:
        raise WrongSetting("COUNTERSIGN_CHROMA_URL is not set; `countersign up` starts one.")
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    if token is not None and len(token) < MIN_KEY:
        raise WrongSetting(f"COUNTERSIGN_CHROMA_TOKEN needs {MIN_KEY} characters or more.")
    keys = [keyring.key_of(settings), keyring.former_key_of(settings)]
    given = [token.encode()] if token else []
    tenant, *left = (_tenant(secret) for secret in (*given, *keys) if secret)
    return Place(settings.chroma_url, tenant, (*left, EVERYBODYS), token)


def _tenant(secret: bytes) -> str:
    return hmac.new(secret, b"vectors", "sha256").hexdigest()
