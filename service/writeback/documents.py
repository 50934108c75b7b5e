"""The DocumentReference and the Device as FHIR R4 dicts. Pure: values in, a resource out.

DocumentReference follows US Core 9 (StructureDefinition us-core-documentreference).
"""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from service.fhir.profile import ContentType, Writing
from service.writeback import ai_transparency
from service.writeback.attested import AttestedText, Attester, Coding, Drafter, Period
from service.writeback.page import page

Resource = dict[str, Any]

FILING_SYSTEM = "urn:countersign:filing"
DEVICE_SYSTEM = "urn:countersign:device"
LOINC = "http://loinc.org"
WHOLE = Writing()  # an R4 server that does what its book says

_US_CORE = "http://hl7.org/fhir/us/core"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_CONFIDENTIALITY = frozenset("ULMNRV")
# Sensitivity codes of v3-ActCode (InformationSensitivityPolicy and the privacy law behind them).
_SENSITIVITY = frozenset(
    {
        "42CFRPart2",
        "ALCUSE",
        "BH",
        "BHOUTPV",
        "COGN",
        "DVD",
        "EMOTDIS",
        "ETH",
        "ETHUD",
        "GDIS",
        "HIV",
        "MH",
        "MST",
        "OPIOIDUD",
        "PREGNANT",
        "PSY",
        "PSYTHPN",
        "SCA",
        "SDV",
        "SEX",
        "SICKLE",
        "SPI",
        "STD",
        "SUD",
        "TBOO",
        "VIO",
    }
)


# The short notice of 42 CFR 2.32, which goes with every disclosure. Beside the text: what is filed
# is byte for byte what was signed.
NO_REDISCLOSURE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


def _description(attested: AttestedText) -> str:
    """Who vouched, when, and what software drafted it from how much: for EHRs that keep no
    Provenance, and for a reader who sees the document alone."""
    signed = "; ".join(
        f"{each.meaning} by {each.name}, {each.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        for each in attested.attesters
    )
    drafter, read = attested.drafter, len(attested.sources)
    drafted = f"drafted by Countersign {drafter.product_version} ({drafter.model})"
    said = f"{signed}; {drafted} from {read} record{'' if read == 1 else 's'}."
    notice = f"{NO_REDISCLOSURE} " if _is_of_part_2(attested) else ""
    return notice + said[0].upper() + said[1:]


def _is_of_part_2(attested: AttestedText) -> bool:
    return any(each.startswith("42CFRPart2") for each in attested.labels)


def filing_value(summary_id: str, digest: str) -> str:
    """The business identifier of one attested text, the same on every attempt to file it."""
    return f"{summary_id}:{digest}"


def document(attested: AttestedText, writing: Writing = WHOLE) -> Resource:
    """The DocumentReference that carries exactly the attested text, as the site's EHR takes it."""
    replaces = [_replaces(each) for each in attested.replaces]
    labels = [_security_label(each) for each in attested.labels]
    return {
        "resourceType": "DocumentReference",
        "meta": {
            "profile": [f"{_US_CORE}/StructureDefinition/us-core-documentreference"],
            "security": [ai_transparency.asserted_by_ai()],
        },
        "identifier": [identifier(attested)],
        "status": "current",
        **({"docStatus": _doc_status(attested)} if writing.doc_status else {}),
        "type": _document_type(attested.type),
        "category": [_category(writing)],
        "subject": {"reference": attested.patient_ref},
        "date": instant(attested.authenticator.at),
        "author": [_person(attested.author)],
        "authenticator": _person(attested.authenticator),
        **_custodian(writing),
        **({"relatesTo": replaces} if replaces else {}),
        **({"securityLabel": labels} if labels else {}),
        "description": _description(attested),
        "content": [_content(attested, kind) for kind in writing.content_types],
        **_context(attested),
    }


def device(drafter: Drafter) -> Resource:
    """The software that assembled the draft: its version and the model inside."""
    return {
        "resourceType": "Device",
        "identifier": [device_identifier(drafter)],
        "extension": [ai_transparency.ai_kind(drafter.model)],
        "status": "active",
        "manufacturer": "Countersign",
        "modelNumber": drafter.model,
        "deviceName": [{"name": "Countersign summaries", "type": "user-friendly-name"}],
        "type": ai_transparency.ai_type(),
        "version": [{"value": drafter.product_version}],
    }


def identifier(attested: AttestedText) -> Resource:
    return identifier_of(attested.summary_id, attested.digest)


def identifier_of(summary_id: str, digest: str) -> Resource:
    return {"system": FILING_SYSTEM, "value": filing_value(summary_id, digest)}


def device_identifier(drafter: Drafter) -> Resource:
    return {"system": DEVICE_SYSTEM, "value": f"{drafter.product_version}/{drafter.model}"}


def instant(at: datetime) -> str:
    """A FHIR instant in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def content_bytes(attested: AttestedText, kind: ContentType) -> bytes:
    """The attested text in one of the forms that an EHR takes; each says the same words."""
    content = attested.content
    return (content.text() if kind == "text/plain" else page(content)).encode()


def _doc_status(attested: AttestedText) -> str:
    return "amended" if attested.replaces else "final"


def _content(attested: AttestedText, kind: ContentType) -> Resource:
    content = content_bytes(attested, kind)
    attachment = {
        "contentType": f"{kind};charset=utf-8",
        "data": b64encode(content).decode(),
        "size": len(content),
        # R4 fixes SHA-1 here (Attachment.hash); our own digest is SHA-256, in the identifier.
        "hash": b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
        "title": attested.content.title,
        "creation": instant(attested.made_at),
    }
    return {"attachment": attachment}


def _context(attested: AttestedText) -> Resource:
    context: Resource = {}
    if attested.encounter_ref:
        context["encounter"] = [{"reference": attested.encounter_ref}]
    if attested.period != Period():
        ends = {"start": attested.period.start, "end": attested.period.end}
        context["period"] = {name: value for name, value in ends.items() if value}
    return {"context": context} if context else {}


def _person(attester: Attester) -> Resource:
    return {"reference": attester.practitioner_ref, "display": attester.name}


def _custodian(writing: Writing) -> Resource:
    organization = writing.organization
    return {"custodian": {"reference": organization}} if organization else {}


def _replaces(document_ref: str) -> Resource:
    return {"code": "replaces", "target": {"reference": document_ref}}


def _document_type(coding: Coding) -> Resource:
    return {"coding": [{"system": LOINC, "code": coding.code, "display": coding.display}]}


def _category(writing: Writing) -> Resource:
    return {"coding": [writing.category.model_dump()]}


def _security_label(code: str) -> Resource:
    if code in _CONFIDENTIALITY:
        return {"coding": [{"system": f"{_TERMINOLOGY}/v3-Confidentiality", "code": code}]}
    if code in _SENSITIVITY:
        return {"coding": [{"system": f"{_TERMINOLOGY}/v3-ActCode", "code": code}]}
    return {"text": code}  # an institution's own label: carried on, but in no system of ours
