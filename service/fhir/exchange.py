"""One request to the EHR and its whole answer: bounded, retried, every failure given its name."""

import ssl
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import IO, Any

import httpx

from service.fhir import wire
from service.fhir.auth import Auth
from service.fhir.errors import (
    EhrBusy,
    EhrRefused,
    EhrTokenRefused,
    EhrUnknown,
    FhirError,
    error_of,
)
from service.fhir.pace import Pace

FHIR_JSON = "application/fhir+json"
MAX_ANSWER_BYTES = 64 * 1024 * 1024  # a page of 200 notes of 300 kB; beyond it, smaller pages help
ATTEMPTS = 4
# Of the timeout, for a whole answer: each byte that comes begins the timeout anew, and one a second
# would hold a worker for a day.
ANSWER_TIMEOUTS = 10
SLOW_PAUSE_S = 60.0  # an answer that slow is not waited for again at once
FIRST_PAUSE_S = 0.5  # doubles at each attempt
MAX_PAUSE_S = 20.0  # a longer Retry-After gives the task back; the sweep rings again later


@dataclass(frozen=True)
class Asked:
    """A request: `act` says in words what it does, with no id, for errors and logs. An answer of
    any length goes `into` a file, from its start. `is_bare`: our token is not for that server."""

    method: str
    url: str
    act: str
    params: Mapping[str, str | list[str]] | None = None
    headers: Mapping[str, str] | None = None
    content: bytes | None = None
    into: IO[bytes] | None = None
    is_bare: bool = False

    @property
    def is_write(self) -> bool:
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True)
class Answer:
    """A whole answer of 200 to 299."""

    status: int
    headers: httpx.Headers
    content: bytes
    act: str
    is_write: bool

    def json(self) -> Any:
        """The parsed body. Raises EhrRefused when it is no JSON, EhrUnknown after a write."""
        try:
            return wire.parse(self.content.decode("utf-8-sig"))
        except (wire.BadJson, UnicodeDecodeError):
            raise self._unreadable() from None

    def _unreadable(self) -> FhirError:
        if self.is_write:
            return EhrUnknown(
                f"The {self.act} was answered, but not in FHIR JSON.", http_status=self.status
            )
        kind = self.headers.get("content-type", "").partition(";")[0]
        if "html" in kind or self.content.lstrip()[:1] == b"<":
            return EhrRefused(
                f"The {self.act} was answered with a web page or XML, not FHIR JSON; "
                "check COUNTERSIGN_FHIR_URL.",
                http_status=self.status,
            )
        return EhrRefused(f"The {self.act} was answered with broken JSON.", http_status=self.status)


