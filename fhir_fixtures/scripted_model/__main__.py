"""`python -m fhir_fixtures.scripted_model`: serve the scripted model until it is stopped."""

import argparse
import socket
import sys
from contextlib import suppress

from fhir_fixtures.scripted_model.model import ScriptedModel
from fhir_fixtures.scripted_model.serving import LOOPBACK, server


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m fhir_fixtures.scripted_model",
        description="An OpenAI-compatible endpoint for demos and tests, on loopback only.",
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    options = parser.parse_args(arguments)
    try:
        listener = socket.create_server((LOOPBACK, options.port), backlog=128)
    except OSError as error:
        print(f"The scripted model cannot start: {error}.", file=sys.stderr)
        return 1
    # The socket accepts from here on, so whoever reads this line may connect at once.
    print(f"scripted model ready on http://{LOOPBACK}:{listener.getsockname()[1]}/v1", flush=True)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how a person stops it
        server(ScriptedModel()).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
