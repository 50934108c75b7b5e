"""Whether each part that the service needs answers, asked all at once and not too often."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import redis
from pydantic import BaseModel
from sqlalchemy import text

from service.retrieval.place import place_of
from service.web.runtime import Runtime

FRESH_S = 2.0  # anybody may ask: that must not become load on the EHR
TIMEOUT_S = 3.0


class Part(BaseModel):
    """One part by name; `detail` is the kind of failure."""

    name: str
    ok: bool
    detail: str = ""


class Readiness:
    """The last look at the parts of one runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._looked_at = -FRESH_S
        self._parts: list[Part] = []

    def parts(self) -> list[Part]:
        with self._lock:
            if time.monotonic() - self._looked_at >= FRESH_S:
                self._parts = self._look()
                self._looked_at = time.monotonic()
            return self._parts

    def _look(self) -> list[Part]:
        with ThreadPoolExecutor(len(LOOKS)) as pool:
            return list(pool.map(lambda name: _looked(name, self._runtime), LOOKS))


def _looked(name: str, runtime: Runtime) -> Part:
    try:
        LOOKS[name](runtime)
    except Exception as error:  # whatever it is, the part cannot be used; its words stay inside
        return Part(name=name, ok=False, detail=type(error).__name__)
    return Part(name=name, ok=True)


def _postgresql(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        session.execute(text("SELECT 1"))


def _redis(runtime: Runtime) -> None:
    url = runtime.settings.redis_url
    assert url is not None, "COUNTERSIGN_REDIS_URL"
    with redis.Redis.from_url(url.get_secret_value(), socket_timeout=TIMEOUT_S) as client:
        client.ping()


def _chroma(runtime: Runtime) -> None:
    place = place_of(runtime.settings)
    url = f"{place.url}/api/v2/heartbeat"
    httpx.get(url, headers=place.headers, timeout=TIMEOUT_S).raise_for_status()


def _ehr(runtime: Runtime) -> None:
    # FHIR lets everybody read /metadata, and the client's retries would hold up the answer.
    url = f"{(runtime.settings.fhir_url or '').rstrip('/')}/metadata"
    httpx.get(url, timeout=TIMEOUT_S).raise_for_status()


LOOKS: dict[str, Callable[[Runtime], None]] = {
    "postgresql": _postgresql,
    "redis": _redis,
    "chroma": _chroma,
    "ehr": _ehr,
}
