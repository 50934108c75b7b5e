"""Whatever our own description lets anybody send, and much that it does not: no 5xx, no leak."""

import json
import random
import re
from urllib.parse import quote

import pytest

from service.chart.ingest import ingest
from service.database import transaction
from service.summary.vocabulary import Role
from tests.service.review.builders import a_summary
from tests.service.web.test_roles import as_role
from tests.small_chart import ordinary, patient

__all__ = ["as_role"]

REF, CANARY = "Patient/fuzzed", "quetzal-7731"
TIMES = 6  # of each operation by each role
STRINGS = (
    *(
        "",
        "a",
        "1",
        "\x00",
        "a\x00b",
        "../..",
        "%00",
        "%2e%2e%2f",
        "\ud7ff\uffff\U0001f600",
        "\udc80",
    ),
    *("Patient/1", REF, "Bearer", "' OR 1=1 --", "<script>", "\r\nX-A: b", "a" * 5000, "-1"),
    *("2026-02-30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "bnVsbA", "e30", "💊"),
)
# A stream that does not end; what is away here; the end of our own session.
SPARED = {
    ("get", "/api/v1/summaries/{summary_id}/events"),
    ("get", "/readyz"),
    ("delete", "/api/v1/session"),
}
OTHERS = (None, True, -1, 0, 1, 2**31, 2**63, 2**80, 1.5, 1e308, [], {}, [None], {"a": {"b": []}})


class Making:
    """Values by a schema of the description: mostly such as it allows, some such as it does not."""

    def __init__(self, schemas: dict, ids: dict[str, str], seed: str) -> None:
        self.schemas, self.ids, self.chance = schemas, ids, random.Random(seed)

    def of(self, schema: dict, name: str = "", depth: int = 0):
        if self.chance.random() < 0.15:
            return self.chance.choice((*STRINGS, *OTHERS))
        if "$ref" in schema:
            return self.of(self.schemas[schema["$ref"].rpartition("/")[2]], name, depth)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.of(self.chance.choice(schema[several]), name, depth)
        if "enum" in schema or "const" in schema:
            return self.chance.choice(schema.get("enum") or [schema["const"]])
        if "allOf" in schema:
            return self.of(schema["allOf"][0], name, depth)
        return self.of_type(schema, name, depth)

    def of_type(self, schema: dict, name: str, depth: int):
        kind = schema.get("type")
        if kind == "object":
            told = schema.get("properties", {})
            asked = [
                n for n in told if n in schema.get("required", ()) or self.chance.random() < 0.6
            ]
            return {n: self.of(told[n], n, depth + 1) for n in asked}
        if kind == "array":
            return [self.of(schema.get("items", {}), name, depth + 1) for _ in range(depth < 4)]
        if kind in ("integer", "number"):
            return self.chance.choice((schema.get("minimum", 0), schema.get("maximum", 3), 1, 2))
        if kind == "boolean":
            return self.chance.random() < 0.5
        return self.text(name)

    def text(self, name: str) -> str:
        if name in self.ids and self.chance.random() < 0.6:
            return self.ids[name]
        return self.chance.choice(STRINGS)


def sent(making: Making, method: str, path: str, operation: dict) -> dict:
    """What httpx is told to send for this operation."""
    query, headers, ids = {}, {"Idempotency-Key": making.text("")[:40]}, {}
    for each in operation.get("parameters", ()):
        value = making.of(each.get("schema", {}), each["name"])
        value = value if isinstance(value, str) else json.dumps(value)
        if each["in"] == "path":
            ids[each["name"]] = value
        elif each["in"] == "query" and (each.get("required") or making.chance.random() < 0.7):
            query[each["name"]] = value.encode("utf-8", "replace").decode()
        elif each["in"] == "header":
            headers[each["name"]] = value
    at = re.sub(r"\{(\w+)\}", lambda name: quoted(ids.get(name[1], "1")), path)
    headers = {n: v.encode("utf-8", "ignore")[:200] for n, v in headers.items() if v.isprintable()}
    content = operation.get("requestBody", {}).get("content", {})
    body = {}
    for kind, told in content.items():
        headers["Content-Type"] = kind.encode()
        body = {"content": json.dumps(making.of(told.get("schema", {}))).encode()}
    return {"method": method, "url": at, "params": query, "headers": headers} | body


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture
def held(sessions, committed):
    """A chart and a summary of it, by the names that paths give to ids."""
    with transaction(sessions) as session:
        ingest(session, "test", [patient(REF, "Ada", CANARY, "1980-01-01", "1"), *ordinary(REF)])
    summary = committed(a_summary)
    return {"summary_id": summary.id, "patient_id": "fuzzed", "patient": REF, "n": "0"}


@pytest.mark.parametrize("asked", [{"model": "\x00"}, {"prompt": "a\x00b"}])
def test_a_nul_in_the_query_is_refused(as_role, asked):
    assert as_role(Role.IT).get("/api/v1/recalls/touched", params=asked).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/model/switches/on", {"switch": "model:a\x00"}),
        ("/api/v1/recalls", {"model": "a\x00", "reason": "wrong"}),
    ],
)
def test_a_nul_in_a_field_is_told_as_what_it_is(as_role, path, body):
    answer = as_role(Role.IT).post(path, json=body, headers={"Idempotency-Key": "nul"})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("role", [None, *Role])
def test_no_request_is_answered_5xx_or_with_what_the_role_may_not_read(
    app, anybody, held, as_role, role
):
    client = anybody if role is None else as_role(role)
    said, schemas = app.openapi(), app.openapi()["components"]["schemas"]
    wrong, tried = [], 0
    for path, operations in said["paths"].items():
        for method, operation in operations.items():
            if (method, path) in SPARED:
                continue
            for n in range(TIMES):
                making = Making(schemas, held, f"{method} {path} {n}")
                asked = sent(making, method.upper(), path, operation)
                answer = client.request(**asked)
                tried += 1
                if answer.status_code >= 500 and not is_away(answer):
                    wrong.append((answer.status_code, asked, answer.text[:200]))
                if role in (None, Role.IT) and CANARY in answer.text:
                    wrong.append(("told", asked))
    assert wrong == []
    assert tried > 200


def is_away(answer) -> bool:
    """No EHR, model or index runs beside this application: their absence is told as such."""
    return answer.status_code == 503 and "problem" in answer.headers.get("content-type", "")
