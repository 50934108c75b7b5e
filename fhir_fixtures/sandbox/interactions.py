"""What can be done to one resource: read, create, update, delete, history, each with its refusals.

Callers hold `store.transaction()`. Statuses follow http://hl7.org/fhir/R4/http.html.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import uuid4

from fhir_fixtures.sandbox.outcomes import Refused, Resource
from fhir_fixtures.sandbox.search import matching
from fhir_fixtures.sandbox.store import Store, Version

_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')


@dataclass(frozen=True)
class Answer:
    """What was done, and the version that stands now."""

    status: int
    version: Version


def read(store: Store, resource_type: str, resource_id: str) -> Version:
    version = store.newest(resource_type, resource_id)
    return _readable(version, f"{resource_type}/{resource_id}")


def read_version(store: Store, resource_type: str, resource_id: str, vid: str) -> Version:
    version = store.version(resource_type, resource_id, vid)
    return _readable(version, f"{resource_type}/{resource_id}/_history/{vid}")


def history(store: Store, resource_type: str, resource_id: str) -> list[Version]:
    versions = store.history(resource_type, resource_id)
    if not versions:
        raise Refused(404, "not-found", f"{resource_type}/{resource_id} does not exist.")
    return versions


def create(store: Store, resource: Resource, *, if_none_exist: str = "") -> Answer:
    """A new resource with a new id; with a condition, the one that matches it already (200)."""
    resource_type = resource["resourceType"]
    existing = only_match(store, resource_type, if_none_exist) if if_none_exist else None
    if existing:
        return Answer(200, existing)
    return Answer(201, store.write(resource_type, new_id(), resource))


def update(
    store: Store, resource_type: str, resource_id: str, resource: Resource, *, if_match: str = ""
) -> Answer:
    """A new version; what was absent or deleted is created (201)."""
    before = store.newest(resource_type, resource_id)
    check_if_match(before, if_match)
    version = store.write(resource_type, resource_id, resource)
    return Answer(200 if before and before.body else 201, version)


def delete(
    store: Store, resource_type: str, resource_id: str, *, if_match: str = ""
) -> Version | None:
    """The deletion; None when there was nothing to delete, which is not an error."""
    before = store.newest(resource_type, resource_id)
    check_if_match(before, if_match)
    if before is None or before.body is None:
        return before
    return store.write(resource_type, resource_id, None)


def only_match(store: Store, resource_type: str, condition: str) -> Version | None:
    """The one resource that a condition (`identifier=system|value`) matches; 412 when several."""
    matches = matching(store, resource_type, parse_qsl(condition.lstrip("?")))
    if len(matches) > 1:
        sentence = f"{len(matches)} {resource_type} resources match; the condition must name one."
        raise Refused(412, "multiple-matches", sentence)
    return matches[0] if matches else None


def check_if_match(before: Version | None, if_match: str) -> None:
    wanted = _ETAG.fullmatch(if_match.strip())
    if not if_match or (wanted and before and wanted[1] == str(before.vid)):
        return
    current = f"the current version is {before.vid}" if before else "there is no such resource"
    raise Refused(412, "conflict", f"If-Match does not hold: {current}. Read it again.")


def new_id() -> str:
    return str(uuid4())


def _readable(version: Version | None, place: str) -> Version:
    if version is None:
        raise Refused(404, "not-found", f"{place} does not exist.")
    if version.body is None:
        raise Refused(410, "deleted", f"{place} was deleted.")
    return version
