"""Asking the EHR for one patient: every search of the table, then what the records point at."""

import base64
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from service.chart.asked import Asking, Found, ask, owner_of
from service.chart.attachments import MAX_BYTES, wanted_urls
from service.chart.compartments import is_strangers
from service.chart.gaps import GapKind, gap, unread_types
from service.chart.incoming import conditional_refs
from service.chart.merged import replaced_by
from service.chart.searches import (
    MAX_READS,
    READ_WHEN_REFERRED,
    SEARCHES,
    Search,
    narrower_searches,
)
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrIncomplete, EhrNotFound, EhrRefused
from service.fhir.references import local_ref, references_in, resolve, type_of
from service.fhir.wire import Received, dump

Resource = dict[str, Any]
T = TypeVar("T")
U = TypeVar("U")
IsHeld = Callable[[set[str]], set[str]]


@dataclass
class Fetched:
    """What the EHR gave for one patient, and what it did not."""

    patient_ref: str
    is_unknown: bool = False
    merged_into: str = ""
    is_final: bool = False
    refused: EhrRefused | None = None
    resources: list[Resource] = field(default_factory=list)
    binaries: list[Resource] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)

    def note_unread(self, ref: str, failed: EhrBusy | EhrRefused) -> None:
        """A gap for what could not be read. Raises EhrBusy while waiting may help."""
        if isinstance(failed, EhrBusy) and not self.is_final:
            raise failed
        self.note(GapKind.READ, failed.sentence, source=ref)

    def note(self, kind: GapKind, reason: str, *, source: str) -> None:
        self.gaps.append(gap(kind, reason, source=source))


def fetch_chart(
    client: FhirClient,
    patient_ref: str,
    *,
    since: Any,
    is_held: IsHeld,
    at_once: int = 1,
    is_final: bool = False,
) -> Fetched:
    """Everything the EHR has on the patient (since the last pull). Refusals become gaps.

    `is_held` says which of some refs need not be read again. `at_once` searches run side by side:
    for somebody who waits. With `is_final` what is not answered is a gap too, unless nothing is.
    Raises EhrBusy, EhrTokenRefused.
    """
    fetched = Fetched(patient_ref, is_final=is_final)
    try:
        patient = client.read(patient_ref)
    except EhrNotFound:
        fetched.is_unknown = True
        return fetched
    except EhrRefused as refused:
        fetched.refused = refused
        fetched.note(GapKind.READ, refused.sentence, source=patient_ref)
    else:
        fetched.resources.append(patient)
        fetched.merged_into = replaced_by(patient)
        if fetched.merged_into:
            return fetched
    since = since if client.profile.reading.last_updated else None
    known = {each: patient_ref for r in fetched.resources for each in conditional_refs(r)}
    asking = Asking(client, patient_ref, since, is_final, at_once > 1, known)
    for part in side_by_side(lambda search: _search(asking, search), SEARCHES, at_once):
        fetched.resources += part.resources
        fetched.gaps += part.gaps
    if unread_types(fetched.gaps) and not asking.is_hurried:
        _ask_for_everything(client, fetched)
        _mark_unserved(client, fetched)
    _read_referred(client, fetched, is_held)
    _read_attachments(client, fetched, is_held)
    return fetched


def side_by_side(ask: Callable[[T], U], of: Iterable[T], at_once: int) -> list[U]:
    """The answers in the order of what was asked; the first failure is raised, the rest dropped."""
    if at_once == 1:
        return [ask(each) for each in of]
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        answers = [pool.submit(ask, each) for each in of]
        try:
            return [answer.result() for answer in answers]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _search(asking: Asking, search: Search) -> Fetched:
    """One search of the table; a refusal is a gap, except that Observation, and documents where the
    site says so, are asked again category by category, and without where a category is refused."""
    reading = asking.client.profile.reading
    narrower = tuple(narrower_searches(search, reading.document_categories))
    is_narrow = search.name == "Observation" and reading.observation_by_category
    found = None if is_narrow else ask(asking, search)
    if found is not None and (found.refusal is None or not narrower):
        return _part(asking, {search: found})
    parts = {narrow: ask(asking, narrow) for narrow in narrower}
    if is_narrow and any(each.refusal is not None for each in parts.values()):
        found = ask(asking, search)
        if found.refusal is None:
            return _part(asking, {search: found})
    return _part(asking, parts)


def _part(asking: Asking, answers: Mapping[Search, Found]) -> Fetched:
    part = Fetched(asking.patient_ref)
    for search, found in answers.items():
        _add(part, search, found)
    return part


def _add(part: Fetched, search: Search, found: Found) -> None:
    part.resources += found.resources
    part.gaps += found.gaps
    if found.refusal is not None:
        part.note(GapKind.SEARCH, found.refusal, source=search.name)


