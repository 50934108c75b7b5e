"""Tokens of programs: shown once, kept as a hash, and worth what their scopes and dates say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.audit import AuditEvent
from service.database import now
from service.errors import BadInput, Conflict, NotFound, NotPermitted
from service.review.permissions import Ability, check_may
from service.signin import tokens
from service.signin.models import ApiToken
from service.summary.vocabulary import Role


def a_token(session, name="feed", scopes=("ingest",), days=30):
    made = tokens.create_token(session, name, scopes, days=days, by="it")
    session.commit()  # the audit tells of it from then on
    return made


def test_a_token_opens_what_its_scopes_name_and_nothing_else(session):
    _, secret = a_token(session, scopes=("ingest", "list"))
    account = tokens.account(tokens.find_by_secret(session, secret))
    assert (account.id, account.role) == ("token:feed", Role.SERVICE)
    check_may(account, Ability.INGEST)
    for ability in (Ability.READ, Ability.REQUEST, Ability.SIGN):
        with pytest.raises(NotPermitted):
            check_may(account, ability)


def test_no_scope_lets_a_program_do_what_a_person_vouches_for():
    persons = {Ability.REVIEW, Ability.SIGN, Ability.COSIGN, Ability.RATE, Ability.SWITCH}
    assert persons.isdisjoint(tokens.SCOPES.values())


def test_the_token_itself_is_nowhere_in_the_database(session):
    made, secret = a_token(session)
    session.commit()
    assert secret not in " ".join(str(v) for v in vars(made).values())
    kept = session.scalars(select(AuditEvent).where(AuditEvent.action == "token.made")).one()
    assert secret not in str(kept.detail)


def test_a_token_that_is_revoked_or_at_its_end_opens_nothing(session):
    made, secret = a_token(session)
    tokens.revoke_token(session, "feed", by="it")
    assert tokens.find_by_secret(session, secret) is None
    made, secret = a_token(session, "other")
    made.expires_at = now() - timedelta(seconds=1)
    assert tokens.find_by_secret(session, secret) is None
    assert tokens.find_by_secret(session, secret + "x") is None
    assert tokens.find_by_secret(session, "") is None


def test_its_use_is_seen(session):
    made, secret = a_token(session)
    assert made.used_at is None
    tokens.account(tokens.find_by_secret(session, secret))
    assert made.used_at is not None


def test_revoking_again_changes_nothing_and_a_wrong_name_is_named(session):
    a_token(session)
    first = tokens.revoke_token(session, "feed", by="it").revoked_at
    assert tokens.revoke_token(session, "feed", by="it").revoked_at == first
    with pytest.raises(NotFound, match="no token named none"):
        tokens.revoke_token(session, "none", by="it")


def test_a_name_is_given_once_even_after_it_was_revoked(session):
    a_token(session)
    tokens.revoke_token(session, "feed", by="it")
    with pytest.raises(Conflict):
        a_token(session)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ("ingest",), 30),
        ("a b", ("ingest",), 30),
        ("x" * 65, ("ingest",), 30),
        ("feed", (), 30),
        ("feed", ("sign",), 30),
        ("feed", ("ingest",), 0),
        ("feed", ("ingest",), 400),
    ],
)
def test_what_no_token_can_be_is_said(session, name, scopes, days):
    with pytest.raises(BadInput):
        a_token(session, name, scopes, days)
    assert session.scalars(select(ApiToken)).all() == []