class Exchange:
    """Sends requests over few connections, and obeys what the EHR says about waiting."""

    def __init__(
        self,
        auth: Auth,
        *,
        timeout_s: float,
        transport: httpx.BaseTransport | None,
        verify: ssl.SSLContext | bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # Four connections a process: an EHR in clinical use must not feel a summarizer.
        limits = httpx.Limits(max_connections=4, max_keepalive_connections=2)
        self._http = httpx.Client(
            timeout=timeout_s,
            limits=limits,
            transport=transport,
            verify=verify,
            follow_redirects=False,
        )
        self._auth = auth
        self._sleep = sleep
        self._until: float | None = None
        self._pace: Pace | None = None
        self._answer_s = ANSWER_TIMEOUTS * timeout_s

    def close(self) -> None:
        self._http.close()

    def within(self, timeout_s: float) -> "Exchange":
        """The same connections for somebody who waits: all of it takes no longer than that, and
        nothing is tried twice."""
        hurried = copy(self)
        hurried._until = time.monotonic() + timeout_s
        return hurried

    def paced(self, a_minute: int) -> "Exchange":
        """The same connections, with no more requests a minute than that."""
        slow = copy(self)
        slow._pace = Pace(a_minute)
        return slow

    def send(self, asked: Asked) -> Answer:
        """The answer; temporary failures are tried again. Raises FhirError.

        A write is tried again only when the EHR answered that it did not take it.
        """
        if self._until is not None:
            return self._send_authorized(asked)
        pause_s = FIRST_PAUSE_S
        for _ in range(ATTEMPTS - 1):
            try:
                return self._send_authorized(asked)
            except EhrBusy as busy:
                wait_s = pause_s if busy.retry_after_s is None else busy.retry_after_s
                if wait_s > MAX_PAUSE_S:
                    raise
                self._sleep(wait_s)
                pause_s *= 2
        return self._send_authorized(asked)

    def _send_authorized(self, asked: Asked) -> Answer:
        """One try; a 401 renews the token and asks again, once, without costing a try."""
        if asked.is_bare:
            return self._send_once(asked, None)
        authorization = self._auth.header()
        try:
            return self._send_once(asked, authorization)
        except EhrTokenRefused:
            if not self._auth.renew(authorization):
                raise
        return self._send_once(asked, self._auth.header())

    def _send_once(self, asked: Asked, authorization: str | None) -> Answer:
        if self._pace is not None and (wait_s := self._pace.wait_s()):
            self._sleep(wait_s)
        headers = {"Accept": FHIR_JSON, **(asked.headers or {})}
        if authorization:
            headers["Authorization"] = authorization
        try:
            with self._http.stream(
                asked.method,
                asked.url,
                params=asked.params,
                headers=headers,
                content=asked.content,
                timeout=self._left_s(asked),
            ) as response:
                return _answer(asked, response, self._body(response, asked))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise EhrBusy(f"The EHR cannot be reached for the {asked.act}; is it up?") from None
        except httpx.TransportError as error:
            raise _lost(asked, error) from None
        except (httpx.DecodingError, httpx.InvalidURL):
            raise EhrRefused(
                f"The {asked.act} was answered in a way that cannot be read."
            ) from None

    def _left_s(self, asked: Asked) -> Any:
        """Seconds that this request may take. Raises EhrBusy when there are none left."""
        if self._until is None:
            return httpx.USE_CLIENT_DEFAULT
        left = self._until - time.monotonic()
        if left <= 0:
            raise _too_slow(asked)
        return left

    def _body(self, response: httpx.Response, asked: Asked) -> bytes:
        """The decoded body, never more than MAX_ANSWER_BYTES of it in memory, each piece looked at
        as it comes; that of an export goes on to its file."""
        if asked.into is not None and response.is_success:
            asked.into.seek(0)
            asked.into.truncate()
            for chunk in response.iter_bytes(1024 * 1024):
                asked.into.write(chunk)
            return b""
        body, until = bytearray(), time.monotonic() + self._answer_s
        for chunk in response.iter_bytes():
            self._left_s(asked)
            if time.monotonic() > until:
                raise _too_slow(asked)
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                raise EhrRefused(
                    f"The answer to the {asked.act} is larger than {MAX_ANSWER_BYTES // 2**20} MB; "
                    "lower COUNTERSIGN_FHIR_PAGE_SIZE.",
                    http_status=response.status_code,
                )
        return bytes(body)


def _too_slow(asked: Asked) -> FhirError:
    if asked.is_write:
        return EhrUnknown(f"The {asked.act} was sent, and its answer did not come to an end.")
    return EhrBusy(
        f"The EHR took too long for the {asked.act}; try again later.", retry_after_s=SLOW_PAUSE_S
    )


def _lost(asked: Asked, error: httpx.TransportError) -> FhirError:
    if isinstance(error, httpx.UnsupportedProtocol):
        return EhrRefused(f"The address for the {asked.act} is not an http address.")
    if asked.is_write:
        return EhrUnknown(f"The {asked.act} was sent and no answer came.")
    return EhrBusy(f"The EHR stopped answering during the {asked.act}; try again later.")


def _answer(asked: Asked, response: httpx.Response, content: bytes) -> Answer:
    if not response.is_success:
        raise error_of(
            response.status_code,
            response.headers,
            _outcome(content),
            act=asked.act,
            is_write=asked.is_write,
        )
    return Answer(response.status_code, response.headers, content, asked.act, asked.is_write)


def _outcome(content: bytes) -> object:
    try:
        return wire.parse(content.decode("utf-8-sig"))
    except (wire.BadJson, UnicodeDecodeError):
        return None
