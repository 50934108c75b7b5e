"""Security labels that a resource carries, hands on, or takes over with another's words.

What they mean is decided in access/.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.fhir.references import reference_of, type_of

# Each place for a label stands in these names; a text with none of them holds no label.
_PLACES = ("security", "sec-label", "confidentiality")
_EXTENSION = "sec-label"  # DS4P 1.0.0: extension-inline-sec-label, extension-sec-label-basis
# Naming the patient says nothing of what else is kept of them.
_SUBJECTS = frozenset({"Patient"})

Marking = dict[str, Any]


def labels_of(resource: Mapping[str, Any]) -> set[str]:
    """Codes from meta.security, DocumentReference.securityLabel, Composition.confidentiality,
    DS4P extensions anywhere inside, and all of these of contained resources.

    A label that is only words counts with its words. A Consent's provision.securityLabel is
    about other records and is no label of the Consent.
    """
    if not may_hold_labels(getattr(resource, "raw", None)):
        return set()
    return set(_of_resource(resource)) | set(_inline(resource))


def may_hold_labels(raw: str | None) -> bool:
    """Whether this text names a place for labels at all: far cheaper than walking the resource.
    A name may be written in escapes, so text with any is always walked."""
    return raw is None or "\\u" in raw or any(place in raw for place in _PLACES)


def labels_of_bundle(bundle: Mapping[str, Any]) -> frozenset[str]:
    """The labels of the Bundle as a whole, which stick to all that came in it."""
    outside = {name: value for name, value in bundle.items() if name != "entry"}
    return frozenset(labels_of(outside))


def labels_of_entry(entry: Mapping[str, Any]) -> frozenset[str]:
    """The labels of a Bundle's entry or a List's item itself."""
    return frozenset(_inline({k: v for k, v in entry.items() if k != "resource"}))


def handed_on(resource: Mapping[str, Any]) -> dict[str, set[str]]:
    """Each reference, as written, that a Composition's section or a List names -> the labels
    that it has from there: those of the document, and of its own section or item."""
    kind = resource.get("resourceType")
    if kind not in ("Composition", "List"):
        return {}
    whole = labels_of({k: v for k, v in resource.items() if k not in ("section", "entry")})
    found: dict[str, set[str]] = {}
    pairs = _of_sections(resource, whole) if kind == "Composition" else _of_list(resource, whole)
    for reference, labels in pairs:
        found.setdefault(reference, set()).update(labels)
    return found


def quoted(resource: Mapping[str, Any]) -> Iterator[str]:
    """References, as written, with words about their target beside them: what it is called is
    part of what it says. And what a Binary's protection is told by."""
    if resource.get("resourceType") == "Binary":
        if proxy := reference_of(resource.get("securityContext")):
            yield proxy
        return
    for element in _elements(resource):
        written = element.get("reference")
        says = element.get("display") or element.get("identifier")
        if says and isinstance(written, str) and type_of(written) not in _SUBJECTS:
            yield written.strip()


def _of_resource(resource: Mapping[str, Any]) -> Iterator[str]:
    waiting = [resource]
    while waiting:
        each = waiting.pop()
        meta = each.get("meta")
        if isinstance(meta, Mapping):
            yield from _codes(meta.get("security"))
        yield from _codes(each.get("securityLabel"))
        if isinstance(level := each.get("confidentiality"), str):
            yield level
        waiting += [c for c in _list(each.get("contained")) if isinstance(c, Mapping)]


def _of_sections(resource: Mapping[str, Any], labels: set[str]) -> Iterator[tuple[str, set[str]]]:
    waiting = [(section, labels) for section in _list(resource.get("section"))]
    while waiting:
        section, above = waiting.pop()
        if not isinstance(section, Mapping):
            continue
        own = {k: v for k, v in section.items() if k != "section"}
        mine = above | set(_inline(own))
        for reference in map(reference_of, _list(section.get("entry"))):
            if reference:
                yield reference, mine
        waiting += [(inner, mine) for inner in _list(section.get("section"))]


def _of_list(resource: Mapping[str, Any], labels: set[str]) -> Iterator[tuple[str, set[str]]]:
    for entry in _list(resource.get("entry")):
        reference = reference_of(entry.get("item")) if isinstance(entry, Mapping) else None
        if reference:
            yield reference, labels | labels_of_entry(entry)


def _inline(value: object) -> Iterator[str]:
    """Labels in extensions, at whatever depth they stand."""
    for element in _elements(value):
        url = element.get("url")
        if isinstance(url, str) and _EXTENSION in url:
            yield from _codes([element.get("valueCoding"), element.get("valueCodeableConcept")])


def _codes(element: Any) -> Iterator[str]:
    """Every code in here; of a label without any, its words."""
    codes, words = [], []
    for each in _elements(element):
        codes += [c for c in [each.get("code")] if isinstance(c, str) and c.strip()]
        words += [w for n in ("display", "text") if isinstance(w := each.get(n), str) and w.strip()]
    yield from (code.strip() for code in codes or words)


def _elements(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object in here, itself too, without recursion: what is deep must not stop us."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            yield each
            waiting += [inner for inner in each.values() if isinstance(inner, Mapping | list)]
        elif isinstance(each, list):
            waiting += [inner for inner in each if isinstance(inner, Mapping | list)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
