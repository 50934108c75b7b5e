"""The audit as FHIR R4 AuditEvents, for the institution's own record of who saw what."""

from datetime import UTC
from typing import Any

from service.access.glass import BROKEN, ENDED
from service.access.rulings import tells_of_notes
from service.audit import AuditEvent

_TYPES = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_OURS = "urn:countersign:audit"
# What an act does to what it concerns: create, read, update, delete, execute.
_READS = (".viewed", ".searched", ".read", ".replayed", ".exported")
_DELETES = (".erased", ".revoked", ".ended")
_TOLD = ("digest", "record", "status")
_REFUSED = (".denied", ".refused")
UNTOLD = "act.untold"
# As R4's own example of a break-glass tells it: a security alert, and which end of it.
_OVERRIDES = {
    BROKEN: {"system": _DICOM, "code": "110127", "display": "Emergency Override Started"},
    ENDED: {"system": _DICOM, "code": "110138", "display": "Emergency Override Stopped"},
}
_BTG = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "BTG",
    "display": "break the glass",
}


def audit_event(act: AuditEvent, *, with_withheld: bool = False) -> dict[str, Any]:
    """One row as an AuditEvent. Its id is the row's number, its hash and the one before in
    `entity.detail`, so that a copy can be held against the chain. No reasons: they may speak of the
    patient. What was done about notes that are withheld by their look only `with_withheld`: else
    such a row tells who did something and when, not what, nor of whom."""
    is_told = with_withheld or not tells_of_notes(act)
    action = act.action if is_told else UNTOLD
    is_refused = action.endswith(_REFUSED)
    return {
        "resourceType": "AuditEvent",
        "id": f"countersign-{act.seq}",
        "type": _type_of(action),
        "subtype": [*_override(action), {"system": _OURS, "code": action}],
        "action": _doing(action),
        "recorded": act.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "outcome": "4" if is_refused else "0",
        **({"purposeOfEvent": [{"coding": [_BTG]}]} if act.action == BROKEN else {}),
        "agent": [{"who": {"identifier": {"value": act.actor}}, "requestor": True}],
        "source": {"observer": {"display": "Countersign"}},
        "entity": [*_patients(act), _row(act, _TOLD)] if is_told else [_row(act, ())],
    }


def _override(action: str) -> list[dict[str, str]]:
    return [_OVERRIDES[action]] if action in _OVERRIDES else []


def _type_of(action: str) -> dict[str, str]:
    if action in _OVERRIDES:
        return {"system": _DICOM, "code": "110113", "display": "Security Alert"}
    if action.startswith(("session.", "token.")):
        return {"system": _DICOM, "code": "110114", "display": "User Authentication"}
    if action.startswith("audit."):
        return {"system": _DICOM, "code": "110101", "display": "Audit Log Used"}
    return {"system": _TYPES, "code": "rest", "display": "RESTful Operation"}


def _doing(action: str) -> str:
    if action in _OVERRIDES:
        return "E"
    if action.endswith(_READS):
        return "R"
    if action.endswith(_DELETES):
        return "D"
    return "C" if action.endswith((".requested", ".ingested", ".received")) else "U"


def _patients(act: AuditEvent) -> list[dict[str, Any]]:
    refs = [act.patient_ref] if act.patient_ref else act.detail.get("patients", ())
    return [
        {
            "what": {"reference": ref},
            "type": {
                "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
                "code": "1",
            },
        }
        for ref in refs
    ]


def _row(act: AuditEvent, names: tuple[str, ...]) -> dict[str, Any]:
    told = {"seq": act.seq, "hash": act.hash, "previous": act.previous_hash}
    told |= {name: act.detail[name] for name in names if name in act.detail}
    what = {"identifier": {"system": _OURS, "value": act.subject_id or str(act.seq)}}
    detail = [{"type": name, "valueString": str(value)} for name, value in told.items() if value]
    return {"what": what, "detail": detail}
