"""What drafting took, for hospital IT and quality: by writer, in counts; no chart, no patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database import now
from service.drafting.extractive import NAME as EXTRACTIVE
from service.drafting.models import ModelEndpoint
from service.review import permissions
from service.summary.models import SummaryVersion
from service.summary.people import SYSTEM, Person

SINCE = timedelta(days=30)


@dataclass(frozen=True)
class WriterUse:
    """The drafts of one writer. Seconds are of whole drafts; `cost` in the currency of the
    prices that are set; `from_chart` counts sections that the model was to write and did not."""

    name: str
    drafts: int
    sections: int
    from_chart: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float
    seconds_p50: float
    seconds_p95: float


@dataclass(frozen=True)
class EndpointState:
    """A model's endpoint as all workers see it: failures in a row, and until when nobody asks."""

    name: str
    failures: int
    said: str
    closed_until: datetime | None


@dataclass(frozen=True)
class Usage:
    """What was used since an instant."""

    since: datetime
    writers: tuple[WriterUse, ...]
    endpoints: tuple[EndpointState, ...]


def usage(session: Session, person: Person) -> Usage:
    """Of the last 30 days. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.READ_USAGE)
    since = now() - SINCE
    query = select(SummaryVersion.writer).where(
        SummaryVersion.made_by == SYSTEM, SummaryVersion.made_at >= since
    )
    by_name: dict[str, list[dict[str, Any]]] = {}
    for writer in session.scalars(query):
        by_name.setdefault(str(writer.get("name", "")), []).append(writer)
    used = tuple(_use(name, by_name[name]) for name in sorted(by_name))
    return Usage(since, used, tuple(_endpoints(session)))


def _use(name: str, drafts: list[dict[str, Any]]) -> WriterUse:
    sections = [said for each in drafts for said in each.get("sections", {}).values()]
    seconds = sorted(float(each.get("seconds") or 0) for each in drafts)
    return WriterUse(
        name=name,
        drafts=len(drafts),
        sections=len(sections),
        from_chart=sum(said.startswith(f"{EXTRACTIVE} (") for said in sections),
        calls=int(_sum(drafts, "calls")),
        tokens_in=int(_sum(drafts, "tokens_in")),
        tokens_out=int(_sum(drafts, "tokens_out")),
        cost=round(_sum(drafts, "cost"), 4),
        seconds_p50=_rank(seconds, 0.5),
        seconds_p95=_rank(seconds, 0.95),
    )


def _sum(drafts: Iterable[dict[str, Any]], key: str) -> float:
    return sum(each.get(key) or 0 for each in drafts)


def _rank(ordered: list[float], share: float) -> float:
    """The value that this share of the values does not exceed (nearest rank)."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _endpoints(session: Session) -> Iterable[EndpointState]:
    for row in session.scalars(select(ModelEndpoint).order_by(ModelEndpoint.name)):
        yield EndpointState(row.name, row.failures, row.said, row.closed_until)
