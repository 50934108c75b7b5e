"""Who can write to the database, and has no key of ours, becomes nobody else by it."""

import pytest
from sqlalchemy import text

from service.audit import AuditEvent
from service.database import transaction
from service.signin.tokens import SCOPES, create_token, revoke_token

CHANGES = {
    "person": "person_id = 'demo-attending', practitioner_ref = 'Practitioner/demo-attending'",
    "role": "role = 'attending'",
    "practitioner": "practitioner_ref = 'Practitioner/demo-attending'",
    "name": "person_name = 'Dr Samuel Adeyemi'",
    "fresh sign-in": "authenticated_at = now() + interval '1 day'",
    "an age": "made_at = now() + interval '1 day'",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_session_that_was_changed_in_the_database_is_nobodys(sign_in, sessions, what):
    qa = sign_in("qa")
    assert qa.get("/api/v1/summaries").status_code == 200
    with transaction(sessions) as session:
        session.execute(text(f"UPDATE web_sessions SET {CHANGES[what]}"))
    assert qa.get("/api/v1/summaries").status_code == 401
    with transaction(sessions) as session:
        acts = [act.action for act in session.query(AuditEvent)]
    assert "session.forged" in acts


@pytest.fixture
def program(anybody, sessions):
    with transaction(sessions) as session:
        token, secret = create_token(session, "feed", ["ingest"], days=2, by="it")
        _ = token.id
    anybody.headers["Authorization"] = f"Bearer {secret}"
    return anybody


def asks(client):
    return client.get("/api/v1/summaries").status_code


def test_what_an_account_may_is_not_widened_in_the_database(program, sessions):
    assert asks(program) == 403
    every = str(sorted(SCOPES)).replace("'", '"')
    for change in (f"scopes = '{every}'::jsonb", "expires_at = now() + interval '9 days'"):
        with transaction(sessions) as session:
            session.execute(text(f"UPDATE api_tokens SET {change}"))
        assert asks(program) == 401


def test_nor_is_one_made_there_or_brought_back(program, sessions):
    with transaction(sessions) as session:
        session.execute(text("UPDATE api_tokens SET id = 'another'"))
    assert asks(program) == 401
    with transaction(sessions) as session:
        _, secret = create_token(session, "again", ["read"], days=2, by="it")
        revoke_token(session, "again", by="it")
    with transaction(sessions) as session:
        session.execute(text("UPDATE api_tokens SET revoked_at = NULL"))
    program.headers["Authorization"] = f"Bearer {secret}"
    assert asks(program) == 401
