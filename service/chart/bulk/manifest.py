"""What an export is made of, as its manifest tells, and what its deletions name. Pure.

Source: http://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.fhir.errors import EhrRefused
from service.fhir.references import local_ref

KINDS = ("output", "deleted", "error")  # a record that was deleted and came again stays deleted


@dataclass(frozen=True)
class Manifest:
    """`as_of` is the transactionTime; `files` are (kind, address), in the order to read them."""

    as_of: datetime
    needs_token: bool
    files: tuple[tuple[str, str], ...]


def read_manifest(said: Mapping[str, Any]) -> Manifest:
    """Raises EhrRefused for one that leaves out what is needed."""
    try:
        as_of = datetime.fromisoformat(str(said.get("transactionTime")))
    except ValueError:
        as_of = None
    if as_of is None or as_of.tzinfo is None:
        raise EhrRefused("The EHR's description of the export has no transactionTime.")
    files = tuple((kind, url) for kind in KINDS for url in _urls(said.get(kind)))
    return Manifest(as_of.astimezone(UTC), said.get("requiresAccessToken") is not False, files)


def _urls(listed: object) -> Iterator[str]:
    for each in listed if isinstance(listed, list) else []:
        url = each.get("url") if isinstance(each, dict) else None
        if not isinstance(url, str) or not url:
            raise EhrRefused("A file of the export has no address.")
        yield url


def deleted_refs(bundles: Iterable[object], *, bases: tuple[str, ...]) -> Iterator[str]:
    """What the Bundles of a `deleted` file say is gone, "Type/id"."""
    for bundle in bundles:
        entries = bundle.get("entry") if isinstance(bundle, dict) else None
        for entry in entries if isinstance(entries, list) else []:
            request = entry.get("request") if isinstance(entry, dict) else None
            if not isinstance(request, dict) or request.get("method") != "DELETE":
                continue
            if ref := local_ref(str(request.get("url") or ""), bases=bases):
                yield ref
