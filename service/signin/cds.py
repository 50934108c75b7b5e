"""An EHR that asks for cards proves who it is by a signed token (CDS Hooks 2.0, 4.3)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from service.signin.assertions import checked, claimed, is_first
from service.signin.provider import Provider


def calling(
    session: Session, providers: Iterable[Provider], token: str, audience: str
) -> Provider | None:
    """The EHR that signed this token for this service of ours, just now and for the first time;
    None for anybody else. The keys are those of the settings: where a token says that its keys
    are (`jku`) is not asked. Raises ProviderSilent."""
    issuer = claimed(token, "iss")
    for provider in providers:
        if issuer and provider.settings.cds_issuer == issuer:
            return provider if _is_proven(session, provider, token, audience) else None
    return None


def _is_proven(session: Session, provider: Provider, token: str, audience: str) -> bool:
    issuer = str(provider.settings.cds_issuer)
    for renewed in (False, True):  # a key that is new since the keys were read
        claims = checked(token, provider.cds_keys(renewed=renewed), iss=issuer, aud=audience)
        if claims is not None:
            return is_first(session, f"cds:{issuer}", claims)
    return False
