"""Bundles: a transaction is done whole or not at all; a batch is its entries one by one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fhir_fixtures.sandbox import checks, interactions
from fhir_fixtures.sandbox.outcomes import Refused, Resource
from fhir_fixtures.sandbox.prefer import Prefer
from fhir_fixtures.sandbox.references import Links
from fhir_fixtures.sandbox.search import search
from fhir_fixtures.sandbox.steps import ORDER, Step, check_distinct, plan
from fhir_fixtures.sandbox.store import Store, Version


def perform(store: Store, bundle: Resource, prefer: Prefer, *, base: str) -> Resource:
    """The response Bundle; raises Refused when a transaction, or the Bundle itself, is refused.

    The caller holds `store.transaction()`, which undoes everything when this raises.
    """
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise Refused(400, "structure", "Bundle.entry must be a list.")
    if bundle.get("type") == "transaction":
        responses = _transaction(store, entries, prefer, base)
    elif bundle.get("type") == "batch":
        responses = [_batch_entry(store, entry, prefer, base) for entry in entries]
    else:
        raise Refused(400, "value", "Only a transaction or batch Bundle can be posted here.")
    return {"resourceType": "Bundle", "type": f"{bundle['type']}-response", "entry": responses}


def _batch_entry(store: Store, entry: Any, prefer: Prefer, base: str) -> Resource:
    try:
        with store.savepoint():
            return _transaction(store, [entry], prefer, base)[0]
    except Refused as refused:
        return {"response": {"status": _status(refused.status), "outcome": refused.outcome()}}


def _transaction(store: Store, entries: Sequence[Any], prefer: Prefer, base: str) -> list[Resource]:
    """The responses in the order of the entries, whatever the order of the work."""
    steps = [_planned(store, position, entry) for position, entry in enumerate(entries)]
    check_distinct(steps)
    links = _links(store, steps, prefer)
    written = [step for step in steps if step.has_resource and not step.existing]
    for step in written:
        with _place(step.position):
            links.rewrite(step.resource)
            if not prefer.lenient:
                checks.check_content(step.resource)
    responses = {}
    for step in sorted(steps, key=lambda step: ORDER.index(step.method)):
        with _place(step.position):
            responses[step.position] = _do(store, step, prefer, base)
    if not prefer.lenient:
        _check_references(store, written)
    return [responses[position] for position in range(len(steps))]


def _planned(store: Store, position: int, entry: Any) -> Step:
    with _place(position):
        return plan(store, position, entry)


def _links(store: Store, steps: Sequence[Step], prefer: Prefer) -> Links:
    links = Links(store, strict=prefer.strict)
    for step in steps:
        if step.has_resource:
            links.add(step.full_url, step.ref, step.resource)
    return links


def _check_references(store: Store, written: Sequence[Step]) -> None:
    """After all is written, so that entries may point at each other."""
    for step in written:
        with _place(step.position):
            checks.check_references(step.resource, store.has)


def _do(store: Store, step: Step, prefer: Prefer, base: str) -> Resource:
    if step.method == "GET":
        return _get(store, step, base)
    if step.method == "DELETE":
        if step.id:
            interactions.delete(store, step.type, step.id, if_match=step.if_match)
        return {"response": {"status": _status(204)}}
    if step.existing:
        return _written(step.existing, 200, prefer)
    answer = interactions.update(store, step.type, step.id, step.resource, if_match=step.if_match)
    return _written(answer.version, answer.status, prefer)


def _get(store: Store, step: Step, base: str) -> Resource:
    if not step.id:
        found = search(store, step.type, parse_qsl(step.condition), base=base)
        return {"resource": found, "response": {"status": _status(200)}}
    version = interactions.read(store, step.type, step.id)
    return {"resource": version.resource(), "response": _response(version, 200)}


def _written(version: Version, status: int, prefer: Prefer) -> Resource:
    """Without the resource unless asked for: an answer need not be as long as the Bundle."""
    entry: Resource = {"response": _response(version, status)}
    if prefer.returned == "representation":
        entry["resource"] = version.resource()
    return entry


def _response(version: Version, status: int) -> Resource:
    return {
        "status": _status(status),
        "location": f"{version.ref}/_history/{version.vid}",
        "etag": version.etag,
        "lastModified": version.updated,
    }


def _status(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


@contextmanager
def _place(position: int) -> Iterator[None]:
    """Refusals inside say which entry they are about."""
    try:
        yield
    except Refused as refused:
        raise refused.within(f"Bundle.entry[{position}]") from refused
