"""Where a site asks for it, a signature needs a sign-in that is minutes old."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from service.database import now, transaction
from service.summary.vocabulary import SummaryStatus
from service.web import step_up
from service.web.models import WebSession
from tests.service.review.builders import a_summary, a_summary_at
from tests.service.web.pages.provider_fixtures import (
    acts,
    ehr,
    hospital,
    signing_key,
    visit,
    who,
)

__all__ = ["ehr", "hospital", "signing_key", "visit"]


def sign_form(visitor, summary):
    page = BeautifulSoup(visitor.ours.get(f"/summaries/{summary.id}/sign").text, "lxml")
    form = page.select_one("form.sign-form")
    fields = {i["name"]: i["value"] for i in form.select("input[type=hidden]")}
    return page, fields


@contextmanager
def later(**by):
    """Time goes by between the sign-in and the signature; the row cannot be made to say so."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(step_up, "now", lambda: now() + timedelta(**by))
        yield


def test_where_the_site_asks_a_signature_needs_a_fresh_sign_in(visit, sessions, committed):
    visitor = visit(sign_max_age_s=300, relation="told")
    visitor.go("/sign-in/start/hospital", "ada")
    summary = committed(a_summary)
    with later(minutes=6):
        page, fields = sign_form(visitor, summary)
        assert page.select("form.sign-form button") == []
        refused = visitor.ours.post(f"/summaries/{summary.id}/sign", data=fields)
        assert refused.status_code == 403
        headers = {"X-CSRF-Token": fields["csrf_token"], "Accept": "application/json"}
        asked = {"digest": fields["digest"]}
        path = f"/api/v1/summaries/{summary.id}/sign"
        assert visitor.ours.post(path, json=asked, headers=headers).status_code == 403
    again = page.select_one("form.sign-form a.big")["href"]
    before = visitor.asked_for_password
    back = visitor.go(again, "ada")
    assert visitor.asked_for_password == before + 1, "the provider asked for the password again"
    assert back.url.path == f"/summaries/{summary.id}/sign"
    signed = visitor.ours.post(f"/summaries/{summary.id}/sign", data=fields)
    assert signed.status_code == 303, "a form that was open before is still good"
    assert acts(sessions, "summary.signed")[0].actor == "hospital:ada"


def test_so_does_a_withdrawal_of_what_was_filed(visit, sessions, committed):
    visitor = visit(sign_max_age_s=300, relation="told")
    visitor.go("/sign-in/start/hospital", "ada")
    summary = committed(a_summary_at, SummaryStatus.FILED)
    path, why = f"/summaries/{summary.id}", {"reason": "Written for another patient."}
    visitor.go(f"/sign-in/again?next={path}", "ada")
    fields = form_fields(visitor, path, "retract") | why
    with later(minutes=6):
        stale = visitor.ours.post(f"{path}/retract", data=fields)
        assert stale.status_code == 403 and why["reason"] in stale.text
        page = BeautifulSoup(visitor.ours.get(path).text, "lxml")
        assert page.select(f"form[action='{path}/retract']") == []
        headers = {"X-CSRF-Token": fields["csrf_token"], "Accept": "application/json"}
        rest = visitor.ours.post(f"/api/v1{path}/retract", json=why, headers=headers)
        assert rest.status_code == 403
    assert acts(sessions, "summary.retracting") == []
    [again] = [a["href"] for a in page.select("a.button") if "then retract" in a.get_text()]
    assert visitor.go(again, "ada").url.path == path
    assert visitor.ours.post(f"{path}/retract", data=fields).status_code == 303
    assert acts(sessions, "summary.retracting")[0].actor == "hospital:ada"


def test_what_ends_nothing_in_the_ehr_needs_none(visit, sessions, committed):
    visitor = visit(sign_max_age_s=300, relation="told")
    visitor.go("/sign-in/start/hospital", "ada")
    summary = committed(a_summary_at, SummaryStatus.FILED)
    path = f"/summaries/{summary.id}"
    fields = form_fields(visitor, path, "amend") | {"reason": "A wrong dose."}
    with later(minutes=6):
        assert visitor.ours.post(f"{path}/amend", data=fields).status_code == 303
    assert len(acts(sessions, "summary.in-review")) == 2


def form_fields(visitor, path, act):
    page = BeautifulSoup(visitor.ours.get(path).text, "lxml")
    form = page.select_one(f"form[action='{path}/{act}']")
    return {i["name"]: i["value"] for i in form.select("input[type=hidden]")}


def signed_in_at(sessions):
    with transaction(sessions) as session:
        return session.scalars(select(WebSession.authenticated_at)).one()


def test_somebody_else_cannot_make_the_sign_in_fresh(visit, sessions):
    visitor = visit(sign_max_age_s=300)
    visitor.go("/sign-in/start/hospital", "ada")
    before = signed_in_at(sessions)
    answer = visitor.go("/sign-in/again", "tom")
    assert answer.status_code == 403
    assert who(visitor)["id"] == "hospital:ada", "the session stays whose it was"
    assert signed_in_at(sessions) == before


def test_a_provider_that_asks_always_is_asked_to(visit):
    visitor = visit(hospital_given={"ask_always": True})
    visitor.go("/sign-in/start/hospital", "ada")
    visitor.go("/sign-in/start/hospital", "ada")
    assert visitor.asked_for_password == 2


def test_a_trainees_signature_waits_for_a_second_one(visit, sessions, committed):
    visitor = visit(relation="told")
    visitor.go("/sign-in/start/hospital", "tom")
    assert who(visitor)["role"] == "trainee"
    summary = committed(a_summary)
    page, fields = sign_form(visitor, summary)
    assert "A second clinician cosigns it" in page.get_text()
    visitor.ours.post(f"/summaries/{summary.id}/sign", data=fields)
    assert [a.actor for a in acts(sessions, "summary.awaiting-cosign")] == ["hospital:tom"]
    assert acts(sessions, "summary.signed") == []
