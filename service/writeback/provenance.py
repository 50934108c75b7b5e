"""The Provenance of a filed text: which software assembled it, who vouched, from what.

Profile: AI Provenance (see ai_transparency). R4 has no Provenance.identifier, so ours is known
by the identifier of its Device.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service.writeback import ai_transparency
from service.writeback.attested import AttestedText, Attester, Source
from service.writeback.documents import DEVICE_SYSTEM, device, device_identifier, instant

Resource = dict[str, Any]

PROMPT_SYSTEM = "urn:countersign:prompt"
SOURCE_SYSTEM = "urn:countersign:source"
CONTAINED = "device"

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_DISPLAY = {"assembler": "Assembler", "attester": "Attester", "legal": "Legal Authenticator"}


def provenance(
    attested: AttestedText,
    *,
    document_ref: str,
    device_ref: str | None,
    sources: Iterable[Resource],
    recorded: datetime,
) -> Resource:
    """The Provenance of `document_ref`. `sources` are References (source_ref or source_name).

    Without a `device_ref` the Device is contained, for an EHR that keeps no Devices of ours.
    """
    contained = {} if device_ref else {"contained": [device(attested.drafter) | {"id": CONTAINED}]}
    return {
        "resourceType": "Provenance",
        **contained,
        "target": [{"reference": document_ref}],
        "occurredDateTime": instant(attested.authenticator.at),
        "recorded": instant(recorded),
        "reason": [ai_transparency.ai_reason(), _treatment()],
        "activity": _activity("UPDATE", "revise")
        if attested.replaces
        else _activity("CREATE", "create"),
        "agent": [
            _assembler(attested, device_ref or f"#{CONTAINED}"),
            *(_attester(each) for each in attested.attesters),
        ],
        **_entities(attested, sources),
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


def _assembler(attested: AttestedText, device_ref: str) -> Resource:
    who = {
        "reference": device_ref,
        "identifier": device_identifier(attested.drafter),
        "display": "Countersign",
    }
    return {"type": _agent_type("assembler"), "role": [ai_transparency.ai_type()], "who": who}


def _attester(attester: Attester) -> Resource:
    # The second signature is the one that binds the institution: "legal" in the HL7 list.
    code = "legal" if attester.meaning == "cosigned" else "attester"
    who = {"reference": attester.practitioner_ref, "display": attester.name}
    return {"type": _agent_type(code), "who": who}


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


def _treatment() -> Resource:
    system = f"{_TERMINOLOGY}/v3-ActReason"
    return {"coding": [{"system": system, "code": "TREAT", "display": "treatment"}]}
