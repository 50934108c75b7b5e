"""Seed charts: files given to `--load`, put in the store as they are, once.

Seeds keep their own ids and skip validation (broken records are part of a chart's life, and
checking costs 1 ms a resource). What the store holds already, or has deleted, is left alone, so
that a restart with the same `--load` never undoes what was written since.
"""

import gzip
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from fhir_fixtures.sandbox.outcomes import Resource
from fhir_fixtures.sandbox.references import Links
from fhir_fixtures.sandbox.store import Store

_ENDINGS = (".json", ".ndjson", ".json.gz", ".ndjson.gz")


class UnreadableSeed(Exception):
    """A file that was named for loading and cannot be loaded."""


def load_seeds(store: Store, paths: list[Path]) -> int:
    """Load files, and all FHIR files below folders; the number of resources added.

    Each file is one transaction. Raises UnreadableSeed for a path that is no FHIR file; below a
    folder such a file is named on stderr and passed over (stories keep other JSON beside charts).
    """
    return sum(_load_path(store, path) for path in paths)


def _load_path(store: Store, path: Path) -> int:
    if not path.is_dir():
        return _load_file(store, path)
    added = 0
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.name.endswith(_ENDINGS):
            try:
                added += _load_file(store, file)
            except UnreadableSeed as error:
                print(f"not loaded: {error}", file=sys.stderr)
    return added


def _load_file(store: Store, path: Path) -> int:
    documents = list(_documents(path))
    with store.transaction():
        return sum(_load_document(store, document) for document in documents)


def _documents(path: Path) -> Iterator[Resource]:
    """The resources that a file holds: one, or one a line; .gz of either."""
    content = _content(path)
    if ".ndjson" not in path.name:
        yield _document(content, str(path))
        return
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield _document(line, f"{path}, line {number}")


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableSeed(f"{path} cannot be read ({type(error).__name__})") from error


def _document(text: bytes, place: str) -> Resource:
    try:
        document: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableSeed(f"{place} is not JSON") from error
    if not isinstance(document, dict) or not document.get("resourceType"):
        raise UnreadableSeed(f"{place} is not a FHIR resource")
    return document


def _load_document(store: Store, document: Resource) -> int:
    if document["resourceType"] != "Bundle":
        return _add(store, str(document.get("id") or _stable_id(document)), document)
    entries = [entry for entry in document.get("entry", []) if entry.get("resource")]
    links = Links(store)
    for entry in entries:
        resource = entry["resource"]
        links.add(entry.get("fullUrl", ""), f"{resource['resourceType']}/{_id(entry)}", resource)
    added = 0
    for entry in entries:
        links.rewrite(entry["resource"])
        added += _add(store, _id(entry), entry["resource"])
    return added


def _add(store: Store, resource_id: str, resource: Resource) -> int:
    if store.newest(resource["resourceType"], resource_id):
        return 0
    store.write(resource["resourceType"], resource_id, resource)
    return 1


def _id(entry: Resource) -> str:
    """The resource's own id, else the one its fullUrl carries, else one made from its content."""
    resource, full_url = entry["resource"], entry.get("fullUrl", "")
    full_url_id = full_url.rsplit("/" if "/" in full_url else ":", 1)[-1]
    return str(resource.get("id") or full_url_id or _stable_id(resource))


def _stable_id(resource: Resource) -> str:
    return str(uuid5(NAMESPACE_URL, orjson.dumps(resource, option=orjson.OPT_SORT_KEYS).decode()))
