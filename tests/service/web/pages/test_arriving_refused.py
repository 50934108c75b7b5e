"""Answers of a provider that sign nobody in: used, changed, late, somebody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.database import now, transaction
from service.signin.models import SignInAttempt
from service.web.denials import MOST
from service.web.models import WebSession
from tests.service.web.pages.provider_fixtures import (
    acts,
    ehr,
    hospital,
    signing_key,
    visit,
    who,
)

__all__ = ["ehr", "hospital", "signing_key", "visit"]


def test_an_answer_serves_once(visit):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "ada")
    used = visitor.came_back_with
    visitor.ours.cookies.delete("countersign_session")
    answer = visitor.ours.get(used)
    assert answer.status_code == 403
    assert who(visitor) is None


def test_an_answer_in_another_browser_signs_nobody_in(visit):
    """Somebody sends a victim the answer to their own sign-in."""
    attacker, victim = visit(), visit()
    attacker.ours.cookies.clear()
    stolen = answer_of(attacker)
    victim.leave_at_provider("/sign-in/start/hospital")
    assert victim.ours.get(stolen).status_code == 403
    assert who(victim) is None


def answer_of(visitor):
    """The callback's address of a sign-in that was not followed to its end."""
    real = visitor.ours.get
    held = []

    def get(address, **more):
        if "/sign-in/callback" in str(address):
            held.append(str(address))
            return real("/healthz")
        return real(address, **more)

    visitor.ours.get = get
    visitor.go("/sign-in/start/hospital", "ada")
    visitor.ours.get = real
    return held[0]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda a: a.replace("state=", "state=x"), "state"),
        (lambda a: a.replace("code=", "code=x"), "code"),
        (lambda a: a.replace("iss=http", "iss=https"), "issuer"),
        (lambda a: a.split("&iss=")[0], "issuer"),
    ],
)
def test_an_answer_that_was_changed_on_its_way_is_refused(visit, sessions, change, check):
    visitor = visit()
    answer = visitor.ours.get(change(answer_of(visitor)))
    assert answer.status_code == 403
    assert acts(sessions, "sign-in.refused")[-1].detail["check"] == check
    assert who(visitor) is None


def test_an_answer_that_comes_too_late_is_refused(visit, sessions):
    visitor = visit()
    late = answer_of(visitor)
    with transaction(sessions) as session:
        session.execute(update(SignInAttempt).values(made_at=now() - timedelta(hours=1)))
    assert visitor.ours.get(late).status_code == 403


def test_a_nonce_of_another_sign_in_is_refused(visit, sessions):
    visitor = visit()
    answer = answer_of(visitor)
    with transaction(sessions) as session:
        session.execute(update(SignInAttempt).values(nonce="of-another"))
    assert visitor.ours.get(answer).status_code == 403
    assert acts(sessions, "sign-in.refused")[-1].detail["check"] == "nonce"


def test_a_code_verifier_of_another_sign_in_is_refused_by_the_provider(visit, sessions):
    visitor = visit()
    answer = answer_of(visitor)
    with transaction(sessions) as session:
        session.execute(update(SignInAttempt).values(code_verifier="of-another" * 6))
    assert visitor.ours.get(answer).status_code == 403
    assert acts(sessions, "sign-in.refused")[-1].detail["check"] == "code"


def test_a_sign_in_that_was_broken_off_is_told_so(visit):
    visitor = visit()
    broken = answer_of(visitor).replace("code=", "error=access_denied&was=")
    assert "broken off" in visitor.ours.get(broken).text


def test_a_wrong_client_secret_is_told_without_signing_in(visit):
    visitor = visit(hospital_given={"client_secret": "wrong"})
    answer = visitor.go("/sign-in/start/hospital", "ada")
    assert answer.status_code == 403
    assert "invalid_client" in answer.text


def test_a_provider_that_does_not_answer_is_a_page_that_says_try_again(visit):
    visitor = visit(hospital_given={"issuer": "http://127.0.0.1:9"})
    answer = visitor.ours.get("/sign-in/start/hospital")
    assert answer.status_code == 503
    assert "the hospital does not answer" in answer.text


def test_after_signing_in_no_address_outside_is_gone_to(visit):
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example"):
        visitor = visit()
        answer = visitor.go(f"/sign-in/start/hospital?next={wanted}", "ada")
        assert answer.url.host == "127.0.0.1"


def test_no_token_of_a_provider_is_kept(visit, sessions):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "ada")
    with transaction(sessions) as session:
        assert session.scalars(select(SignInAttempt)).all() == []
        row = session.scalars(select(WebSession)).one()
        kept = " ".join(str(v) for v in vars(row).values())
    assert "eyJ" not in kept


def test_nobody_fills_the_audit_or_writes_in_it(visit, sessions):
    """What is refused is told so many times a minute, and of the address no more than its host."""
    visitor = visit()
    for number in range(MOST + 10):
        answer = visitor.ours.get("/launch", params={"iss": f"https://a.example/{number}?told"})
        assert answer.status_code == 403
    told = acts(sessions, "sign-in.refused")
    assert len(told) == MOST
    assert {row.detail["iss"] for row in told} == {"a.example"}


@pytest.mark.parametrize(("iss", "status"), [("\0", 400), ("https://[", 403), ("x" * 5000, 403)])
def test_an_address_that_is_none_is_refused_in_words(visit, iss, status):
    assert visit().ours.get("/launch", params={"iss": iss}).status_code == status
