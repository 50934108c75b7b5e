"""PyPI's fhirsnake on loopback as it is: `python snake.py PORT`. Ours: POST /$empty."""

import logging
import sys
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parent / "python_modules" / "fhirsnake"))

from main import app  # fhirsnake imports its own files by these plain names

logging.disable()
app.router.on_startup.clear()  # it would read a folder of resources
app.state.resources = {}


async def peer(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/$empty":
        app.state.resources.clear()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        await app(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(peer, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
