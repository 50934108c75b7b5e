"""Asking the EHR whose charts have changed: where it tells nothing by itself, and after a gap.

Nothing depends on it: a chart is read up to date before each draft. It only makes that sooner.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.arrival.follow import note_arrivals
from service.chart.arrival.models import Poll
from service.chart.asked import owner_of
from service.chart.models import Chart
from service.chart.searches import OVERLAP, SEARCHES
from service.database import Transactions, now
from service.fhir.client import FhirClient
from service.fhir.errors import EhrIncomplete, EhrRefused
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus as S

log = structlog.get_logger(__name__)

MAX_FOUND = 20_000  # of one type in one poll: an import into the EHR; the next poll goes on there
IN_USE = (S.IN_REVIEW, S.AWAITING_COSIGN, S.FILING_REFUSED)
TYPES = tuple(dict.fromkeys(["Patient", *(each.resource_type for each in SEARCHES)]))


@dataclass(frozen=True)
class Found:
    """Whose records of a type have changed, and up to when this is known; None for not at all."""

    patients: frozenset[str]
    until: datetime | None


def poll_due(transaction: Transactions, client: FhirClient, types: Iterable[str]) -> None:
    """Ask for what is new of each type since the last time that it was asked, where this is due."""
    every = timedelta(seconds=client.profile.arrival.every_s)
    with transaction() as session:
        asked = {poll.resource_type: poll.until for poll in session.scalars(select(Poll))}
    due = {each: asked.get(each) for each in types if _is_due(asked.get(each), every)}
    # The first time there is nothing to catch up on: a chart is read when it is first asked for.
    started_at = now()
    for each in (t for t, since in due.items() if since is None):
        _keep(transaction, each, started_at)
    poll(transaction, client, {t: since for t, since in due.items() if since is not None})


def _is_due(until: datetime | None, every: timedelta) -> bool:
    return until is None or now() - until >= every


def poll(transaction: Transactions, client: FhirClient, since: dict[str, datetime]) -> None:
    """Have the charts looked at that have changed since these instants, type by type. Raises
    EhrBusy and EhrTokenRefused; what was found before stays."""
    refused = set()
    for resource_type, at in since.items():
        started_at = now()
        found = _ask(client, resource_type, at)
        if found.until is None:
            refused.add(resource_type)
        with transaction() as session:
            note_arrivals(session, _followed(session, found.patients, client))
        _keep(transaction, resource_type, min(found.until or started_at, started_at))
    if refused:
        log.warning("poll.refused", types=sorted(refused))
        with transaction() as session:
            note_arrivals(session, _in_use(session, client))


def _ask(client: FhirClient, resource_type: str, since: datetime) -> Found:
    patients, latest, count = set(), since, 0
    at = (since - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = {"_lastUpdated": f"ge{at}", "_sort": "_lastUpdated"}
    try:
        for resource in client.search(resource_type, query):
            patients.add(owner_of(client, resource))
            latest, count = max(latest, _updated_at(resource) or latest), count + 1
            if count >= MAX_FOUND:
                return Found(_patients(patients), latest)
    except (EhrRefused, EhrIncomplete):
        return Found(_patients(patients), None)
    return Found(_patients(patients), now())


def _patients(owners: set[str | None]) -> frozenset[str]:
    return frozenset(owner for owner in owners if owner)


def _updated_at(resource: dict[str, object]) -> datetime | None:
    meta = resource.get("meta")
    said = str(meta.get("lastUpdated") or "") if isinstance(meta, dict) else ""
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _followed(session: Session, patients: frozenset[str], client: FhirClient) -> set[str]:
    if client.profile.arrival.unknown_patients:
        return set(patients)
    known = select(Chart.patient_ref).where(Chart.patient_ref.in_(patients))
    return set(session.scalars(known)) if patients else set()


def _in_use(session: Session, client: FhirClient) -> set[str]:
    """Where an EHR gives no news of everybody: the patients on whom somebody works, each chart not
    read again before the next poll is due."""
    before = now() - timedelta(seconds=client.profile.arrival.every_s)
    query = (
        select(Summary.patient_ref)
        .join(Chart, Chart.patient_ref == Summary.patient_ref)
        .where(Summary.status.in_(IN_USE), Chart.pulled_at < before)
    )
    return set(session.scalars(query.distinct()))


def _keep(transaction: Transactions, resource_type: str, until: datetime) -> None:
    with transaction() as session:
        session.merge(Poll(resource_type=resource_type, until=until))
