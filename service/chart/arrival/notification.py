"""Reading a notification of the Subscriptions R5 Backport 1.1, in its R4 and its R4B form. Pure.

Source: http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.chart.compartments import patient_of
from service.errors import BadInput
from service.fhir.references import local_ref, reference_of, type_of
from service.numbers import whole_number

Resource = Mapping[str, Any]

HANDSHAKE, HEARTBEAT, EVENT = "handshake", "heartbeat", "event-notification"
MAX_EVENTS = 10_000


@dataclass(frozen=True)
class Event:
    """`number` is None where the EHR does not count. `refs` are what it is about, "Type/id"."""

    number: int | None
    refs: tuple[str, ...]


@dataclass(frozen=True)
class Notification:
    """`kind` as FHIR has it; `status` of the subscription; `total` events since its start."""

    kind: str
    subscription_ref: str = ""
    status: str = ""
    total: int | None = None
    events: tuple[Event, ...] = ()


def read_notification(bundle: object, *, bases: tuple[str, ...]) -> Notification:
    """What it says; resources that came with it are read for whose they are. Raises BadInput."""
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    found = [e.get("resource") for e in entries or [] if isinstance(e, dict)]
    resources: list[Resource] = [each for each in found if isinstance(each, dict)]
    if not resources or (said := _status(resources[0])) is None:
        raise BadInput("This is no notification of a subscription: its first entry is no status.")
    owners = dict(_owners(resources[1:], bases))
    parts = said.pop("notification-event", [])
    if len(parts) > MAX_EVENTS:
        raise BadInput(f"More than {MAX_EVENTS} events at once: set the subscription's maxCount.")
    return Notification(
        str(_first(said, "type") or ""),
        _ref(_first(said, "subscription"), bases) or "",
        str(_first(said, "status") or ""),
        whole_number(_first(said, "events-since-subscription-start")),
        tuple(_event(each, owners, bases) for each in parts),
    )


def _first(said: Mapping[str, list[Any]], name: str) -> Any:
    return (said.get(name) or [None])[0]


def _status(resource: Resource) -> dict[str, list[Any]] | None:
    """Name to values, from R4's Parameters or R4B's SubscriptionStatus."""
    if resource.get("resourceType") == "Parameters":
        return _named(resource.get("parameter"))
    if resource.get("resourceType") != "SubscriptionStatus":
        return None
    events = [
        {
            "event-number": [each.get("eventNumber")],
            "focus": [each.get("focus")],
            "additional-context": each.get("additionalContext") or [],
        }
        for each in resource.get("notificationEvent") or []
        if isinstance(each, dict)
    ]
    total = resource.get("eventsSinceSubscriptionStart")
    return {
        "subscription": [resource.get("subscription")],
        "type": [resource.get("type")],
        "status": [resource.get("status")],
        "events-since-subscription-start": [total],
        "notification-event": events,
    }


def _named(parameters: object) -> dict[str, list[Any]]:
    """Each parameter's values by its name; one with parts is itself such a dict."""
    named: dict[str, list[Any]] = {}
    for each in parameters if isinstance(parameters, list) else []:
        if not isinstance(each, dict):
            continue
        parts = each.get("part")
        value = _named(parts) if parts else _value(each)
        named.setdefault(str(each.get("name")), []).append(value)
    return named


def _value(parameter: Resource) -> Any:
    return next((v for k, v in parameter.items() if k.startswith("value")), None)


def _event(said: Any, owners: Mapping[str, str], bases: tuple[str, ...]) -> Event:
    if not isinstance(said, dict):
        raise BadInput("An event of this notification has no parts.")
    context = [_ref(each, bases) for each in said.get("additional-context") or []]
    patients = tuple(ref for ref in context if ref and type_of(ref) == "Patient")
    focus = _ref(_first(said, "focus"), bases)
    refs = patients or ((owners.get(focus, focus),) if focus else ())
    return Event(whole_number(_first(said, "event-number")), refs)


def _ref(element: object, bases: tuple[str, ...]) -> str | None:
    return local_ref(reference_of(element) or "", bases=bases)


def _owners(resources: list[Resource], bases: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Whose a resource is that came with the notification (payload content full-resource)."""
    for each in resources:
        owner = patient_of(
            each, resolve=lambda r: local_ref(r, bases=bases) or r, find=lambda _: None
        )
        if owner:
            yield f"{each.get('resourceType')}/{each.get('id')}", owner
