"""A token is believed when all of it holds; each thing that does not is named."""

import hmac
import json
import time
from base64 import urlsafe_b64encode

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from service.signin.errors import SignInFailed
from service.signin.idtoken import Expected, checked_claims

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
NEW_KEY = ECKey.generate_key("P-384", {"kid": "two", "use": "sig"})
STRANGE_KEY = RSAKey.generate_key(2048, {"kid": "one"})
EXPECTED = Expected("https://id.example", "countersign", "n-1", "access", clock_skew_s=60)


def a_token(key=KEY, header=None, **changed):
    now = int(time.time())
    claims = {
        "iss": "https://id.example",
        "sub": "ada",
        "aud": "countersign",
        "exp": now + 300,
        "iat": now,
        "nonce": "n-1",
    }
    claims = {k: v for k, v in {**claims, **changed}.items() if v is not None}
    header = {"alg": "RS256", "kid": "one", **(header or {})}
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def checked(token, expected=EXPECTED, known=(KEY,), renewed=(KEY,)):
    return checked_claims(token, expected, lambda anew: KeySet(list(renewed if anew else known)))


def fault_of(token, expected=EXPECTED, **keys):
    with pytest.raises(SignInFailed) as refused:
        checked(token, expected, **keys)
    return refused.value.check


def test_a_token_of_this_sign_in_is_believed():
    assert checked(a_token())["sub"] == "ada"
    assert checked(a_token(aud=["countersign", "portal"], azp="countersign"))["sub"] == "ada"


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"iss": "https://id.example/"}, "iss"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-app"}, "aud"),
        ({"aud": ["another-app", "portal"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["countersign", "portal"], "azp": "portal"}, "azp"),
        ({"azp": "portal"}, "azp"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"exp": int(time.time()) - 120}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"iat": int(time.time()) + 86_400}, "iat"),
        ({"nbf": int(time.time()) + 86_400}, "nbf"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"at_hash": "b2YgYW5vdGhlciB0b2tlbg"}, "at_hash"),
    ],
)
def test_what_is_of_another_is_refused_by_its_name(changed, check):
    assert check in fault_of(a_token(**changed))


def test_a_token_of_another_time_makes_people_look_at_the_clocks():
    with pytest.raises(SignInFailed, match=r"\(iat: do the clocks"):
        checked(a_token(iat=int(time.time()) + 86_400))
    with pytest.raises(SignInFailed, match=r"\(nonce\)"):
        checked(a_token(nonce="n-2"))


def test_clocks_may_differ_by_what_the_settings_allow():
    now = int(time.time())
    assert checked(a_token(exp=now - 30))
    assert checked(a_token(iat=now + 30, nbf=now + 30))


def test_the_access_token_beside_it_must_be_its_own():
    right = create_half_hash("access", "RS256")
    assert checked(a_token(at_hash=right.decode() if isinstance(right, bytes) else right))


@pytest.mark.parametrize(
    "token",
    [
        a_token(STRANGE_KEY),
        a_token(header={"kid": "three"}),
        "",
        "no-token",
        "a.b.c",
        a_token()[:-4] + "AAAA",
    ],
)
def test_what_the_provider_did_not_sign_is_refused(token):
    assert fault_of(token) == "signature"


def by_hand(alg, sign):
    """A token whose signature is whatever `sign` makes of it."""
    _, claims, _ = a_token().split(".")
    head = encoded(json.dumps({"alg": alg, "kid": "one"}).encode())
    return f"{head}.{claims}.{encoded(sign(f'{head}.{claims}'.encode()))}"


def encoded(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_an_unsigned_token_is_refused():
    assert fault_of(by_hand("none", lambda _: b"")) == "signature"


def test_a_token_signed_with_a_public_key_as_a_password_is_refused():
    """HS256 over the provider's public key, which everybody knows."""
    public = KEY.as_pem(private=False)
    forged = by_hand("HS256", lambda body: hmac.digest(public, body, "sha256"))
    assert fault_of(forged) == "signature"


def test_a_key_that_came_since_is_fetched():
    token = a_token(NEW_KEY, {"alg": "ES384", "kid": "two"})
    assert checked(token, renewed=(KEY, NEW_KEY))["sub"] == "ada"
    assert fault_of(token) == "signature"


@pytest.mark.parametrize(
    "auth_time",
    [None, 0, "now", True, int(time.time()) - 400, int(time.time()) + 9_000, 10**15, 1e300],
    ids=[
        "none",
        "long ago",
        "a word",
        "yes",
        "minutes ago",
        "later",
        "in no year",
        "never",
    ],  # one name for each in every process
)
def test_a_sign_in_that_had_to_be_new_says_so(auth_time):
    anew = Expected("https://id.example", "countersign", "n-1", "access", 60, max_age_s=300)
    assert fault_of(a_token(auth_time=auth_time), anew) == "auth_time"
    assert checked(a_token(auth_time=int(time.time()) - 100), anew)
