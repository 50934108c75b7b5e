"""Asking the EHR for one patient: every search of the table, then what the records point at."""

import base64
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from service.chart.attachments import MAX_BYTES, wanted_urls
from service.chart.compartments import patient_of
from service.chart.gaps import GapKind, gap
from service.chart.searches import (
    MAX_READS,
    READ_WHEN_REFERRED,
    SEARCHES,
    Search,
    narrower_searches,
)
from service.fhir.client import FhirClient
from service.fhir.errors import EhrIncomplete, EhrNotFound, EhrRefused
from service.fhir.references import local_ref, reference_of, references_in, type_of
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
    refused: EhrRefused | None = None
    resources: list[Resource] = field(default_factory=list)
    binaries: list[Resource] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: GapKind, reason: str, *, source: str) -> None:
        self.gaps.append(gap(kind, reason, source=source))


def fetch_chart(
    client: FhirClient, patient_ref: str, *, since: Any, is_held: IsHeld, at_once: int = 1
) -> Fetched:
    """Everything the EHR has on the patient (since the last pull). Refusals become gaps.

    `is_held` says which of some refs need not be read again. `at_once` searches run side by side:
    for somebody who waits. Raises EhrBusy.
    """
    fetched = Fetched(patient_ref)
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
        _note_replaced(fetched, patient)
    for part in side_by_side(lambda s: _searched(client, patient_ref, s, since), SEARCHES, at_once):
        fetched.resources += part.resources
        fetched.gaps += part.gaps
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


def _searched(client: FhirClient, patient_ref: str, search: Search, since: Any) -> Fetched:
    part = Fetched(patient_ref)
    _search(client, part, search, since)
    return part


def _note_replaced(fetched: Fetched, patient: Resource) -> None:
    """A merged patient: the chart goes on under another id, and must not look complete here."""
    links = patient.get("link")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("type") == "replaced-by":
            other = reference_of(link.get("other")) or "another record"
            fetched.note(
                GapKind.PATIENT,
                "the EHR has merged this patient into another record; ask for the summary there",
                source=other,
            )


def _search(client: FhirClient, fetched: Fetched, search: Search, since: Any) -> None:
    """One search into `fetched`; a refusal is a gap, except that Observation, and documents
    where the site says so, are asked again category by category."""
    reading = client.profile.reading
    since = since if reading.last_updated else None
    is_narrow = search.name == "Observation" and reading.observation_by_category
    refusal = "" if is_narrow else _try_search(client, fetched, search, since)
    if refusal is None:
        return
    narrower = tuple(narrower_searches(search, reading.document_categories))
    for narrow in narrower:
        said = _try_search(client, fetched, narrow, since)
        if said is not None:
            fetched.note(GapKind.SEARCH, said, source=narrow.name)
    if not narrower:
        fetched.note(GapKind.SEARCH, refusal, source=search.name)


def _try_search(client: FhirClient, fetched: Fetched, search: Search, since: Any) -> str | None:
    """None when it went, else why the EHR refused it."""
    strangers = unclear = 0
    try:
        for resource in client.search(
            search.resource_type, search.query(fetched.patient_ref, since)
        ):
            owner = _owner(client, resource)
            if owner not in (None, fetched.patient_ref):
                strangers += 1
                continue
            unclear += owner is None and resource.get("resourceType") == search.resource_type
            fetched.resources.append(resource)
    except EhrRefused as refused:
        return refused.sentence
    except EhrIncomplete as stopped:
        fetched.note(GapKind.SEARCH, stopped.sentence, source=search.name)
    if strangers:
        reason = f"{strangers} results were of other patients and were left aside"
        fetched.note(GapKind.SEARCH, reason, source=search.name)
    if unclear:  # kept, but in nobody's chart: the patient's must not look whole without them
        reason = f"{unclear} results do not say in a way we read whose they are; not used"
        fetched.note(GapKind.SEARCH, reason, source=search.name)
    return None


def _is_of_somebody_else(client: FhirClient, patient_ref: str, resource: Resource) -> bool:
    """True when a server that ignores `patient` answers with everybody's records."""
    return _owner(client, resource) not in (None, patient_ref)


def _owner(client: FhirClient, resource: Resource) -> str | None:
    return patient_of(
        resource,
        resolve=lambda r: local_ref(r, bases=client.bases) or r,
        find=lambda _: None,
    )


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
    except EhrRefused as refused:
        fetched.note(GapKind.READ, refused.sentence, source=ref)
        return None
    stranger = _is_of_somebody_else(client, fetched.patient_ref, resource)
    return None if stranger else resource


def _read_attachments(client: FhirClient, fetched: Fetched, is_held: IsHeld) -> None:
    """Texts that lie behind a url, kept as Binary resources under the patient."""
    urls = dict.fromkeys(url for r in fetched.resources for url in wanted_urls(r))
    refs = {url: local_ref(url, bases=client.bases) for url in urls}
    held = is_held({ref for ref in refs.values() if ref})
    for url, ref in refs.items():
        if ref is None or ref in held or type_of(ref) != "Binary":
            continue
        try:
            binary = _as_resource(client, ref) or _binary(ref, *client.read_binary(url))
        except EhrRefused as refused:
            fetched.note(GapKind.READ, refused.sentence, source=ref)
            continue
        if len(binary["data"]) > MAX_BYTES * 4 // 3 + 4:
            fetched.note(GapKind.READ, "the attachment is too large", source=ref)
            continue
        fetched.binaries.append(binary)


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
