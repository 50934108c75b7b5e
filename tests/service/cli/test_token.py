"""`countersign token` makes, lists and revokes; the token itself is told once."""

import json


def test_a_token_is_made_listed_and_revoked(command):
    made = json.loads(
        command("token", "create", "feed", "--scope", "ingest", "--days", "30", "--json").out
    )
    assert made["token"].startswith("csn_")
    assert (made["scopes"], made["state"]) == (["ingest"], "live")
    listed = command("token", "list")
    assert "feed" in listed.out and "live" in listed.out
    assert made["token"] not in listed.out
    assert command("token", "revoke", "feed").code == 0
    assert json.loads(command("token", "list", "--json").out)[0]["state"] == "revoked"


def test_what_cannot_be_is_one_sentence(command):
    for argv, code in (
        (("create", "feed"), 1),
        (("create", "feed", "--scope", "sign"), 2),
        (("create", "a b", "--scope", "list"), 1),
        (("revoke", "nobody"), 1),
    ):
        said = command("token", *argv)
        assert (said.code, said.out) == (code, "")
        assert said.err.count("\n") == 1
