"""The routes: each reads its request, does one thing inside one transaction and answers."""

import base64
from typing import Annotated, Any
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import Response

from fhir_fixtures.sandbox import bundles, checks, faults, interactions, responses
from fhir_fixtures.sandbox.capability import capability_statement
from fhir_fixtures.sandbox.outcomes import Refused, Resource
from fhir_fixtures.sandbox.prefer import Prefer
from fhir_fixtures.sandbox.query import Pair
from fhir_fixtures.sandbox.search import search
from fhir_fixtures.sandbox.store import Store

router = APIRouter()


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _known_type(resource_type: str) -> str:
    checks.check_type(resource_type)
    return resource_type


async def _body(request: Request) -> bytes:
    return await request.body()


def _prefer(request: Request) -> Prefer:
    return Prefer.read(request.headers.get("prefer", ""))


def _base(request: Request) -> str:
    return str(request.base_url)


Kept = Annotated[Store, Depends(_store)]
Type = Annotated[str, Depends(_known_type)]
Body = Annotated[bytes, Depends(_body)]
Wish = Annotated[Prefer, Depends(_prefer)]
Base = Annotated[str, Depends(_base)]


@router.get("/metadata")
def metadata(request: Request, base: Base) -> Response:
    return responses.fhir(capability_statement(base, needs_token=bool(request.app.state.token)))


@router.get(faults.ADMIN_PATH)
def show_faults(request: Request) -> Response:
    return _faults(request)


@router.put(faults.ADMIN_PATH)
def set_faults(request: Request, body: Body) -> Response:
    try:
        request.app.state.faults[:] = faults.FAULTS.validate_json(body)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
        raise Refused(400, "value", *problems) from error
    return _faults(request)


@router.post("/")
def post_bundle(store: Kept, body: Body, prefer: Wish, base: Base) -> Response:
    bundle = _resource(body, "Bundle")
    with store.transaction():
        return responses.fhir(bundles.perform(store, bundle, prefer, base=base))


@router.get("/{resource_type}")
def search_by_get(
    request: Request, resource_type: Type, store: Kept, prefer: Wish, base: Base
) -> Response:
    return _search(store, resource_type, _pairs(request, b""), prefer, base)


@router.post("/{resource_type}/_search")
def search_by_post(
    request: Request, resource_type: Type, store: Kept, body: Body, prefer: Wish, base: Base
) -> Response:
    return _search(store, resource_type, _pairs(request, body), prefer, base)


@router.post("/{resource_type}")
def create(
    request: Request, resource_type: Type, store: Kept, body: Body, prefer: Wish, base: Base
) -> Response:
    resource = _sent(request, resource_type, body)
    _check_before(resource, prefer)
    condition = request.headers.get("if-none-exist", "")
    with store.transaction():
        answer = interactions.create(store, resource, if_none_exist=condition)
        if answer.status == 201:
            _check_after(store, resource, prefer)
    return responses.written(answer.version, answer.status, prefer, base=base)


@router.put("/{resource_type}")
def update_by_condition(
    request: Request, resource_type: Type, store: Kept, body: Body, prefer: Wish, base: Base
) -> Response:
    resource = _sent(request, resource_type, body)
    _check_before(resource, prefer)
    with store.transaction():
        match = interactions.only_match(store, resource_type, request.url.query)
        resource_id = match.id if match else resource.get("id") or interactions.new_id()
        return _update(request, store, resource_id, resource, prefer, base)


@router.put("/{resource_type}/{resource_id}")
def update(
    request: Request,
    resource_type: Type,
    resource_id: str,
    store: Kept,
    body: Body,
    prefer: Wish,
    base: Base,
) -> Response:
    resource = _sent(request, resource_type, body)
    if resource.get("id", resource_id) != resource_id:
        raise Refused(400, "value", "The id in the body differs from the id in the address.")
    _check_before(resource, prefer)
    with store.transaction():
        return _update(request, store, resource_id, resource, prefer, base)


@router.get("/{resource_type}/{resource_id}")
def read(request: Request, resource_type: Type, resource_id: str, store: Kept) -> Response:
    with store.transaction():
        version = interactions.read(store, resource_type, resource_id)
    if request.headers.get("if-none-match") == version.etag:
        return Response(status_code=304, headers={"ETag": version.etag})
    if resource_type == "Binary" and responses.wants_raw(request.headers.get("accept", "")):
        return responses.raw(version)
    return responses.stored(version)


@router.delete("/{resource_type}/{resource_id}")
def delete(request: Request, resource_type: Type, resource_id: str, store: Kept) -> Response:
    if_match = request.headers.get("if-match", "")
    with store.transaction():
        removed = interactions.delete(store, resource_type, resource_id, if_match=if_match)
    return responses.removed(removed)


@router.get("/{resource_type}/{resource_id}/_history")
def history(resource_type: Type, resource_id: str, store: Kept, base: Base) -> Response:
    with store.transaction():
        versions = interactions.history(store, resource_type, resource_id)
    return responses.history(versions, base=base)


@router.get("/{resource_type}/{resource_id}/_history/{vid}")
def read_version(resource_type: Type, resource_id: str, vid: str, store: Kept) -> Response:
    with store.transaction():
        version = interactions.read_version(store, resource_type, resource_id, vid)
    return responses.stored(version)


def _search(
    store: Store, resource_type: str, pairs: list[Pair], prefer: Prefer, base: str
) -> Response:
    with store.transaction():
        found = search(store, resource_type, pairs, base=base, strict=prefer.strict)
    return responses.fhir(found)


def _update(
    request: Request, store: Store, resource_id: str, resource: Resource, prefer: Prefer, base: str
) -> Response:
    checks.check_id(resource_id)
    if_match = request.headers.get("if-match", "")
    answer = interactions.update(
        store, resource["resourceType"], resource_id, resource, if_match=if_match
    )
    _check_after(store, resource, prefer)
    return responses.written(answer.version, answer.status, prefer, base=base)


def _check_before(resource: Resource, prefer: Prefer) -> None:
    if not prefer.lenient:
        checks.check_content(resource)


def _check_after(store: Store, resource: Resource, prefer: Prefer) -> None:
    """After the write, so that a resource may point at itself; a refusal undoes the write."""
    if not prefer.lenient:
        checks.check_references(resource, store.has)


def _sent(request: Request, resource_type: str, body: bytes) -> Resource:
    """The resource in the body; a Binary may be sent as the bytes that it holds."""
    content_type = request.headers.get("content-type", responses.FHIR_JSON)
    if "json" in content_type:
        return _resource(body, resource_type)
    if resource_type != "Binary":
        raise Refused(415, "not-supported", "Send application/fhir+json.")
    data = base64.b64encode(body).decode()
    return {"resourceType": "Binary", "contentType": content_type, "data": data}


def _resource(body: bytes, resource_type: str) -> Resource:
    try:
        resource: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "structure", "The body is not JSON.") from error
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise Refused(400, "structure", f"The body must be one {resource_type} resource.")
    return resource


def _pairs(request: Request, form: bytes) -> list[Pair]:
    pairs = [*request.query_params.multi_items(), *parse_qsl(form.decode())]
    return [(name, value) for name, value in pairs if value]


def _faults(request: Request) -> Response:
    left = faults.FAULTS.dump_json(request.app.state.faults)
    return Response(left, media_type="application/json")
