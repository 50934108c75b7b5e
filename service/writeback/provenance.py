"""The Provenance of a filed text: which software assembled it, who vouched, from what.

Profile: AI Provenance (see ai_transparency). R4 has no Provenance.identifier, so ours is known
by the identifier of its Device.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service.writeback import ai_transparency
from service.writeback.acts import Act
from service.writeback.attested import AttestedText, Attester, Source
from service.writeback.documents import DEVICE_SYSTEM, device, device_identifier, instant

Resource = dict[str, Any]

PROMPT_SYSTEM = "urn:countersign:prompt"
SOURCE_SYSTEM = "urn:countersign:source"
PERSON_SYSTEM = "urn:countersign:person"
CONTAINED = "device"

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_DISPLAY = {
    "assembler": "Assembler",
    "attester": "Attester",
    "enterer": "Enterer",
    "legal": "Legal Authenticator",
    "performer": "Performer",
}
_CREATED, _REVISED, _WITHDRAWN = ("CREATE", "create"), ("UPDATE", "revise"), ("NULLIFY", "nullify")


def provenance(
    attested: AttestedText,
    *,
    document_ref: str,
    device_ref: str | None,
    sources: Iterable[Resource],
    recorded: datetime,
    organization: str = "",
) -> Resource:
    """The Provenance of `document_ref`. `sources` are References (source_ref or source_name).

    Without a `device_ref` the Device is contained, for an EHR that keeps no Devices of ours. The
    software works on behalf of the author, and people on that of the `organization` if given.
    """
    contained = {} if device_ref else {"contained": [device(attested.drafter) | {"id": CONTAINED}]}
    return {
        "resourceType": "Provenance",
        **contained,
        "target": [{"reference": document_ref}],
        "occurredDateTime": instant(attested.authenticator.at),
        "recorded": instant(recorded),
        "reason": [ai_transparency.ai_reason(), _treatment(), *_why(attested.amended_because)],
        "activity": _activity(*(_REVISED if attested.replaces else _CREATED)),
        "agent": [
            _assembler(attested, device_ref or f"#{CONTAINED}"),
            *(_attester(each, organization) for each in attested.attesters),
        ],
        **_entities(attested, sources),
    }


def retraction(
    document_refs: Iterable[str], act: Act, *, version: str, recorded: datetime
) -> Resource:
    """The Provenance of a withdrawal: who asked for it, when and why, and what software did it."""
    return {
        "resourceType": "Provenance",
        "target": [{"reference": each} for each in document_refs],
        "occurredDateTime": instant(act.at),
        "recorded": instant(recorded),
        **({"reason": why} if (why := _why(act.reason)) else {}),
        "activity": _activity(*_WITHDRAWN),
        "agent": [
            {"type": _agent_type("performer"), "who": _person(act)},
            {"type": _agent_type("enterer"), "who": _software(version)},
        ],
    }


def source_ref(source: Source) -> Resource:
    """A literal Reference to the version that was read."""
    return {"reference": source.versioned_ref}


def source_name(source: Source) -> Resource:
    """A logical Reference, for an EHR that does not hold the record (it came in a Bundle)."""
    named = {"system": SOURCE_SYSTEM, "value": source.versioned_ref}
    return {"type": source.ref.partition("/")[0], "identifier": named}


def is_ours(stored: Resource) -> bool:
    """Whether a Provenance found in the EHR is one that Countersign made."""
    whos = [agent.get("who") or {} for agent in stored.get("agent") or []]
    return any((who.get("identifier") or {}).get("system") == DEVICE_SYSTEM for who in whos)


def is_of_withdrawal(stored: Resource) -> bool:
    """Whether it tells of a withdrawal, not of how the text came to be."""
    codings = (stored.get("activity") or {}).get("coding") or []
    return any(each.get("code") == _WITHDRAWN[0] for each in codings)


def _assembler(attested: AttestedText, device_ref: str) -> Resource:
    who = {
        "reference": device_ref,
        "identifier": device_identifier(attested.drafter),
        "display": "Countersign",
    }
    return {
        "type": _agent_type("assembler"),
        "role": [ai_transparency.ai_type()],
        "who": who,
        "onBehalfOf": {"reference": attested.author.practitioner_ref},
    }


def _attester(attester: Attester, organization: str) -> Resource:
    # The second signature is the one that binds the institution: "legal" in the HL7 list.
    code = "legal" if attester.meaning == "cosigned" else "attester"
    who = {"reference": attester.practitioner_ref, "display": attester.name}
    behalf = {"onBehalfOf": {"reference": organization}} if organization else {}
    return {"type": _agent_type(code), "who": who, **behalf}


def _person(act: Act) -> Resource:
    """By their Practitioner; who has none (IT, at a recall) by the name that the audit has."""
    if act.practitioner_ref:
        return {"reference": act.practitioner_ref}
    return {"identifier": {"system": PERSON_SYSTEM, "value": act.actor}, "display": act.actor}


def _software(version: str) -> Resource:
    named = {"system": DEVICE_SYSTEM, "value": version}
    return {"type": "Device", "identifier": named, "display": "Countersign"}


def _entities(attested: AttestedText, sources: Iterable[Resource]) -> Resource:
    entities: list[Resource] = [
        {"role": "revision", "what": {"reference": each}} for each in attested.replaces
    ]
    if attested.drafter.prompt:
        entities.append({"role": "derivation", "what": _prompt(attested)})
    entities += [{"role": "source", "what": each} for each in sources]
    return {"entity": entities} if entities else {}


def _prompt(attested: AttestedText) -> Resource:
    drafter = attested.drafter
    named = {"system": PROMPT_SYSTEM, "value": f"{drafter.prompt}#{drafter.prompt_hash}"}
    return {"identifier": named, "display": f"Prompt folder {drafter.prompt}"}


def _agent_type(code: str) -> Resource:
    system = f"{_TERMINOLOGY}/provenance-participant-type"
    return {"coding": [{"system": system, "code": code, "display": _DISPLAY[code]}]}


def _activity(code: str, display: str) -> Resource:
    system = f"{_TERMINOLOGY}/v3-DataOperation"
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _why(reason: str) -> list[Resource]:
    """In the words of the person; their own code system nobody has."""
    return [{"text": reason}] if reason else []


def _treatment() -> Resource:
    system = f"{_TERMINOLOGY}/v3-ActReason"
    return {"coding": [{"system": system, "code": "TREAT", "display": "treatment"}]}
