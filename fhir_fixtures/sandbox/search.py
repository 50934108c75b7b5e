"""Search: a page of a Query as a searchset Bundle, with links whose pages never shift."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from fhir_fixtures.sandbox import sql
from fhir_fixtures.sandbox.indexing import at_path, split_reference
from fhir_fixtures.sandbox.outcomes import Refused, Resource, operation_outcome
from fhir_fixtures.sandbox.parameters import parameters_of
from fhir_fixtures.sandbox.query import MAX_ALTERNATIVES, Condition, Pair, Query, read_query
from fhir_fixtures.sandbox.store import Store, Version

PAGE_PARAMETER = "_page"


@dataclass(frozen=True)
class Page:
    """Where a reader stands: the search, the instant that it sees, and how many came before.

    The cursor in a `next` link is this and nothing else, so links survive a restart.
    """

    pairs: tuple[Pair, ...]
    as_of: int
    offset: int = 0

    def cursor(self) -> str:
        packed = orjson.dumps([self.pairs, self.as_of, self.offset])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_cursor(cls, cursor: str) -> "Page":
        try:
            packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            pairs, as_of, offset = orjson.loads(packed)
            return cls(tuple((str(n), str(v)) for n, v in pairs), int(as_of), int(offset))
        except (binascii.Error, ValueError, TypeError) as error:
            sentence = "This page link cannot be read; start the search again."
            raise Refused(400, "value", sentence) from error


def search(
    store: Store, resource_type: str, pairs: Sequence[Pair], *, base: str, strict: bool = False
) -> Resource:
    """The searchset for these parameters, or for the page that a `_page` cursor names.

    `base` is this server's address with the slash. `strict` (Prefer: handling=strict) refuses
    parameters that the sandbox does not have; otherwise they are named in a warning entry.
    """
    cursor = dict(pairs).get(PAGE_PARAMETER)
    page = Page.from_cursor(cursor) if cursor else Page(tuple(pairs), store.last_seq())
    query = read_query(resource_type, page.pairs, base=base)
    if strict and query.not_understood:
        raise Refused(400, "not-supported", *_unknown(query))
    found = store.sequences(*sql.select(query, page.as_of))
    address = f"{base}{resource_type}"
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    bundle["link"] = [{"relation": "self", "url": _address(address, page.pairs)}]
    if query.only_total:
        return bundle
    end = page.offset + query.count
    if end < len(found):
        after = Page(page.pairs, page.as_of, end).cursor()
        bundle["link"].append(
            {"relation": "next", "url": _address(address, [(PAGE_PARAMETER, after)])}
        )
    matches = store.fetch(found[page.offset : end])
    bundle["entry"] = _entries(store, query, matches, page.as_of, base)
    return bundle


def matching(store: Store, resource_type: str, pairs: Sequence[Pair]) -> list[Version]:
    """What a conditional request's parameters match now; unknown parameters are refused."""
    query = read_query(resource_type, pairs)
    if query.not_understood or not query.conditions:
        sentence = "A condition needs search parameters that the server has."
        raise Refused(412, "not-supported", sentence, *_unknown(query))
    return store.fetch(store.sequences(*sql.select(query, store.last_seq())))


def _entries(
    store: Store, query: Query, matches: list[Version], as_of: int, base: str
) -> list[Resource]:
    entries = [_entry(version, "match", base) for version in matches]
    entries += [_entry(v, "include", base) for v in _included(store, query, matches, as_of)]
    if query.not_understood:
        outcome = operation_outcome("warning", "not-supported", _unknown(query))
        entries.append({"resource": outcome, "search": {"mode": "outcome"}})
    return entries


def _entry(version: Version, mode: str, base: str) -> dict[str, Any]:
    assert version.body is not None
    # The stored JSON goes out as it is: reading and writing it again costs most of a page's time.
    body = orjson.Fragment(version.body)
    return {"fullUrl": f"{base}{version.ref}", "resource": body, "search": {"mode": mode}}


def _included(store: Store, query: Query, matches: list[Version], as_of: int) -> list[Version]:
    """What _include and _revinclude add to this page, each once."""
    found: dict[str, Version] = {}
    for name in query.includes:
        for reference in _references(query.type, name, matches):
            version = store.newest(*split_reference(reference))
            if version and version.body:
                found[version.ref] = version
    for source, name in query.reverse_includes:
        for start in range(0, len(matches), MAX_ALTERNATIVES):
            targets = matches[start : start + MAX_ALTERNATIVES]
            found |= {v.ref: v for v in _pointing_at(store, source, name, targets, as_of)}
    already = {version.ref for version in matches}
    return [version for ref, version in found.items() if ref not in already]


def _pointing_at(
    store: Store, source: str, name: str, targets: list[Version], as_of: int
) -> list[Version]:
    words = tuple((version.type, version.id) for version in targets)
    condition = Condition(name, parameters_of(source)[name].kind, words)
    return store.fetch(store.sequences(*sql.select(Query(source, [condition]), as_of)))


def _references(resource_type: str, name: str, matches: list[Version]) -> set[str]:
    paths = parameters_of(resource_type)[name].paths
    return {
        str(element["reference"])
        for version in matches
        for path in paths
        for element in at_path(version.resource(), path.split("."))
        if isinstance(element, dict) and "reference" in element
    }


def _unknown(query: Query) -> list[str]:
    return [
        f"{query.type} has no search parameter {name} here; see /metadata."
        for name in query.not_understood
    ]


def _address(address: str, pairs: Sequence[Pair]) -> str:
    return f"{address}?{urlencode(pairs)}" if pairs else address
