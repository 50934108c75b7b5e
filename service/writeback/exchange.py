"""The conversation with the EHR about one attested text: each step can be taken again safely."""

from base64 import b64decode
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from service.database import now
from service.errors import CountersignError
from service.fhir.client import FhirClient
from service.fhir.errors import EhrIncomplete, EhrRefused
from service.writeback import documents
from service.writeback.acts import Act
from service.writeback.attested import AttestedText, Drafter
from service.writeback.provenance import (
    is_of_withdrawal,
    is_ours,
    provenance,
    retraction,
    source_name,
    source_ref,
)

Resource = dict[str, Any]

WRONG = {"status": "entered-in-error", "docStatus": "entered-in-error"}


class NotAsAttested(CountersignError):
    """What the EHR holds is not what was attested; a person must look."""

    status_code = 409


class NotReadBack(CountersignError):
    """The EHR took the document and does not let us read it: nobody has compared the text."""

    status_code = 502


class CannotLook(CountersignError):
    """The EHR answers no search that would show whether it has the document."""

    status_code = 502


def find_documents(client: FhirClient, attested: AttestedText) -> list[Resource]:
    """The DocumentReferences of this text that the EHR has. Raises CannotLook, and what a search
    raises."""
    return find_copies(client, documents.identifier(attested), attested.patient_ref)


def by_worth(copies: Iterable[Resource], known_ref: str | None) -> list[Resource]:
    """The copy to keep first: one that stands, before others that which we know already."""

    def rank(copy: Resource) -> tuple[bool, bool, str]:
        return copy.get("status") != "current", ref_of(copy) != known_ref, str(copy["id"])

    return sorted(copies, key=rank)


def find_copies(client: FhirClient, wanted: Resource, patient_ref: str) -> list[Resource]:
    """By business identifier; where that is not searched, among the patient's documents.

    Raises CannotLook where neither is, or a search that found none was not whole.
    """
    found: dict[str, Resource] = {}  # a server may give one document twice
    for query in ({"identifier": _token(wanted)}, {"patient": patient_ref}):
        try:
            # A server that does not know the parameter may answer with every document: look again.
            for each in client.search("DocumentReference", query):
                if _has_identifier(each, wanted):
                    found[ref_of(each)] = each
        except (EhrRefused, EhrIncomplete):
            continue
        return list(found.values())
    if found:
        return list(found.values())
    raise CannotLook(
        "The EHR lets us search DocumentReference neither by identifier nor by patient to its end, "
        "so it is not known whether it has the document. IT: ask for one of the two."
    )


def create_document(client: FhirClient, attested: AttestedText) -> Resource:
    """Send it. A conditional create, where the EHR does it, covers what a search did not show."""
    writing = client.profile.writing
    condition = _condition(documents.identifier(attested)) if writing.conditional_create else None
    return client.create(documents.document(attested, writing), if_none_exist=condition)


def withdraw_copies(client: FhirClient, copies: Iterable[Resource], *, patient_ref: str) -> int:
    """Mark every one that stands as entered in error; how many there were."""
    standing = [each for each in copies if each.get("status") != WRONG["status"]]
    for copy in standing:
        mark_document(client, ref_of(copy), WRONG, patient_ref=patient_ref)
    return len(standing)


def put_device(client: FhirClient, drafter: Drafter) -> str | None:
    """The Device's reference; None when the EHR keeps no such Device (it is then contained)."""
    if not client.profile.writing.device:
        return None
    wanted = documents.device_identifier(drafter)
    try:
        found = client.search("Device", {"identifier": _token(wanted)})
        if held := [each for each in found if _has_identifier(each, wanted)]:
            return min(map(ref_of, held))
    except (EhrRefused, EhrIncomplete):  # no search here: the conditional create must do
        pass
    try:
        made = client.create(documents.device(drafter), if_none_exist=_condition(wanted))
        return ref_of(made)
    except EhrRefused:
        return None


def put_provenance(
    client: FhirClient, attested: AttestedText, *, document_ref: str, device_ref: str | None
) -> str:
    """Find or create our Provenance of the document. Raises EhrRefused when it cannot be kept."""
    if existing := _find_provenance(client, document_ref, of_withdrawal=False):
        return existing

    def create(sources: Iterable[Resource]) -> str:
        made = provenance(
            attested,
            document_ref=document_ref,
            device_ref=device_ref,
            sources=sources,
            recorded=now(),
            organization=client.profile.writing.organization,
        )
        return ref_of(client.create(made))

    try:
        return create(source_ref(each) for each in attested.sources)
    except EhrRefused:  # it may check references and hold no record that came in a Bundle
        return create(source_name(each) for each in attested.sources)


