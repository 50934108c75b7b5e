"""A scripted EHR at the wire: answers in order, and remembers what was asked."""

from collections.abc import Callable
from typing import Any

import httpx

from service.fhir.client import FhirClient

BASE = "https://ehr.test/fhir/"


class ScriptedEhr(httpx.BaseTransport):
    """Answers each request with the next of `answers`; a callable is called with the request."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.waited: list[float] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if isinstance(answer, Callable) else answer

    def client(self, **given: Any) -> FhirClient:
        return FhirClient(BASE, transport=self, sleep=self.waited.append, **given)


def fhir(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status,
        json=body,
        headers={
            "content-type": "application/fhir+json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


def a_page(*ids: str, total: int | None = None, after: str | None = None) -> httpx.Response:
    """A searchset of Conditions; `after` is the url of the next page."""
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [
            {"resource": {"resourceType": "Condition", "id": id_}, "search": {"mode": "match"}}
            for id_ in ids
        ],
    }
    if total is not None:
        bundle["total"] = total
    if after:
        bundle["link"] = [{"relation": "next", "url": after}]
    return fhir(bundle)
