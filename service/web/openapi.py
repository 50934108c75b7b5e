"""The description at /openapi.json: errors are told as the problem documents that they are."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.web.problems import MEDIA_TYPE, Problem

_SAID = {
    400: "It cannot be understood.",
    401: "Nobody is signed in.",
    403: "Not in this role, or the CSRF token is missing.",
    404: "Nothing of that name is held here.",
    409: "It has moved on since you looked, or somebody else is at it.",
    413: "More than this route takes.",
    422: "A field is wrong, or something must be settled first.",
    503: "A part that is needed does not answer now.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: these statuses, each a problem document."""
    return {s: {"model": Problem, "description": _SAID[s]} for s in (*statuses, 401, 403, 422)}


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` name the media type of its errors truly."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            for path in schema["paths"].values():
                for operation in path.values():
                    _retype(operation.get("responses", {}))
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _retype(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if status >= "400" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
