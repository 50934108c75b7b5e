"""`python -m fhir_fixtures.sandbox`: serve the sandbox EHR until it is stopped."""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.faults import OfferHangUp
from fhir_fixtures.sandbox.seed import UnreadableSeed, load_seeds
from fhir_fixtures.sandbox.store import Store

LOOPBACK = "127.0.0.1"
# A hung request (see faults.py) must not keep the process from stopping.
STOP_TIMEOUT_S = 1


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    store = Store(options.data_dir)
    try:
        load_seeds(store, options.load)
        listener = socket.create_server((LOOPBACK, options.port), backlog=128)
    except (UnreadableSeed, OSError) as error:
        print(f"The sandbox EHR cannot start: {error}.", file=sys.stderr)
        return 1
    # The socket accepts from here on, so whoever reads this line may connect at once.
    print(f"sandbox EHR ready on http://{LOOPBACK}:{listener.getsockname()[1]}/", flush=True)
    _serve(store, options.token, listener)
    return 0


def _serve(store: Store, token: str, listener: socket.socket) -> None:
    # A page on another site must not reach this server under a name of its own (DNS rebinding).
    app = TrustedHostMiddleware(create_app(store, token=token), [LOOPBACK, "localhost"])
    config = uvicorn.Config(
        OfferHangUp(app),
        lifespan="off",
        access_log=False,  # addresses carry patients' ids
        log_level="error",
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # Ctrl-C is how a person stops it
    finally:
        store.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fhir_fixtures.sandbox",
        description="A FHIR R4 server for demos and tests. It listens on loopback only.",
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data-dir", type=Path, required=True, help="where its file is kept")
    parser.add_argument(
        "--load",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="files or folders of FHIR JSON or ndjson (.gz too), loaded once",
    )
    parser.add_argument("--token", default="", help="require this bearer token")
    parser.add_argument("--host", choices=[LOOPBACK, "localhost"], default=LOOPBACK)
    return parser


if __name__ == "__main__":
    sys.exit(main())
