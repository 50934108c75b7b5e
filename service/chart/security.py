"""Security labels that a resource carries itself. What they mean is decided in access/."""

from collections.abc import Iterator, Mapping
from typing import Any

# DS4P 1.0.0: extension-inline-sec-label on any element, extension-sec-label-basis on a label.
_LABEL_EXTENSION = "sec-label"


def labels_of(resource: Mapping[str, Any]) -> set[str]:
    """Codes from meta.security, DocumentReference.securityLabel, Composition.confidentiality,
    and DS4P extensions anywhere inside."""
    meta = resource.get("meta")
    security = meta.get("security") if isinstance(meta, Mapping) else None
    found = set(_codes(security))
    found |= {
        code
        for label in _list(resource.get("securityLabel"))
        if isinstance(label, Mapping)
        for code in _codes(label.get("coding"))
    }
    confidentiality = resource.get("confidentiality")
    if resource.get("resourceType") == "Composition" and isinstance(confidentiality, str):
        found.add(confidentiality)
    if _may_have_inline(resource):
        found |= set(_inline(resource))
    return found


def _may_have_inline(resource: Mapping[str, Any]) -> bool:
    raw = getattr(resource, "raw", None)  # searching the text is far cheaper than walking
    return raw is None or _LABEL_EXTENSION in raw


def _inline(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        url = value.get("url")
        if isinstance(url, str) and _LABEL_EXTENSION in url:
            yield from _codes([value.get("valueCoding")])
            concept = value.get("valueCodeableConcept")
            yield from _codes(concept.get("coding") if isinstance(concept, Mapping) else None)
        for inner in value.values():
            if isinstance(inner, Mapping | list):
                yield from _inline(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inline(inner)


def _codes(codings: object) -> Iterator[str]:
    for coding in _list(codings):
        if isinstance(coding, Mapping) and isinstance(coding.get("code"), str):
            yield coding["code"]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
