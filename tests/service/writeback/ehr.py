"""The sandbox EHR behind an httpx transport that can fail at the wire, call by call."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.store import Store

PATIENT = "Patient/p1"
SEEDS = {
    PATIENT: {"resourceType": "Patient", "id": "p1", "name": [{"family": "Sorokina"}]},
    "Practitioner/demo-clinician": {"resourceType": "Practitioner", "id": "demo-clinician"},
    "Practitioner/demo-attending": {"resourceType": "Practitioner", "id": "demo-attending"},
}

Fault = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]


class Crash(Exception):
    """The process died here."""


class Wire(httpx.BaseTransport):
    """Carries requests to the sandbox. `faults` maps "METHOD /Type" to what happens instead."""

    def __init__(self, ehr: TestClient) -> None:
        self.ehr = ehr
        self.faults: dict[str, Fault] = {}
        self.calls: list[str] = []
        self.crash_after: int | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {'/'.join(request.url.path.split('/')[:2])}"
        self.calls.append(call)
        fault = self.faults.get(call, lambda _, carry: carry())
        response = fault(request, lambda: self.carry(request))
        if len(self.calls) == self.crash_after:
            raise Crash
        return response

    def carry(self, request: httpx.Request, content: bytes | None = None) -> httpx.Response:
        body = request.read() if content is None else content
        headers = {k: v for k, v in request.headers.items() if k not in ("host", "content-length")}
        url = request.url.raw_path.decode()
        answer = self.ehr.request(request.method, url, content=body, headers=headers)
        return httpx.Response(
            answer.status_code, headers=dict(answer.headers.items()), content=answer.content
        )


def refused(request: httpx.Request, carry: Callable[[], httpx.Response]) -> httpx.Response:
    """The EHR answers 422 and does nothing."""
    issue = {"severity": "error", "code": "business-rule", "diagnostics": "Sorokina is not ours"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    return httpx.Response(422, json=outcome)


def busy(request: httpx.Request, carry: Callable[[], httpx.Response]) -> httpx.Response:
    return httpx.Response(503)


def throttled(request: httpx.Request, carry: Callable[[], httpx.Response]) -> httpx.Response:
    return httpx.Response(429)


def failed_after_commit(
    request: httpx.Request, carry: Callable[[], httpx.Response]
) -> httpx.Response:
    carry()
    return httpx.Response(500)


def unauthorized(request: httpx.Request, carry: Callable[[], httpx.Response]) -> httpx.Response:
    return httpx.Response(401)


def lost_answer(request: httpx.Request, carry: Callable[[], httpx.Response]) -> httpx.Response:
    """The EHR does the work; the answer never comes."""
    carry()
    raise httpx.ReadTimeout("no answer", request=request)


def lost_request(request: httpx.Request, carry: Callable[[], httpx.Response]) -> httpx.Response:
    """The EHR never did the work; the caller cannot tell."""
    raise httpx.ReadTimeout("no answer", request=request)


def altering(wire: Wire, change: Callable[[dict[str, Any]], None]) -> Fault:
    """The EHR stores something else than what was sent."""

    def act(request: httpx.Request, _: Callable[[], httpx.Response]) -> httpx.Response:
        resource = json.loads(request.read())
        change(resource)
        return wire.carry(request, json.dumps(resource).encode())

    return act


def seed(store: Store, resources: dict[str, dict[str, Any]]) -> None:
    with store.transaction():
        for ref, resource in resources.items():
            store.write(*ref.split("/"), resource)
