"""The private key with which we prove to an EHR or provider who we are (`private_key_jwt`)."""

import json
import time
from contextlib import suppress
from pathlib import Path

from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from service.errors import WrongSetting
from service.providers import ProviderSettings

ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}  # the two that SMART asks every server to take
CURVE = "P-384"  # that of ES384
LONGEST_S = 300  # of SMART: servers refuse an assertion that is good for longer


def make_key() -> bytes:
    """A new private key as PEM."""
    return bytes(ECKey.generate_key(CURVE).as_pem(private=True))


def signing_key(settings: ProviderSettings) -> RSAKey | ECKey | None:
    """The key of a client that signs; None for one with a secret or none. Raises WrongSetting."""
    return read_key(settings.client_key) if settings.client_key else None


def signed_proof(token_url: str, key: RSAKey | ECKey) -> PrivateKeyJWT:
    """What Authlib's client signs one request for a token with; make it anew for each."""
    ends = {"exp": int(time.time()) + LONGEST_S}
    return PrivateKeyJWT(
        token_url, claims=ends, headers={"kid": key.kid}, alg=ALGORITHMS[key.key_type]
    )


def read_key(path: Path) -> RSAKey | ECKey:
    """The private key of a file, with its id and use. Raises WrongSetting."""
    try:
        key = _read(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        key = None
    if key is None or not key.is_private or key.get("crv", CURVE) != CURVE:
        raise WrongSetting(
            f"{path} must be a file with a private RSA or EC P-384 key, as PEM or JWK. "
            "`countersign keys make` makes one."
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
