"""Counts for a monitoring system: routes, statuses and seconds; nothing of any patient."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "countersign_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "countersign_request_seconds", "Time to answer.", ["method", "route"], registry=REGISTRY
)
SUMMARIES = Gauge(
    "countersign_summaries", "Summaries that stand at each status.", ["status"], registry=REGISTRY
)


def exposition(session: Session) -> bytes:
    """The metrics in Prometheus' text format; the gauges are read now."""
    query = select(Summary.status, func.count()).group_by(Summary.status)
    counts = dict(session.execute(query).all())
    for status in SummaryStatus:
        SUMMARIES.labels(status.value).set(counts.get(status, 0))
    return generate_latest(REGISTRY)
