"""What comes in: each resource with its exact text and the Bundle that it came in."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.chart.limits import is_too_deep
from service.chart.security import labels_of_bundle, labels_of_entry
from service.fhir import wire
from service.fhir.references import base_of, conditional, is_ref, resolve

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")


@dataclass
class Envelope:
    """The Bundle (or pull) that resources came in, and what its addresses mean.

    `known` maps fullUrls and conditional references to "Type/id"; `resources` is what came
    together, by ref; `owners` is whose those are that cannot say it themselves; `bases` are the
    server addresses under which a reference means one of ours.
    """

    known: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    bases: tuple[str, ...] = ()

    def resolve(self, reference: str) -> str:
        return resolve(reference, known=self.known, bases=self.bases)


@dataclass(frozen=True)
class Incoming:
    """One thing received. `resource` is None when it is no resource; `reason` then says why.

    `ref` is "Type/id". `patient_ref` is given only where the resource itself cannot say (a
    Binary read for a patient's note). `labels` are those of the Bundle and entry that it came in.
    """

    raw: str
    resource: Mapping[str, Any] | None = None
    ref: str = ""
    reason: str = ""
    envelope: Envelope = field(default_factory=Envelope)
    patient_ref: str | None = None
    labels: frozenset[str] = frozenset()


def received(value: object, *, bases: tuple[str, ...] = ()) -> Iterator[Incoming]:
    """What a parsed JSON value holds: a Bundle's resources, a list's, or the one resource."""
    if isinstance(value, Mapping) and value.get("resourceType") == "Bundle":
        entries = value.get("entry")
        labels = labels_of_bundle(value)
        yield from bundled(entries if isinstance(entries, list) else [], bases=bases, labels=labels)
    elif isinstance(value, list):
        for element in value:
            yield from received(element, bases=bases)
    else:
        yield single(value, Envelope(bases=bases))


def together(
    resources: Iterable[Mapping[str, Any]], *, bases: tuple[str, ...] = ()
) -> list[Incoming]:
    """Resources that came in one pull: each can be found while rendering the others."""
    return list(bundled(({"resource": resource} for resource in resources), bases=bases))


def bundled(
    entries: Iterable[Any],
    *,
    bases: tuple[str, ...] = (),
    labels: frozenset[str] = frozenset(),
) -> Iterator[Incoming]:
    """The resources of a Bundle's entries, each with its `labels`; a Bundle inside is opened too.

    Entries without a resource (a DELETE of a history, a bare response) hold nothing to keep.
    """
    envelope = Envelope(bases=bases)
    opened = _opened(entries, labels)
    found = [i for each in opened if (i := _of_entry(*each, envelope)) is not None]
    learn_identifiers(envelope)
    yield from found


def _opened(
    entries: Iterable[Any], labels: frozenset[str]
) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    """Each entry, and the labels of it and of the Bundles that it is in."""
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        inner, mine = entry.get("resource"), labels | labels_of_entry(entry)
        if isinstance(inner, Mapping) and inner.get("resourceType") == "Bundle":
            raw = getattr(inner, "raw", None)
            nested = wire.parse_bundle(raw) if raw else inner.get("entry")
            within = mine | labels_of_bundle(inner)
            yield from _opened(nested if isinstance(nested, Iterable) else [], within)
        else:
            yield entry, mine


def _of_entry(
    entry: Mapping[str, Any], labels: frozenset[str], envelope: Envelope
) -> Incoming | None:
    if "resource" not in entry:
        return None
    incoming = replace(single(entry["resource"], envelope), labels=labels)
    full_url = entry.get("fullUrl")
    if incoming.resource is not None:
        envelope.resources[incoming.ref] = incoming.resource
        if isinstance(full_url, str) and full_url:
            envelope.known[full_url] = incoming.ref
            base = base_of(full_url)
            if base and base not in envelope.bases:
                envelope.bases = (*envelope.bases, base)
    return incoming


def learn_identifiers(envelope: Envelope) -> None:
    """Conditional references ("Practitioner?identifier=system|value") that came together answer.
    One that two patients answer means neither."""
    for ref, resource in envelope.resources.items():
        for each in conditional_refs(resource):
            before = envelope.known.setdefault(each, ref)
            if before != ref and resource["resourceType"] == "Patient":
                envelope.known[each] = each


def conditional_refs(resource: Mapping[str, Any]) -> Iterator[str]:
    """How this resource may be referred to by its identifiers."""
    identifiers = resource.get("identifier")
    for identifier in identifiers if isinstance(identifiers, list) else []:
        if isinstance(identifier, Mapping) and identifier.get("value"):
            yield conditional(resource["resourceType"], identifier)


def single(value: object, envelope: Envelope) -> Incoming:
    """One resource, or what is none with the reason."""
    raw = getattr(value, "raw", None) or wire.dump(value).decode()
    if not isinstance(value, Mapping):
        return Incoming(raw, reason="it is JSON, but not an object")
    resource_type = value.get("resourceType")
    if not resource_type:
        return Incoming(raw, reason="it has no resourceType")
    if not isinstance(resource_type, str) or not _TYPE.fullmatch(resource_type):
        return Incoming(raw, reason="its resourceType is not the name of a type")
    if is_too_deep(value):
        return Incoming(raw, reason="it is nested too deep to be a resource")
    return Incoming(raw, value, f"{resource_type}/{_id_of(value)}", envelope=envelope)


def _id_of(resource: Mapping[str, Any]) -> str:
    """The resource's id, or one made from its content: the same content, the same id."""
    given = resource.get("id")
    if given is not None and is_ref(f"{resource['resourceType']}/{given}"):
        return str(given)
    return f"content-{content_hash(resource)[:32]}"


def content_hash(resource: Mapping[str, Any]) -> str:
    """SHA-256 of what a resource says: its layout and its server's stamps do not count."""
    meta = resource.get("meta")
    if isinstance(meta, dict) and ("lastUpdated" in meta or "versionId" in meta):
        stamps = ("lastUpdated", "versionId")
        resource = {**resource, "meta": {k: v for k, v in meta.items() if k not in stamps}}
        if not resource["meta"]:
            resource = {k: v for k, v in resource.items() if k != "meta"}
    return hashlib.sha256(wire.dump_sorted(dict(resource))).hexdigest()
