"""Responses: stored versions and outcomes as HTTP answers."""

import base64
from email.utils import formatdate
from typing import Any

import orjson
from starlette.responses import Response

from fhir_fixtures.sandbox.outcomes import Resource
from fhir_fixtures.sandbox.prefer import Prefer
from fhir_fixtures.sandbox.store import Version

FHIR_JSON = "application/fhir+json"


def fhir(content: Resource, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type=FHIR_JSON)


def stored(version: Version) -> Response:
    return Response(version.body, 200, _headers(version), media_type=FHIR_JSON)


def written(version: Version, status: int, prefer: Prefer, *, base: str) -> Response:
    location = {"Location": f"{base}{version.ref}/_history/{version.vid}"}
    body = None if prefer.returned == "minimal" else version.body
    return Response(body, status, _headers(version) | location, media_type=FHIR_JSON)


def removed(version: Version | None) -> Response:
    return Response(status_code=204, headers={"ETag": version.etag} if version else None)


def history(versions: list[Version], *, base: str) -> Response:
    entries = [_history_entry(version, base) for version in versions]
    bundle = {"resourceType": "Bundle", "type": "history", "total": len(entries), "entry": entries}
    return fhir(bundle)


def wants_raw(accept: str) -> bool:
    """A Binary goes out as its own bytes unless FHIR JSON is asked for by name.

    http://hl7.org/fhir/R4/binary.html#rest; no Accept header, or */*, asks for nothing by name.
    """
    return not any(name in accept for name in (FHIR_JSON, "application/json"))


def raw(version: Version) -> Response:
    """`nosniff` and the policy keep a browser from running what a chart holds."""
    binary = version.resource()
    content_type = binary.get("contentType", "application/octet-stream")
    guard = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    headers = _headers(version) | guard | {"Content-Type": content_type}
    return Response(base64.b64decode(binary.get("data", "")), 200, headers)


def _history_entry(version: Version, base: str) -> dict[str, Any]:
    url = version.type if version.method == "POST" else version.ref
    entry: dict[str, Any] = {
        "fullUrl": f"{base}{version.ref}",
        "request": {"method": version.method, "url": url},
        "response": {
            "status": {"POST": "201", "PUT": "200", "DELETE": "204"}[version.method],
            "etag": version.etag,
            "lastModified": version.updated,
        },
    }
    return entry | ({"resource": orjson.Fragment(version.body)} if version.body else {})


def _headers(version: Version) -> dict[str, str]:
    modified = formatdate(version.updated_ms / 1000, usegmt=True)
    return {"ETag": version.etag, "Last-Modified": modified}
