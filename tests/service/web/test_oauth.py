"""Client credentials: what proves a program, what does not, and how long the proof is good."""

import time
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from service.database import transaction
from service.errors import BadInput
from service.signin.assertions import public_keys
from service.signin.tokens import create_token, revoke_token
from service.web import grants
from service.web.wrong_tokens import MOST

AUDIENCE = "http://127.0.0.1/oauth/token"
KEY = ECKey.generate_key("P-384", auto_kid=True)
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def an_account(sessions, jwks=None):
    with transaction(sessions) as session:
        return create_token(session, "feed", ("list",), days=1, by="it", jwks=jwks)[1]


def an_assertion(key=KEY, **changed):
    now = int(time.time())
    usual = {"iss": "feed", "sub": "feed", "aud": AUDIENCE, "exp": now + 240, "jti": uuid4().hex}
    claims = {k: v for k, v in {**usual, **changed}.items() if v is not None}
    header = {"alg": "ES384", "kid": KEY.kid}
    return jwt.encode(header, claims, key, algorithms=["ES384"])


def asked(client, assertion):
    given = {"client_assertion_type": BEARER, "client_assertion": assertion}
    return client.post("/oauth/token", data={"grant_type": "client_credentials", **given})


@pytest.fixture
def signing(anybody, sessions):
    """A client whose program has registered its public key."""
    an_account(sessions, public_keys(KeySet([KEY]).as_dict(private=False)))
    return anybody


def lists(client, token):
    headers = {"Authorization": f"Bearer {token}"}
    return client.get("/api/v1/summaries", headers=headers).status_code


def test_a_signed_assertion_gives_a_token_of_some_minutes(signing, sessions, monkeypatch):
    granted = asked(signing, an_assertion()).json()
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == (
        "Bearer",
        300,
        "list",
    )
    assert lists(signing, granted["access_token"]) == 200
    monkeypatch.setattr(grants, "LIFE_S", -1)
    assert lists(signing, granted["access_token"]) == 401


def test_who_sends_assertions_that_nobody_signed_is_let_wait(signing):
    """One address may be a proxy: the program that was right lately goes on."""
    assert asked(signing, an_assertion()).status_code == 200
    wrong = [asked(signing, an_assertion(sub=f"other-{n}")).status_code for n in range(MOST)]
    assert set(wrong) == {401}
    assert asked(signing, an_assertion(sub="other")).status_code == 429
    assert asked(signing, an_assertion(jti=None)).status_code == 401, "in its name"
    assert asked(signing, an_assertion()).status_code == 200


def test_revoking_the_account_ends_what_it_was_granted(signing, sessions):
    token = asked(signing, an_assertion()).json()["access_token"]
    with transaction(sessions) as session:
        revoke_token(session, "feed", by="it")
    assert lists(signing, token) == 401
    assert asked(signing, an_assertion()).status_code == 401


@pytest.mark.parametrize(
    "assertion",
    [
        an_assertion(ECKey.generate_key("P-384", {"kid": KEY.kid})),
        an_assertion(iss="another"),
        an_assertion(sub="another"),
        an_assertion(sub=None),
        an_assertion(aud="https://elsewhere.example/oauth/token"),
        an_assertion(exp=int(time.time()) - 120),
        an_assertion(exp=int(time.time()) + 4_000),
        an_assertion(exp=None),
        an_assertion(jti=None),
        an_assertion(sub="a\0"),
        "no-assertion",
        "",
    ],
)
def test_what_does_not_prove_it_gives_nothing(signing, assertion):
    answer = asked(signing, assertion)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_an_assertion_is_good_once(signing):
    assertion = an_assertion()
    assert asked(signing, assertion).status_code == 200
    assert asked(signing, assertion).status_code == 401


def test_a_secret_is_taken_in_the_header_and_in_the_form(anybody, sessions):
    secret = an_account(sessions)
    grant = {"grant_type": "client_credentials"}
    form = anybody.post(
        "/oauth/token", data={**grant, "client_id": "feed", "client_secret": secret}
    )
    assert lists(anybody, form.json()["access_token"]) == 200
    header = anybody.post("/oauth/token", data=grant, auth=("feed", secret))
    assert lists(anybody, header.json()["access_token"]) == 200
    for pair in (("feed", "wrong"), ("another", secret), ("", "")):
        assert anybody.post("/oauth/token", data=grant, auth=pair).status_code == 401


def test_another_grant_is_refused(anybody):
    answer = anybody.post("/oauth/token", data={"grant_type": "password"})
    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


@pytest.mark.parametrize(
    "jwks", [{}, [], {"keys": []}, {"keys": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"}]}]
)
def test_what_is_no_public_key_is_not_registered(jwks):
    with pytest.raises(BadInput):
        public_keys(jwks)


def test_a_private_key_is_not_taken_from_its_owner():
    with pytest.raises(BadInput, match="private key"):
        public_keys(KeySet([KEY]).as_dict(private=True))
