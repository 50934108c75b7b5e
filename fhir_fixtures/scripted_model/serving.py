"""The endpoint on a socket: in front, as a process of its own, or in a thread for tests."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from fhir_fixtures.scripted_model.app import create_app
from fhir_fixtures.scripted_model.model import ScriptedModel

LOOPBACK = "127.0.0.1"
STOP_TIMEOUT_S = 1  # a hung answer must not keep the process from stopping


def server(model: ScriptedModel) -> uvicorn.Server:
    # A page on another site must not reach this server under a name of its own (DNS rebinding).
    app = TrustedHostMiddleware(create_app(model), [LOOPBACK, "localhost"])
    return uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            access_log=False,
            log_level="critical",
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
            headers=[
                ("Connection", "close")
            ],  # clients that are kept would hold their sockets open
        )
    )


@contextmanager
def in_background(model: ScriptedModel) -> Iterator[str]:
    """Serve from a thread; gives the base URL that an OpenAI client is pointed at."""
    listener = socket.create_server((LOOPBACK, 0), backlog=128)
    serving = server(model)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not serving.started:
            time.sleep(0.01)
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}/v1"
    finally:
        serving.should_exit = True
        thread.join(STOP_TIMEOUT_S + 5)
        listener.close()
