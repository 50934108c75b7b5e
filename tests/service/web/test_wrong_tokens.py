"""Who sends tokens that nobody has is told to wait, and stops nobody who has one."""

import time

import pytest
from fastapi.testclient import TestClient

from service.signin.tokens import create_token, revoke_token
from service.web import wrong_tokens
from tests.service.web.conftest import TOKEN

ASKED = "/api/v1/summaries"
HOSPITAL, ELSEWHERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def at(app):
    """A client at an address."""
    opened = []

    def client(address):
        opened.append(TestClient(app, base_url="http://127.0.0.1", client=(address, 4000)))
        return opened[-1]

    yield client
    for each in opened:
        each.close()


@pytest.fixture
def accounts(committed):
    def make(session, name):
        return create_token(session, name, ["list"], days=9, by="it")[1]

    return [committed(make, name) for name in ("one", "two")]


def ask(client, token):
    return client.get(ASKED, headers={"Authorization": f"Bearer {token}"})


def send_wrong(client, times=wrong_tokens.MOST):
    answers = {ask(client, f"csn_{each}").status_code for each in range(times)}
    assert answers == {401}


def test_an_address_that_sends_too_many_is_told_when_to_come_again(at, monkeypatch):
    hospital = at(HOSPITAL)
    send_wrong(hospital)
    refused = ask(hospital, "csn_more")
    assert refused.status_code == 429 and refused.json()["can_retry"]
    assert 1 <= int(refused.headers["retry-after"]) <= wrong_tokens.PER_S
    assert ask(at(ELSEWHERE), "csn_more").status_code == 401
    later = time.monotonic() + wrong_tokens.PER_S + 1
    monkeypatch.setattr(wrong_tokens.time, "monotonic", lambda: later)
    send_wrong(hospital)


def test_programs_of_the_same_address_work_on(at, accounts):
    used, unused = accounts
    hospital = at(HOSPITAL)
    grant = {"grant_type": "client_credentials", "client_id": "one", "client_secret": used}
    granted = hospital.post("/oauth/token", data=grant).json()["access_token"]
    assert ask(hospital, used).status_code == 200
    send_wrong(hospital)
    for right in (used, granted, TOKEN):
        assert ask(hospital, right).status_code == 200
    assert hospital.post("/oauth/token", data=grant).status_code == 200
    assert ask(hospital, unused).status_code == 429, "for a minute nobody looks it up"
    assert ask(at(ELSEWHERE), unused).status_code == 200


def test_a_token_that_was_right_and_is_revoked_is_wrong(at, accounts, it_revokes):
    hospital = at(HOSPITAL)
    assert ask(hospital, accounts[0]).status_code == 200
    it_revokes("one")
    send_wrong(hospital, wrong_tokens.MOST)
    assert [ask(hospital, accounts[0]).status_code for _ in range(2)] == [401, 429]


def test_secrets_of_programs_count_alike(at):
    hospital = at(HOSPITAL)
    grant = {"grant_type": "client_credentials", "client_id": "one", "client_secret": "csn_x"}
    for _ in range(wrong_tokens.MOST):
        assert hospital.post("/oauth/token", data=grant).status_code == 401
    assert hospital.post("/oauth/token", data=grant).status_code == 429
    assert ask(hospital, "csn_x").status_code == 429


def test_so_many_addresses_are_kept_and_no_more(at, app, monkeypatch):
    monkeypatch.setattr(wrong_tokens, "MAX_KEPT", 3)
    for each in range(9):
        ask(at(f"10.0.1.{each}"), "csn_x")
    assert len(app.state.wrong_tokens._wrong) == 3


def test_the_audit_counts_those_too_that_nobody_looked_up(at, sign_in):
    hospital = at(HOSPITAL)
    send_wrong(hospital)
    for _ in range(4):
        assert ask(hospital, "csn_x").status_code == 429
    rows = sign_in("it").get("/api/v1/audit?action=token.refused&limit=100").json()["rows"]
    assert {row["detail"]["status"] for row in rows} == {401}
    told = [each for each in app_refusals(hospital) if each.unwritten]
    assert [each.unwritten for each in told] == [4]


def app_refusals(client):
    return client.app.state.refusals._callers.values()


@pytest.fixture
def it_revokes(committed):
    return lambda name: committed(lambda session: revoke_token(session, name, by="it"))
