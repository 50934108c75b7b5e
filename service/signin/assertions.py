"""A program proves by a signed assertion who it is (RFC 7523, as in SMART Backend Services)."""

import hashlib
import time
from datetime import UTC, datetime
from typing import Any

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey, import_key
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database import now
from service.errors import BadInput
from service.signin.models import ApiToken, UsedAssertion
from service.signin.tokens import find_by_name

ALGORITHMS = ("RS256", "RS384", "ES256", "ES384")
LONGEST_S = 300  # of SMART: no assertion is good for longer
SKEW_S = 60


def public_keys(jwks: Any) -> dict[str, Any]:
    """A JWKS of public keys, as it is kept. Raises BadInput: also for a private key."""
    try:
        keys = [import_key(each) for each in jwks["keys"]]
    except (JoseError, ValueError, KeyError, TypeError):
        keys = []
    if not keys or not all(isinstance(k, RSAKey | ECKey) for k in keys):
        raise BadInput("This is no JWKS with RSA or EC keys: `countersign keys show` prints one.")
    if any(key.is_private for key in keys):
        raise BadInput(
            "This is a private key. It stays with the program: register its public half."
        )
    return dict(KeySet(keys).as_dict(private=False))


def proven(session: Session, assertion: str, audience: str) -> ApiToken | None:
    """The account whose key signed this assertion for us, just now and for the first time."""
    name = claimed(assertion, "sub")
    token = find_by_name(session, name) if name else None
    if token is None or token.jwks is None:
        return None
    claims = _checked(assertion, token.jwks, name, audience)
    return token if claims and is_first(session, name, claims) else None


def claimed(assertion: str, name: str) -> str:
    """What it says under this name; it is believed once a key of theirs holds."""
    try:
        said = orjson.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError):
        return ""
    found = str(said.get(name) or "") if isinstance(said, dict) else ""
    return "" if "\0" in found else found


def _checked(
    assertion: str, jwks: dict[str, Any], name: str, audience: str
) -> dict[str, Any] | None:
    keys: list[Key] = [import_key(each) for each in jwks["keys"]]
    return checked(assertion, KeySet(keys), iss=name, sub=name, aud=audience)


def checked(assertion: str, keys: KeySet, **expected: str) -> dict[str, Any] | None:
    """The claims, where one of the keys signed it, it says what is expected, and it is good now
    and not for long; else None."""
    wanted: dict[str, Any] = {"exp": {"essential": True}, "jti": {"essential": True}}
    wanted |= {name: {"essential": True, "value": value} for name, value in expected.items()}
    try:
        claims = dict(jwt.decode(assertion, keys, algorithms=ALGORITHMS).claims)
        jwt.JWTClaimsRegistry(leeway=SKEW_S, **wanted).validate(claims)
    except (JoseError, ValueError):
        return None
    return claims if claims["exp"] <= time.time() + LONGEST_S + SKEW_S else None


def is_first(session: Session, name: str, claims: dict[str, Any]) -> bool:
    """Note its `jti`; False when it was shown before."""
    session.execute(delete(UsedAssertion).where(UsedAssertion.expires_at < now()))
    shown = hashlib.sha256(f"{name}\n{claims['jti']}".encode()).hexdigest()
    over_at = datetime.fromtimestamp(claims["exp"] + SKEW_S, UTC)
    added = session.execute(
        insert(UsedAssertion)
        .values(id=shown, expires_at=over_at)
        .on_conflict_do_nothing()
        .returning(UsedAssertion.id)
    )
    return added.first() is not None
