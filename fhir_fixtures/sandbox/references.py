"""References: found in a resource, and led from a Bundle's own addresses to stored ones."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from fhir_fixtures.sandbox.interactions import only_match
from fhir_fixtures.sandbox.outcomes import Refused, Resource
from fhir_fixtures.sandbox.store import Store
from fhir_fixtures.sandbox.types import RESOURCE_TYPES

# http://hl7.org/fhir/R4/http.html#trules: elements that may hold another entry's fullUrl.
_ADDRESS_ELEMENTS = {"reference", "url", "uri", "valueUri", "valueUrl"}


class Links:
    """Where each entry of one Bundle goes: its fullUrl and identifiers -> `Type/id`.

    `strict` refuses (400) a conditional reference (`Practitioner?identifier=...`) that matches
    nothing; otherwise it is kept as it stands, as real charts hold such references.
    """

    def __init__(self, store: Store, *, strict: bool = False) -> None:
        self._store = store
        self._strict = strict
        self._addresses: dict[str, str] = {}
        self._conditions: dict[str, str | None] = {}
        self._identifiers: dict[tuple[str, str], str] = {}

    def add(self, full_url: str, ref: str, resource: Resource) -> None:
        if full_url:
            self._addresses[full_url] = ref
        if full_url.startswith(("http://", "https://")):
            # Entries of such a Bundle may also name each other by the last two steps.
            self._addresses["/".join(full_url.split("/")[-2:])] = ref
        for word in _identifier_words(resource):
            self._identifiers[resource["resourceType"], word] = ref

    def rewrite(self, node: Any) -> None:
        """Lead every reference inside to where it is stored, in place."""
        if isinstance(node, list):
            for item in node:
                self.rewrite(item)
        elif isinstance(node, dict):
            for name, value in node.items():
                if isinstance(value, dict | list):
                    self.rewrite(value)
                elif name in _ADDRESS_ELEMENTS and isinstance(value, str):
                    node[name] = self._target(name, value)

    def _target(self, name: str, address: str) -> str:
        if address in self._addresses:
            return self._addresses[address]
        resource_type, mark, condition = address.partition("?")
        if name != "reference" or not mark or resource_type not in RESOURCE_TYPES:
            return address
        if address not in self._conditions:
            self._conditions[address] = self._conditional(resource_type, condition)
        return self._conditions[address] or address

    def _conditional(self, resource_type: str, condition: str) -> str | None:
        words = parse_qs(condition)
        if list(words) == ["identifier"]:
            inside = self._identifiers.get((resource_type, words["identifier"][0]))
            if inside:
                return inside
        match = only_match(self._store, resource_type, condition)
        if match is None and self._strict:
            raise Refused(400, "not-found", f"No {resource_type} matches a conditional reference.")
        return match.ref if match else None


def references(node: Any) -> Iterator[str]:
    """Every literal reference anywhere in a resource."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            if isinstance(value, dict | list):
                yield from references(value)


def _identifier_words(resource: Resource) -> Iterator[str]:
    identifiers = resource.get("identifier", [])
    for identifier in identifiers if isinstance(identifiers, list) else [identifiers]:
        if isinstance(identifier, dict) and identifier.get("value"):
            yield f"{identifier.get('system', '')}|{identifier['value']}"
            yield str(identifier["value"])
