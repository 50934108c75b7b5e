"""Seeing to it that we learn what has changed: by what the EHR tells, else by asking."""

from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.chart.arrival.models import Poll, Subscription
from service.chart.arrival.polling import TYPES, poll, poll_due
from service.chart.arrival.subscriptions import PATH, Wanted, keep_subscriptions, wanted_of
from service.database import Transactions, now
from service.errors import CountersignError
from service.fhir.abilities import Abilities
from service.fhir.client import FhirClient
from service.fhir.errors import EhrRefused
from service.fhir.profile import Arrival

log = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(hours=1)  # the EHR has refused a subscription
SUBSCRIBING = "Subscription"  # among the polls: when a subscription was refused last


class Way(StrEnum):
    """How the news come, or that none are wanted."""

    NONE, TOPIC, REST_HOOK, POLL = "none", "topic", "rest-hook", "poll"


def way_of(arrival: Arrival, known: Abilities | None, *, public_url: str) -> Way:
    """The site's way, as far as the EHR goes it. It is asked where it cannot tell, or not reach us;
    where it does not say what it can, subscribing is tried."""
    if arrival.way != "told":
        return Way(arrival.way)
    is_served = known is None or not known.types or "create" in known.of(SUBSCRIBING).interactions
    if not (public_url and is_served):
        return Way.POLL
    return Way.TOPIC if arrival.topic else Way.REST_HOOK


def keep_arrivals(transaction: Transactions, client: FhirClient, *, public_url: str) -> None:
    """One round; one worker at a time. What fails is logged and tried again in the next."""
    with transaction() as session:
        if not _is_our_turn(session):
            return
        try:
            _round(transaction, client, public_url)
        except CountersignError as failed:
            log.warning("arrivals.failed", error=type(failed).__name__, said=failed.sentence)


def _is_our_turn(session: Session) -> bool:
    turn = func.pg_try_advisory_xact_lock(func.hashtextextended("arrivals", 0))
    return bool(session.scalar(select(turn)))


def _round(transaction: Transactions, client: FhirClient, public_url: str) -> None:
    arrival = client.profile.arrival
    known = client.abilities()  # whatever the way: at the start and daily, for the log
    way = way_of(arrival, known, public_url=public_url)
    types = arrival.types or TYPES
    wanted = wanted_of(arrival, types) if way in (Way.TOPIC, Way.REST_HOOK) else []
    if not _subscribed(transaction, client, wanted, public_url + PATH) or way is Way.POLL:
        poll_due(transaction, client, types)
    for gap in _gaps(transaction):
        _fill(transaction, client, gap, types)


def _subscribed(
    transaction: Transactions, client: FhirClient, wanted: list[Wanted], endpoint: str
) -> bool:
    """False where the EHR refuses a subscription: it is asked then, and tried again in an hour."""
    with transaction() as session:
        refused = session.get(Poll, SUBSCRIBING) if wanted else None
        if refused is not None and now() - refused.until < AGAIN_AFTER:
            return False
    try:
        keep_subscriptions(transaction, client, wanted, endpoint=endpoint)
    except EhrRefused as failed:
        log.warning("subscription.refused", status=failed.http_status)
        with transaction() as session:
            session.merge(Poll(resource_type=SUBSCRIBING, until=now()))
        return False
    return True


def _gaps(transaction: Transactions) -> list[Subscription]:
    with transaction() as session:
        query = select(Subscription).where(Subscription.gap_since.is_not(None))
        return list(session.scalars(query))


def _fill(
    transaction: Transactions, client: FhirClient, ours: Subscription, types: tuple[str, ...]
) -> None:
    """Search for what a subscription did not tell. What comes meanwhile opens the gap anew."""
    asked: datetime = ours.gap_since or now()
    of = [ours.resource_type] if ours.resource_type else types
    heard = ours.heard_at
    poll(transaction, client, dict.fromkeys(of, asked))
    with transaction() as session:
        this = update(Subscription).where(Subscription.id == ours.id)
        session.execute(this.where(Subscription.heard_at == heard).values(gap_since=None))
        session.execute(this.where(Subscription.heard_at != heard).values(gap_since=heard))