def put_retraction(
    client: FhirClient, document_refs: Sequence[str], act: Act, *, version: str
) -> str:
    """Find or create our Provenance of a withdrawal. Raises EhrRefused when it cannot be kept."""
    if existing := _find_provenance(client, document_refs[0], of_withdrawal=True):
        return existing
    return ref_of(client.create(retraction(document_refs, act, version=version, recorded=now())))


def check_as_attested(client: FhirClient, document_ref: str, attested: AttestedText) -> None:
    """Read the document back; raise NotAsAttested unless it is, byte for byte, what was signed,
    and NotReadBack where the EHR does not give it."""
    try:
        stored = client.read(document_ref)
    except EhrRefused as refused:
        raise NotReadBack(
            f"The EHR took {document_ref} and does not let us read it back, so nobody has compared "
            f"it with the text that was signed: look at it in the EHR. {refused.sentence}"
        ) from None
    if stored.get("status") != "current":
        raise NotAsAttested(
            f"The EHR holds {document_ref} as {stored.get('status')}, so it was not filed again. "
            "Return the summary to review and change the text before it is signed again."
        )
    if not _is_about(stored, attested.patient_ref):
        raise NotAsAttested(f"The EHR holds {document_ref} for another patient. Tell IT at once.")
    if not _holds_text(client, stored, attested):
        raise NotAsAttested(
            f"The text of {document_ref} in the EHR differs from the text that was signed. "
            "Correct or withdraw it in the EHR, and tell IT that documents are altered on the way."
        )


def mark_document(
    client: FhirClient, document_ref: str, changes: Resource, *, patient_ref: str
) -> None:
    """Change elements of a document, unless it has them already or changed since it was read.
    Raises NotAsAttested where it is of another patient."""
    stored = client.read(document_ref)
    if not _is_about(stored, patient_ref):
        raise NotAsAttested(f"{document_ref} is of another patient in the EHR. Tell IT at once.")
    if all(stored.get(name) == value for name, value in changes.items()):
        return
    version = (stored.get("meta") or {}).get("versionId")
    client.update({**stored, **changes}, if_match=version)


def ref_of(stored: Resource) -> str:
    return f"{stored['resourceType']}/{stored['id']}"


def _find_provenance(client: FhirClient, document_ref: str, *, of_withdrawal: bool) -> str | None:
    try:
        found = list(client.search("Provenance", {"target": document_ref}))
    except (EhrRefused, EhrIncomplete):  # not searched here: our own row is all there is
        return None
    targets = (each for each in found if _targets(each, document_ref) and is_ours(each))
    return next((ref_of(p) for p in targets if is_of_withdrawal(p) is of_withdrawal), None)


def _is_about(stored: Resource, patient_ref: str) -> bool:
    reference = (stored.get("subject") or {}).get("reference", "")
    return bool(f"/{reference}".endswith(f"/{patient_ref}"))  # it may answer with its own address


def _targets(stored: Resource, document_ref: str) -> bool:
    named = [target.get("reference", "") for target in stored.get("target") or []]
    return any(each.partition("/_history/")[0].endswith(document_ref) for each in named)


def _holds_text(client: FhirClient, stored: Resource, attested: AttestedText) -> bool:
    """True when it is there, byte for byte, in the first form in which it was sent, and in every
    other that the EHR kept: nobody knows which of them it shows."""
    first, *others = client.profile.writing.content_types
    if _content(client, stored, first) != documents.content_bytes(attested, first):
        return False
    return all(
        _kept(client, stored, kind) in (None, documents.content_bytes(attested, kind))
        for kind in others
    )


def _kept(client: FhirClient, stored: Resource, kind: str) -> bytes | None:
    """None too where the EHR does not give it: it has been compared in the first form."""
    try:
        return _content(client, stored, kind)
    except EhrRefused:
        return None


def _content(client: FhirClient, stored: Resource, kind: str) -> bytes | None:
    """The bytes of the content of this type, inline or in a Binary; None when there is none."""
    for content in stored.get("content") or []:
        attachment = content.get("attachment") or {}
        if attachment.get("contentType", "").partition(";")[0].strip() != kind:
            continue
        if data := attachment.get("data"):
            return b64decode(data)
        if url := attachment.get("url"):
            return client.read_binary(url)[0]
    return None


def _has_identifier(stored: Resource, wanted: Resource) -> bool:
    held = stored.get("identifier") or []
    return any(
        each.get("system") == wanted["system"] and each.get("value") == wanted["value"]
        for each in held
    )


def _condition(identifier: Resource) -> str:
    return urlencode({"identifier": _token(identifier)})


def _token(identifier: Resource) -> str:
    """`system|value`, with FHIR's own separators escaped in the value (a model has any name)."""
    value = identifier["value"]
    for mark in "\\|,$":
        value = value.replace(mark, f"\\{mark}")
    return f"{identifier['system']}|{value}"
