"""One received resource as the row that is kept: validated, rendered, labelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.chart.attachments import attachment_urls
from service.chart.compartments import is_strangers, names_subject, patient_of
from service.chart.gaps import GapKind, gap
from service.chart.held import Held
from service.chart.incoming import Incoming, content_hash
from service.chart.render.dates import instant
from service.chart.render.registry import render
from service.chart.render.rendering import Rendering, one_line, storable
from service.chart.render.scene import Scene
from service.chart.security import Marking, handed_on, labels_of, quoted
from service.chart.standing import own_standing
from service.chart.validation import problems
from service.database import new_id, now
from service.fhir.references import references_in
from service.summary.vocabulary import Standing

Key = tuple[str, str, str]
NOT_HELD = "it refers to something that is not held"
STRANGERS = "what it refers to is not for certain of this patient, and is not told here"
MAX_CODE = 200  # characters; longer codes and statuses are a vendor's mistake


def key_of(incoming: Incoming) -> Key:
    """(ref, version, content hash): the same key is the same content again."""
    resource = incoming.resource
    assert resource is not None
    return incoming.ref, meta_text(resource, "versionId"), content_hash(resource)


def meta_text(resource: Mapping[str, Any], name: str) -> str:
    meta = resource.get("meta")
    value = meta.get(name) if isinstance(meta, Mapping) else None
    return str(value) if isinstance(value, str | int) else ""


@dataclass
class Surroundings:
    """Where the other resources are while one is rendered.

    Those of another patient are not there: two sources may use one id for two people, and what
    one says must not stand in the other's text.
    """

    incoming: Incoming
    held: Held
    patient_ref: str | None = None

    def __post_init__(self) -> None:
        self.missing: set[str] = set()
        self.found: set[str] = set()
        self.strangers: set[str] = set()

    def resolve(self, written: str) -> str:
        return self.incoming.envelope.resolve(written)

    def find(self, ref: str) -> Mapping[str, Any] | None:
        found = self._at_hand(ref)
        if found is None:
            self.missing.add(ref)
        elif self._is_strangers(ref, found):
            self.strangers.add(ref)
        else:
            self.found.add(ref)
            return found
        return None

    def _at_hand(self, ref: str) -> Mapping[str, Any] | None:
        return self.incoming.envelope.resources.get(ref) or self.held.find(ref)

    def _is_strangers(self, ref: str, found: Mapping[str, Any]) -> bool:
        if self.patient_ref is None:
            return False
        envelope = self.incoming.envelope
        owner = envelope.owners.get(ref)
        if owner is None and ref not in envelope.resources:
            owner = self.held.owner_of(ref)
        if owner is not None:
            return owner != self.patient_ref
        return is_strangers(found, self.patient_ref, resolve=self.resolve, find=self._at_hand)


def row_of(incoming: Incoming, key: Key, held: Held) -> dict[str, Any]:
    """Every column of the SourceRecord for this resource; it is new, latest and unsettled."""
    resource = incoming.resource
    assert resource is not None
    patient_ref = _patient_of(incoming, resource, held)
    around = Surroundings(incoming, held, patient_ref)
    columns = rendered_columns(resource, around)
    gaps = [gap(GapKind.VALIDATION, problem) for problem in problems(resource)] + columns["gaps"]
    return columns | {
        "id": new_id(),
        "patient_ref": patient_ref,
        "resource_ref": key[0],
        "resource_type": str(resource["resourceType"]),
        "version": storable(key[1]),
        "content_hash": key[2],
        "raw": incoming.raw,
        "received_at": now(),
        "is_latest": True,
        "updated_at": instant(meta_text(resource, "lastUpdated")),
        "refers_to": _refers_to(resource, around),
        "gaps": gaps,
    }


def _patient_of(incoming: Incoming, resource: Mapping[str, Any], held: Held) -> str | None:
    around = Surroundings(incoming, held)
    return incoming.patient_ref or patient_of(resource, resolve=around.resolve, find=around.find)


def rendered_columns(resource: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """The columns that come from rendering; done again when what it refers to arrives late."""
    scene = Scene(resource, around.resolve, around.find)
    rendering = render(scene)
    standing, reason = own_standing(resource)
    if standing is Standing.EVIDENCE and rendering.is_note and not rendering.body:
        standing, reason = Standing.UNREADABLE, "no text could be read from its attachments"
    gaps = rendering.gaps + scene.gaps + missing_gaps(around.missing)
    gaps += missing_gaps(around.strangers, STRANGERS)
    if around.patient_ref is None and names_subject(resource):
        gaps.append(gap(GapKind.REFERENCE, "whose record it is cannot be told from its subject"))
    marking = marking_of(resource, around)
    if rendering.effective and instant(rendering.effective) is None:
        gaps.append(gap(GapKind.RENDER, "its date cannot be read"))
    return _columns(rendering) | {
        "standing": standing,
        "standing_reason": reason,
        "gaps": gaps,
        "labels": sorted({*marking["own"], *marking["given"]}),
        "marking": marking,
    }


def marking_of(resource: Mapping[str, Any], around: Surroundings) -> Marking:
    """See SourceRecord.marking. What was looked up while rendering counts as quoted."""
    named = {around.resolve(written) for written in quoted(resource)} | around.found
    handed: dict[str, set[str]] = {}
    for written, codes in handed_on(resource).items():
        handed.setdefault(around.resolve(written), set()).update(codes)
    return {
        "own": sorted(map(storable, labels_of(resource))),
        "given": sorted(map(storable, around.incoming.labels)),
        "quotes": sorted(storable(ref) for ref in named if not ref.startswith("Patient/")),
        "hands": {storable(ref): sorted(map(storable, c)) for ref, c in handed.items() if c},
    }


def _columns(rendering: Rendering) -> dict[str, Any]:
    when = instant(rendering.effective)
    return {
        "title": storable(one_line(rendering.title)),
        "headline": storable(one_line(rendering.headline)),
        "text": rendering.text(),
        "text_mark": new_id(),
        "code": storable(rendering.code)[:MAX_CODE],
        "category": storable(rendering.category)[:MAX_CODE],
        "status": storable(rendering.status)[:MAX_CODE],
        "effective": storable(rendering.effective)[:MAX_CODE] if when else "",
        "effective_at": when,
        "encounter_ref": storable(rendering.encounter) if rendering.encounter else None,
        "author": _named(storable(one_line(rendering.author))),
        "author_role": storable(one_line(rendering.author_role)),
        "is_note": rendering.is_note,
    }


def _named(author: str) -> str:
    """ "" for somebody who is only known to be "(a Practitioner)"."""
    return "" if author.startswith("(a ") else author


def missing_gaps(refs: set[str], reason: str = NOT_HELD) -> list[dict[str, Any]]:
    """A gap for each reference that leads to nothing held; settled again when more arrives."""
    return [gap(GapKind.REFERENCE, reason, source=storable(ref)) for ref in sorted(refs)]


def _refers_to(resource: Mapping[str, Any], around: Surroundings) -> dict[str, str]:
    written = [*references_in(resource), *attachment_urls(resource)]
    return {storable(w): storable(around.resolve(w)) for w in dict.fromkeys(written)}
