"""A body that is large, slow, or of somebody unknown holds nothing that others need."""

import asyncio

import pytest

from service.web.limits import BUNDLES, BodyLimit


class Sender:
    """An application's other end: sends these pieces, each after a pause, then goes on for ever."""

    def __init__(self, *pieces, pause_s=0.0, path="/x", method="POST"):
        self.pieces, self.pause_s = list(pieces), pause_s
        self.scope = {"type": "http", "path": path, "method": method, "headers": []}

    async def receive(self):
        await asyncio.sleep(self.pause_s)
        if not self.pieces:
            await asyncio.sleep(3600)
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": piece != b"end"}


class Asked:
    """An application that reads its whole body; says how much had come when it was asked."""

    def __init__(self):
        self.body, self.refused, self.left_when_asked = b"", None, None

    async def __call__(self, scope, receive, send):
        self.left_when_asked = len(scope["sender"].pieces)
        try:
            while True:
                message = await receive()
                self.body += message["body"]
                if not message["more_body"]:
                    return
        except Exception as error:
            self.refused = error.status_code


def run(sender, **limits):
    app = Asked()
    sender.scope["sender"] = sender
    asyncio.run(BodyLimit(app, **limits)(sender.scope, sender.receive, None))
    return app


def test_the_application_is_asked_when_the_body_has_come():
    app = run(Sender(b"a", b"b", b"end", pause_s=0.01))
    assert (app.body, app.left_when_asked) == (b"abend", 0)


def test_a_body_that_drips_is_refused():
    app = run(Sender(*[b"x"] * 1000, b"end", pause_s=0.02), patience_s=0.2)
    assert app.refused == 408


def test_a_bundle_that_drips_is_refused_where_it_is_read():
    app = run(Sender(*[b"x"] * 1000, b"end", pause_s=0.02, path=BUNDLES), patience_s=0.2)
    assert app.refused == 408 and app.left_when_asked == 1001


def test_a_body_that_is_too_large_is_refused():
    assert run(Sender(b"x" * 60, b"x" * 60, b"end"), max_body=100).refused == 413


def test_a_slow_body_that_comes_steadily_is_taken():
    pieces = [b"x" * 32_768] * 8
    app = run(Sender(*pieces, b"end", pause_s=0.05), patience_s=0.2)
    assert app.refused is None


def test_who_may_not_ingest_is_refused_before_the_body_is_read(sign_in, service, anybody):
    clinician = sign_in("clinician")
    assert clinician.post(BUNDLES, content=b"{}").status_code == 403
    assert anybody.post(BUNDLES, content=b"{}").status_code == 401
    assert service.post(BUNDLES, content=b'{"resourceType": "Basic", "id": "1"}').status_code == 200


@pytest.mark.parametrize(
    "content", [b"{}\n" * 1_100, b'{"resourceType": "Basic", "id": "1"}\n' * 20_100]
)
def test_an_upload_of_far_too_much_is_refused_whole(service, content):
    headers = {"Content-Type": "application/fhir+ndjson"}
    answer = service.post(BUNDLES, content=content, headers=headers)
    assert answer.status_code == 413
    assert "in parts" in answer.json()["detail"]
