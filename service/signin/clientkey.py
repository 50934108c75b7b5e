"""The private key with which we prove to a provider who we are (`private_key_jwt`)."""

import json
from contextlib import suppress

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from service.errors import WrongSetting
from service.providers import ProviderSettings

ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}  # the two that SMART asks every server to take


def signing_key(settings: ProviderSettings) -> RSAKey | ECKey | None:
    """The key of a client that signs; None for one with a secret or none. Raises WrongSetting."""
    if settings.client_key is None:
        return None
    try:
        key = _read(settings.client_key.read_text())
    except OSError:
        key = None
    if key is None or not key.is_private:
        raise WrongSetting(
            f"client_key of the sign-in {settings.key} must name a file with a private RSA or "
            "EC P-384 key, as PEM or JWK."
        )
    key.ensure_kid()
    return key


def _read(text: str) -> RSAKey | ECKey | None:
    if text.lstrip().startswith("{"):
        with suppress(JoseError, ValueError, KeyError):
            key = import_key(json.loads(text))
            return key if isinstance(key, RSAKey | ECKey) else None
        return None
    for kind in (RSAKey, ECKey):
        with suppress(JoseError, ValueError):
            return kind.import_key(text)
    return None
