"""Which security labels count for a record, and by what names it calls itself."""

from collections.abc import Iterator
from typing import Any

import orjson

from service.chart import security
from service.chart.models import SourceRecord
from service.fhir import wire

NAMING = ("type", "category", "description", "title")


def resource_of(record: SourceRecord) -> dict[str, Any]:
    """The record's resource, or nothing where its JSON cannot be read."""
    try:
        found = orjson.loads(record.raw or "{}")
    except orjson.JSONDecodeError:  # it takes less than JSON allows
        found = _parsed(record.raw)
    return found if isinstance(found, dict) else {}


def _parsed(raw: str) -> Any:
    try:
        return wire.parse(raw)
    except wire.BadJson:
        return {}


def labels_of(record: SourceRecord) -> frozenset[str]:
    """Every label code on the record: those kept with it and those inside its resource, which
    one that was kept by an older reader may lack."""
    return frozenset(record.labels or ()) | labels_within(record)


def labels_within(record: SourceRecord) -> set[str]:
    """The labels that its resource carries itself."""
    may_hold = security.may_hold_labels(record.raw or "")
    return security.labels_of(resource_of(record)) if may_hold else set()


def names_of(record: SourceRecord, resource: dict[str, Any]) -> list[str]:
    """The record's title and every name that its document type or description gives it."""
    named = (text for key in NAMING for text in _texts(resource.get(key)))
    return [record.title or "", *named]


def _texts(element: Any) -> Iterator[str]:
    if isinstance(element, str):
        yield element
    elif isinstance(element, list):
        for each in element:
            yield from _texts(each)
    elif isinstance(element, dict):
        for key in ("text", "display", "coding"):
            yield from _texts(element.get(key))
