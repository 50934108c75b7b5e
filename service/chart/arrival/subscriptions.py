"""Our Subscriptions in the EHR: made, looked after, made anew when they fall silent, ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.chart.arrival.models import Subscription
from service.chart.arrival.tokens import hashed, new_token
from service.database import Transactions, now
from service.fhir.client import FhirClient
from service.fhir.errors import EhrNotFound, EhrRefused, EhrUnknown
from service.fhir.profile import Arrival

log = structlog.get_logger(__name__)

PATH = "/fhir/notify"
LOOK_EVERY = timedelta(minutes=30)  # at one that has no heartbeat
SILENT_BEATS = 3  # a network may lose one
HANDSHAKE_WITHIN = timedelta(minutes=10)
_GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"


@dataclass(frozen=True)
class Wanted:
    """A subscription that there should be: to a topic, or plainly to a resource type."""

    topic: str = ""
    resource_type: str = ""


def wanted_of(arrival: Arrival, types: Iterable[str]) -> list[Wanted]:
    """One for the site's topic; without a topic one for each type, as R4 has it."""
    if arrival.topic:
        return [Wanted(topic=arrival.topic)]
    return [Wanted(resource_type=each) for each in types]


def subscription(wanted: Wanted, arrival: Arrival, *, endpoint: str, token: str) -> dict[str, Any]:
    """The Subscription as R4 has it. Only ids come: the chart is read by our own client."""
    channel: dict[str, Any] = {
        "type": "rest-hook",
        "endpoint": endpoint,
        "header": [f"Authorization: Bearer {token}"],
    }
    resource: dict[str, Any] = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Countersign keeps the charts that it summarizes up to date.",
        "criteria": wanted.topic or f"{wanted.resource_type}?",
        "channel": channel,
    }
    if not wanted.topic:
        return resource
    profile = f"{_GUIDE}/backport-subscription"
    channel["payload"] = "application/fhir+json"
    channel["_payload"] = {
        "extension": [_extension("backport-payload-content", "valueCode", "id-only")]
    }
    beat = _extension("backport-heartbeat-period", "valueUnsignedInt", round(arrival.heartbeat_s))
    channel["extension"] = [beat]
    if arrival.filters:
        resource["_criteria"] = {
            "extension": [
                _extension("backport-filter-criteria", "valueString", each)
                for each in arrival.filters
            ]
        }
    return resource | {"meta": {"profile": [profile]}}


def _extension(name: str, kind: str, value: object) -> dict[str, object]:
    return {"url": f"{_GUIDE}/{name}", kind: value}


def keep_subscriptions(
    transaction: Transactions, client: FhirClient, wanted: Iterable[Wanted], *, endpoint: str
) -> None:
    """Have exactly these. One that the EHR has stopped is made anew; what it, or one that has
    fallen silent, did not tell is searched for. Raises FhirError where none can be made."""
    wanted = list(wanted)
    with transaction() as session:
        held = list(session.scalars(select(Subscription)))
    for each in held:
        if Wanted(each.topic, each.resource_type) not in wanted:
            _drop(transaction, client, each)
    by_wanted = {Wanted(each.topic, each.resource_type): each for each in held}
    for each_wanted in wanted:
        mine = by_wanted.get(each_wanted)
        if mine is None:
            _make(transaction, client, each_wanted, endpoint)
        elif needs_look(mine, client.profile.arrival, now()) and not _is_well(
            transaction, client, mine
        ):
            log.warning("subscription.lost", id=mine.id)
            _drop(transaction, client, mine)
            _make(transaction, client, each_wanted, endpoint, gap_since=mine.heard_at)


def needs_look(ours: Subscription, arrival: Arrival, at: datetime) -> bool:
    """Whether it has been silent too long, or has not been looked at for long."""
    if not ours.ehr_ref:
        return at - ours.made_at > HANDSHAKE_WITHIN
    silent = at - max(ours.heard_at, ours.looked_at)
    if ours.topic:
        return silent > SILENT_BEATS * timedelta(seconds=arrival.heartbeat_s)
    return silent > LOOK_EVERY


def _is_well(transaction: Transactions, client: FhirClient, ours: Subscription) -> bool:
    """What the EHR says of it. Of a topic's that is silent though it should beat, what it may not
    have told is searched for."""
    try:
        status = client.read(ours.ehr_ref).get("status") if ours.ehr_ref else "unknown"
    except EhrNotFound:
        return False
    except EhrRefused:
        status = "active"  # we may not read it: hearing is all there is
    if status != "active":
        return False
    with transaction() as session:
        _changed(session, ours.id, looked_at=now())
        if ours.topic:
            _changed(session, ours.id, gap_since=ours.gap_since or ours.heard_at)
    return True


def _make(
    transaction: Transactions,
    client: FhirClient,
    wanted: Wanted,
    endpoint: str,
    *,
    gap_since: datetime | None = None,
) -> None:
    """The row first: the EHR's handshake may come before its answer."""
    token = new_token()
    with transaction() as session:
        row = Subscription(
            topic=wanted.topic,
            resource_type=wanted.resource_type,
            token_hash=hashed(token),
            gap_since=gap_since,
        )
        session.add(row)
        session.flush()
        row_id = row.id
    asked = subscription(wanted, client.profile.arrival, endpoint=endpoint, token=token)
    try:
        made = client.create(asked)
    except EhrUnknown:
        return  # it may be there: then its handshake comes; else it is made anew
    except Exception:
        with transaction() as session:
            session.execute(delete(Subscription).where(Subscription.id == row_id))
        raise
    with transaction() as session:
        _changed(session, row_id, ehr_ref=f"Subscription/{made['id']}")
    log.info("subscription.made", id=row_id)


def _drop(transaction: Transactions, client: FhirClient, ours: Subscription) -> None:
    """End it in the EHR, where that can be said; here its token is good for nothing then."""
    with transaction() as session:
        session.execute(delete(Subscription).where(Subscription.id == ours.id))
    try:
        if ours.ehr_ref:
            stored = client.read(ours.ehr_ref)
            client.update({**stored, "status": "off"}, if_match=None)
    except (EhrRefused, EhrUnknown):
        log.warning("subscription.not-ended", id=ours.id)


def _changed(session: Session, row_id: str, **values: object) -> None:
    session.execute(update(Subscription).where(Subscription.id == row_id).values(**values))
