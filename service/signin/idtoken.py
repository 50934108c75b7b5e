"""Whether an ID token is what the provider said of this person, to us, in this sign-in, now."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.signin.errors import SignInFailed

# Never HS*, whose key would be our client secret, and never "none".
ALGORITHMS = tuple(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512))


TIMES = ("exp", "iat", "nbf")
FOR_EVER = float("inf")


@dataclass(frozen=True)
class Expected:
    """What the token must carry; `max_age_s` where the person had to sign in anew."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    clock_skew_s: int
    max_age_s: int | None = None


def checked_claims(
    token: str, expected: Expected, keys: Callable[[bool], KeySet]
) -> dict[str, Any]:
    """The claims of a token that passes every check. Raises SignInFailed naming the check.

    `keys(True)` reads the provider's keys anew: asked when the token names one not seen before.
    """
    header, claims = _verified(token, keys)
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "sub": {"essential": True},
        "aud": {"essential": True, "value": expected.client_id},
    }
    params = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token,
    }
    try:
        CodeIDToken(claims, header, options, params).validate(leeway=expected.clock_skew_s)
    except JoseError as fault:
        named = getattr(fault, "claim", None) or fault.error
        raise _untrusted(str(named)) from None
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()):
        raise _untrusted("nonce")
    if expected.max_age_s is not None:
        _check_signed_in_anew(claims, expected.max_age_s, expected.clock_skew_s)
    return claims


def _verified(token: str, keys: Callable[[bool], KeySet]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims once the signature holds with a key of the provider."""
    for renewed in (False, True):
        try:
            read = jwt.decode(token, keys(renewed), algorithms=ALGORITHMS)
            return dict(read.header), dict(read.claims)
        except (JoseError, ValueError):  # ValueError: no key of this id, or no token at all
            continue
    raise _untrusted("signature")


def _check_signed_in_anew(claims: dict[str, Any], max_age_s: int, skew_s: int) -> None:
    """A provider that passes over `max_age` would let yesterday's password sign today, and one
    that tells an instant to come any password, for as long as that is ahead."""
    signed_in_at = claims.get("auth_time")
    is_number = isinstance(signed_in_at, int | float) and not isinstance(signed_in_at, bool)
    ago_s = time.time() - float(signed_in_at or 0) if is_number else FOR_EVER
    if not -skew_s <= ago_s <= max_age_s + skew_s:
        raise SignInFailed(
            "Your sign-in was not asked for again, so it cannot stand behind a signature. Tell IT "
            "that the provider passes over max_age and prompt=login.",
            "auth_time",
        )


def _untrusted(check: str) -> SignInFailed:
    clocks = ": do the clocks here and there differ? clock_skew_s says by how much they may"
    told = f"{check}{clocks if check in TIMES else ''}"
    return SignInFailed(
        "What the sign-in answered cannot be trusted, so nobody was signed in. Start again; if "
        f"it stays so, tell IT ({told}).",
        check,
    )
