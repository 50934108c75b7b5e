"""Messages between services are signed as the standard has it, and no other is believed."""

import pytest

from service import webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": ID,
    "webhook-timestamp": STAMP,
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def proven(headers=HEADERS, body=BODY, secrets=(SECRET,), at=1614265330.0):
    return webhook.proven_id(secrets, headers, body, at=at)


def test_the_example_of_the_standard_is_proven():
    assert webhook.signature(SECRET, ID, STAMP, BODY) == HEADERS["webhook-signature"]
    assert proven() == ID


def test_what_we_sign_we_believe_under_either_of_two_secrets():
    headers = webhook.signed_headers("a secret of twenty-four ..", "m1", b"{}", at=1000.9)
    assert proven(headers, b"{}", ("another", "a secret of twenty-four .."), at=1000.0) == "m1"


def test_one_of_several_signatures_is_enough():
    given = HEADERS["webhook-signature"]
    assert proven({**HEADERS, "webhook-signature": f"v1,AAAA {given}"}) == ID


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": b'{"test": 2432232315}'},
        {"secrets": ()},
        {"secrets": ("whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)},
        {"at": 1614265330.0 + 301},
        {"at": 1614265330.0 - 301},
        {"headers": {**HEADERS, "webhook-id": "msg_other"}},
        {"headers": {**HEADERS, "webhook-id": ""}},
        {"headers": {**HEADERS, "webhook-id": "m" * 201}},
        {"headers": {**HEADERS, "webhook-timestamp": "1614265331"}},
        {"headers": {**HEADERS, "webhook-timestamp": "now"}},
        {"headers": {**HEADERS, "webhook-timestamp": "9" * 30}},
        {"headers": {**HEADERS, "webhook-signature": "ü"}},
        {"headers": {**HEADERS, "webhook-signature": ""}},
        {"headers": {}},
    ],
)
def test_anything_else_is_not_believed(wrong):
    assert proven(**wrong) is None
