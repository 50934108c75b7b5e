"""Which period a summary is about, read from the encounters in the chart."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.template import WindowName
from service.drafting.words import mentions
from service.retrieval import visits

_URGENT_WORDS = ("emergency", "urgent")
PSYCHIATRIC = ("psychiatr", "mental health", "behavioral", "behavioural", "psycholog")
END_OF_DAY = timedelta(days=1)
STILL_SEEN = timedelta(days=365)  # after a year without one, the care is no longer theirs


@dataclass(frozen=True)
class Window:
    """A period: days from `since` on, before `until`; both ends open when None. `says` is how the
    document names it."""

    name: WindowName = "all"
    since: datetime | None = None
    until: datetime | None = None
    says: str = "whole chart"

    def holds(self, record: SourceRecord) -> bool:
        """Is the record of this period? One without a date is: unknown is not absent."""
        day = visits.day_of(record)
        if day is None:
            return True
        return (self.since is None or day >= self.since) and (
            self.until is None or day < self.until
        )

    def reaches(self, record: SourceRecord) -> bool:
        """Was it so before the period ended?"""
        return replace(self, since=None).holds(record)

    def without_start(self) -> "Window":
        return replace(self, name="all", since=None, says="whole chart")

    def without_end(self) -> "Window":
        return replace(self, until=None)

    @property
    def suffix(self) -> str:
        """For the end of an absence sentence: what the search was limited to."""
        return f" ({self.says})" if self.since or self.until else ""

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        for end in ("since", "until"):
            value[end] = value[end].isoformat() if value[end] else None
        return value


ALL = Window()


def resolve(
    name: WindowName, records: Iterable[SourceRecord], *, prefer: Sequence[str] = ()
) -> Window:
    """The period that `name` means in this chart.

    "since-last-visit" begins with the last outpatient visit that took place (the visit is
    in it), one that speaks of `prefer` before any other. Where the chart has no such
    encounter the whole chart is used, and `says` tells so.
    """
    known = list(records)
    if name == "since-last-visit":
        return _since_visit(visits.visited(known), _visits_of(prefer, known))
    return _admission(visits.last_stay(known)) if name == "last-admission" else ALL


def _visits_of(prefer: Sequence[str], records: Iterable[SourceRecord]) -> set[str]:
    """The encounters that speak of `prefer`, themselves or by a note that was written in them."""
    return {
        ref
        for r in records
        if r.resource_type == "Encounter" or r.is_note
        if (ref := r.encounter_ref if r.is_note else r.resource_ref)
        and mentions(f"{r.title}\n{r.author_role}" if r.is_note else r.text, prefer)
    }


def _since_visit(seen: list[SourceRecord], preferred: set[str]) -> Window:
    quiet = [
        r for r in seen if not (r.category == "EMER" or mentions(visits.kind_of(r), _URGENT_WORDS))
    ]
    chosen = _lately([r for r in quiet if r.resource_ref in preferred], quiet) or quiet or seen
    start = visits.day_of(chosen[-1]) if chosen else None
    if start is None:
        return replace(ALL, says="whole chart; no visit is recorded to count from")
    return Window("since-last-visit", start, None, f"since the visit of {start:%Y-%m-%d}")


def _lately(wanted: list[SourceRecord], seen: list[SourceRecord]) -> list[SourceRecord]:
    """The wanted visits, unless the last of them is long past beside the last visit of any kind."""
    if not wanted or not (wanted[-1].effective_at and seen[-1].effective_at):
        return []
    return wanted if seen[-1].effective_at - wanted[-1].effective_at <= STILL_SEEN else []


def _admission(stay: visits.Stay | None) -> Window:
    if stay is None:
        return replace(ALL, says="whole chart; no admission is recorded")
    if stay.end is None:
        says = f"admission of {stay.start:%Y-%m-%d}, no end recorded"
        return Window("last-admission", stay.start, None, says)
    says = f"admission of {stay.start:%Y-%m-%d} to {stay.end:%Y-%m-%d}"
    return Window("last-admission", stay.start, stay.end + END_OF_DAY, says)
