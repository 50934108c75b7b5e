"""Which security labels a resource carries, and by what names it calls itself."""

from collections.abc import Iterator
from typing import Any

import orjson

from service.chart.models import SourceRecord

PLACES = ("security", "sec-label", "confidentiality")  # each stands in every name of such a place
NAMING = ("type", "category", "description", "title")


def resource_of(record: SourceRecord) -> dict[str, Any]:
    """The record's resource, or nothing where its JSON cannot be read."""
    try:
        found = orjson.loads(record.raw or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def labels_of(record: SourceRecord, resource: dict[str, Any] | None = None) -> frozenset[str]:
    """Every label code on the record: those kept with it and those inside its resource.

    DS4P puts labels in `meta.security`, on single elements ("inline"), and as the basis of
    another label; R4 also in `DocumentReference.securityLabel` and
    `Composition.confidentiality`. A contained resource's labels count for the whole.
    A Consent's `provision.securityLabel` is about other records and is not read.
    """
    kept = (label.rsplit("|", 1)[-1] for label in record.labels or ())
    if not _may_hold_labels(record.raw or ""):
        return frozenset(kept)
    return frozenset((*kept, *_codes(resource if resource is not None else resource_of(record))))


def _may_hold_labels(raw: str) -> bool:
    """Whether a place for labels is named at all: a look at the text costs far less than a walk.
    A name may be written in escapes, so text with any is always walked."""
    return "\\u" in raw or any(place in raw for place in PLACES)


def names_of(record: SourceRecord, resource: dict[str, Any]) -> list[str]:
    """The record's title and every name that its document type or description gives it."""
    named = (text for key in NAMING for text in _texts(resource.get(key)))
    return [record.title or "", *named]


def _codes(resource: dict[str, Any]) -> Iterator[str]:
    meta = resource.get("meta")
    if isinstance(meta, dict):
        yield from _all_codes(meta.get("security"))
    if resource.get("resourceType") == "DocumentReference":
        yield from _all_codes(resource.get("securityLabel"))
    if isinstance(level := resource.get("confidentiality"), str):
        yield level
    yield from _inline(resource)
    for contained in resource.get("contained") or ():
        if isinstance(contained, dict):
            yield from _codes(contained)


def _inline(element: Any) -> Iterator[str]:
    """Labels in extensions, at whatever depth they stand."""
    if isinstance(element, list):
        for each in element:
            yield from _inline(each)
    elif isinstance(element, dict):
        url = element.get("url")
        if isinstance(url, str) and "sec-label" in url:
            yield from _all_codes(element)
        for value in element.values():
            if isinstance(value, dict | list):
                yield from _inline(value)


def _all_codes(element: Any) -> Iterator[str]:
    if isinstance(element, list):
        for each in element:
            yield from _all_codes(each)
    elif isinstance(element, dict):
        if isinstance(code := element.get("code"), str):
            yield code
        for value in element.values():
            yield from _all_codes(value)


def _texts(element: Any) -> Iterator[str]:
    if isinstance(element, str):
        yield element
    elif isinstance(element, list):
        for each in element:
            yield from _texts(each)
    elif isinstance(element, dict):
        for key in ("text", "display", "coding"):
            yield from _texts(element.get(key))
