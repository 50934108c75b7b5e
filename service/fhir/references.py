"""References between resources: what they point at, whichever way they are written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# http://hl7.org/fhir/R4/references.html#regex, without the list of types: vendors add some.
# An id of dots alone is a step up a path: "Binary/.." would ask the EHR for its root.
_ID = r"(?!\.{1,2}(?![A-Za-z0-9\-._]))([A-Za-z0-9\-._]{1,128})"
_TYPE_ID = re.compile(rf"([A-Z][A-Za-z]{{1,63}})/{_ID}")
_HISTORY = re.compile(r"/_history/[^/?#]+/?$")


def is_ref(text: str) -> bool:
    """True for "Type/id"."""
    return _TYPE_ID.fullmatch(text) is not None


def type_of(ref: str) -> str:
    """The resource type of "Type/id", with or without an address before it; "" when none."""
    found = _TYPE_ID.search(_HISTORY.sub("", ref))
    return found[1] if found else ""


def id_of(ref: str) -> str:
    """The bare id of "Type/id"."""
    return ref.rpartition("/")[2]


def local_ref(reference: str, *, bases: Iterable[str] = ()) -> str | None:
    """ "Type/id" without its version, for a relative reference or an absolute one under a base.

    None for what names nothing here by itself: contained (#x), urn:, conditional
    (Type?identifier=), or an address at another server.
    """
    text = _HISTORY.sub("", reference.strip())
    for base in bases:
        text = text.removeprefix(base.rstrip("/") + "/")
    return text if is_ref(text) else None


def conditional(resource_type: str, identifier: Mapping[str, Any]) -> str:
    """ "Type?identifier=system|value", as a Bundle refers to what has this identifier."""
    return f"{resource_type}?identifier={identifier.get('system') or ''}|{identifier['value']}"


def base_of(full_url: str) -> str | None:
    """The server's base in an absolute "base/Type/id"; None when it is not of that form."""
    text = _HISTORY.sub("", full_url)
    base, _, rest = text.rpartition("/")
    base, _, resource_type = base.rpartition("/")
    if base.startswith(("http://", "https://")) and is_ref(f"{resource_type}/{rest}"):
        return base
    return None


def resolve(
    reference: str, *, known: Mapping[str, str] | None = None, bases: Iterable[str] = ()
) -> str:
    """The reference as "Type/id" where that can be told, else as it was written.

    `known` maps a Bundle's fullUrls (urn:uuid:..., absolute) and conditional references to
    "Type/id".
    """
    written = reference.strip()
    if known and (found := known.get(written) or known.get(_HISTORY.sub("", written))):
        return found
    return local_ref(written, bases=bases) or written


def reference_of(element: object) -> str | None:
    """The `reference` of a Reference element, None when it has none."""
    if isinstance(element, dict):
        reference = element.get("reference")
        if isinstance(reference, str) and reference.strip():
            return reference.strip()
    return None


def references_in(resource: object) -> Iterator[str]:
    """Every literal reference in a resource except to its own contained resources."""
    if isinstance(resource, dict):
        written = resource.get("reference")
        if isinstance(written, str) and written and not written.startswith("#"):
            yield written.strip()
        for value in resource.values():
            if isinstance(value, dict | list):
                yield from references_in(value)
    elif isinstance(resource, list):
        for value in resource:
            if isinstance(value, dict | list):
                yield from references_in(value)


def contained(resource: Mapping[str, Any], reference: str) -> dict[str, Any] | None:
    """The contained resource behind "#id", None when it is not there."""
    inner = resource.get("contained")
    for candidate in inner if isinstance(inner, list) else []:
        if (
            isinstance(candidate, dict)
            and f"#{candidate.get('id')}".replace("##", "#") == reference
        ):
            return candidate
    return None