def _ask_for_everything(client: FhirClient, fetched: Fetched) -> None:
    """What the searches did not give, from `Patient/$everything` where that is served.

    Only a type that comes there is no gap any more: what we may not read is left out of it too.
    """
    known, lost = client.abilities(), unread_types(fetched.gaps)
    is_served = known is not None and "everything" in known.of("Patient").operations
    if not (is_served or client.profile.reading.everything):
        return
    try:
        given = [
            each
            for each in client.everything(fetched.patient_ref)
            if each.get("resourceType") in lost and owner_of(client, each) == fetched.patient_ref
        ]
    except (EhrBusy, EhrRefused, EhrIncomplete):
        return
    come = {str(each["resourceType"]) for each in given}
    fetched.resources += given
    fetched.gaps = [g for g in fetched.gaps if not unread_types([g]) & come]


def _mark_unserved(client: FhirClient, fetched: Fetched) -> None:
    """Of what could not be searched, what the EHR says that it has not at all."""
    known = client.abilities()
    for each in fetched.gaps:
        if known is not None and any(known.lacks(name) for name in unread_types([each])):
            each["unserved"] = True


def _read_referred(client: FhirClient, fetched: Fetched, is_held: IsHeld) -> None:
    """The people, places and medicines that the records name; two steps deep (role, person)."""
    have = {f"{r.get('resourceType')}/{r.get('id')}" for r in fetched.resources}
    fresh: list[Resource] = fetched.resources
    reads = 0
    for _ in range(2):
        wanted = _referred(client, fresh) - have
        wanted -= is_held(wanted)
        fresh = []
        for ref in sorted(wanted)[: MAX_READS - reads]:
            if resource := _read(client, fetched, ref):
                fresh.append(resource)
        reads += len(wanted)
        have |= wanted
        fetched.resources.extend(fresh)


def _referred(client: FhirClient, resources: Iterable[Mapping[str, Any]]) -> set[str]:
    refs = (
        local_ref(written, bases=client.bases)
        for resource in resources
        for written in references_in(resource)
    )
    return {ref for ref in refs if ref and type_of(ref) in READ_WHEN_REFERRED}


def _read(client: FhirClient, fetched: Fetched, ref: str) -> Resource | None:
    try:
        resource = client.read(ref)
    except EhrNotFound:
        return None  # a dangling reference, counted on the record that holds it
    except (EhrBusy, EhrRefused) as failed:
        fetched.note_unread(ref, failed)
        return None
    return resource if owner_of(client, resource) in (None, fetched.patient_ref) else None


def _read_attachments(client: FhirClient, fetched: Fetched, is_held: IsHeld) -> None:
    """Texts that lie behind a url, kept as Binary resources under the patient."""
    have = {f"{r.get('resourceType')}/{r.get('id')}": r for r in fetched.resources}
    urls = dict.fromkeys(url for r in fetched.resources for url in wanted_urls(r))
    refs = {url: local_ref(url, bases=client.bases) for url in urls}
    held = is_held({ref for ref in refs.values() if ref})
    for url, ref in refs.items():
        if ref is None or ref in held or type_of(ref) != "Binary":
            continue
        try:
            binary = _as_resource(client, ref) or _binary(ref, *client.read_binary(url))
            is_mine = _is_mine(client, fetched, binary, have)
        except (EhrBusy, EhrRefused) as failed:
            fetched.note_unread(ref, failed)
            continue
        if len(binary["data"]) > MAX_BYTES * 4 // 3 + 4:
            fetched.note(GapKind.READ, "the attachment is too large", source=ref)
            continue
        if not is_mine:
            fetched.note(GapKind.READ, "the attachment says that it is somebody else's", source=ref)
            continue
        fetched.binaries.append(binary)


def _is_mine(
    client: FhirClient, fetched: Fetched, binary: Resource, have: Mapping[str, Resource]
) -> bool:
    """That a note points at it proves nothing: its securityContext, where it has one, says whose it
    is. Raises EhrBusy, EhrRefused."""

    def find(ref: str) -> Resource | None:
        return have.get(ref) or _found(client, ref)

    patient = have.get(fetched.patient_ref) or {}
    known = dict.fromkeys(conditional_refs(patient), fetched.patient_ref)
    mine = partial(resolve, known=known, bases=client.bases)
    return not is_strangers(binary, fetched.patient_ref, resolve=mine, find=find)


def _found(client: FhirClient, ref: str) -> Resource | None:
    try:
        return client.read(ref)
    except EhrNotFound:
        return None


def _as_resource(client: FhirClient, ref: str) -> Resource | None:
    """The Binary as FHIR, which alone tells its security labels; None where the EHR does not give
    it in that form."""
    try:
        found = client.read(ref)
    except EhrRefused:
        return None
    return found if isinstance(found.get("data"), str) else None


def _binary(ref: str, content: bytes, kind: str) -> Resource:
    binary = {
        "resourceType": "Binary",
        "id": ref.partition("/")[2],
        "contentType": kind,
        "data": base64.b64encode(content).decode(),
    }
    return Received(binary, dump(binary).decode())
