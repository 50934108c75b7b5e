"""Who is in and with which tokens: seen, and ended, by those who answer for it."""

from service.database import transaction
from service.signin.tokens import create_token


def test_it_sees_who_is_in_and_ends_their_sessions(as_person):
    clinician, it = as_person("clinician"), as_person("it")
    it.get("/access")
    assert "Dr Ines Lindqvist" in it.text
    it.send("/access/end", person_id="demo-clinician")
    assert "signs in again" in it.text
    assert clinician.get("/worklist").page.h1.get_text() == "Who are you today?"


def test_a_token_is_revoked_where_it_is_seen(as_person, sessions):
    with transaction(sessions) as session:
        create_token(session, "lab-feed", ("ingest",), days=1, by="it")
    it = as_person("it").get("/access")
    assert "lab-feed" in it.text
    it.send("/access/revoke")
    assert it.page.select('form[action="/access/revoke"]') == []
    assert "revoked" in it.text


def test_a_clinician_does_not_see_it(as_person):
    assert as_person("clinician").get("/access", status=403)
