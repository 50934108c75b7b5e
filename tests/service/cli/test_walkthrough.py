"""The walkthrough waits for a summary as long as a draft may take, and tells what it waits for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat

import pytest

from service.cli.walkthrough import LIMIT_S, Clinician, WalkthroughFailed, patience_s
from service.settings import Settings

SESSION = {"csrf_token": "t", "person": {"name": "Dr A"}}
WAITS = "The model has failed once (it answered 500). This draft waits."


def a_row(status, reason="", owner="system"):
    return {"id": "s", "status": status, "status_reason": reason, "owner": owner}


@pytest.fixture
def desk_of():
    """A service whose summary stands as these rows say, one a look."""
    servers = []

    def serve(*rows):
        told = chain(rows, repeat(rows[-1]))

        class Door(BaseHTTPRequestHandler):
            def _answer(self, value):
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                self._answer(SESSION)

            def do_GET(self):
                is_list = "patient=" in self.path
                self._answer({"rows": [next(told)]} if is_list else {"status": "in-review"})

            def log_message(self, *_):
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_with_a_model_it_waits_as_long_as_a_draft_may_take():
    model = Settings(model="openai:x", model_wait_s=700.0, model_draft_timeout_s=500.0)
    assert patience_s(model) == LIMIT_S + 1_200 and patience_s(Settings()) == LIMIT_S


def test_it_tells_once_what_a_draft_waits_for(desk_of, capsys):
    waiting = a_row("indexed", WAITS)
    url = desk_of(waiting, waiting, a_row("in-review", owner="clinician"))
    Clinician(url, 5.0).wait_until_our_turn("s", "Patient/1")
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "indexed",
        WAITS,
        "in-review",
    ]


def test_it_gives_up_in_the_end_and_says_after_how_long(desk_of):
    with pytest.raises(WalkthroughFailed, match=r"Still indexed after 0\.3 s"):
        Clinician(desk_of(a_row("indexed")), 0.3).wait_until_our_turn("s", "Patient/1")
