"""Which period a summary is about, read from the encounters in the chart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.citing import headline
from service.drafting.template import WindowName
from service.drafting.words import mentions

# Encounter.class codes (v3-ActCode); where an EHR sends its own, the words of its kind decide.
_STAY_CLASSES = ("IMP", "ACUTE", "NONAC", "OBSENC", "SS")
_STAY_WORDS = ("inpatient", "admission", "admitted", "hospital stay", "hospitalization")
_URGENT_WORDS = ("emergency", "urgent")
_NOT_HELD = ("planned", "cancelled", "entered-in-error")
_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?")
PSYCHIATRIC = ("psychiatr", "mental health", "behavioral", "behavioural", "psycholog")
END_OF_DAY = timedelta(days=1)
STILL_SEEN = timedelta(days=365)  # after a year without one, the care is no longer theirs


@dataclass(frozen=True)
class Window:
    """A period, both ends open when None. `says` is how the document names it."""

    name: WindowName = "all"
    since: datetime | None = None
    until: datetime | None = None
    says: str = "whole chart"

    def holds(self, record: SourceRecord) -> bool:
        """Is the record of this period? One without a date is: unknown is not absent."""
        at = record.effective_at
        if at is None:
            return True
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)

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
    held = list(records)
    took_place = [
        r for r in held
        if r.resource_type == "Encounter" and r.effective_at and r.status not in _NOT_HELD
    ]  # fmt: skip
    took_place.sort(key=lambda r: r.effective_at or datetime.min.replace(tzinfo=UTC))
    if name == "since-last-visit":
        visits = [r for r in took_place if not _is_stay(r)]
        return _since_visit(visits, _visits_of(prefer, held))
    if name == "last-admission":
        return _admission([r for r in took_place if _is_stay(r)])
    return ALL


def _visits_of(prefer: Sequence[str], records: Iterable[SourceRecord]) -> set[str]:
    """The encounters that speak of `prefer`, themselves or by a note that was written in them."""
    return {
        ref for r in records if r.resource_type == "Encounter" or r.is_note
        if (ref := r.encounter_ref if r.is_note else r.resource_ref)
        and mentions(f"{r.title}\n{r.author_role}" if r.is_note else r.text, prefer)
    }  # fmt: skip


def _since_visit(visits: list[SourceRecord], preferred: set[str]) -> Window:
    quiet = [r for r in visits if not (r.category == "EMER" or mentions(_kind(r), _URGENT_WORDS))]
    chosen = _lately([r for r in quiet if r.resource_ref in preferred], quiet) or quiet or visits
    if not chosen or chosen[-1].effective_at is None:
        return replace(ALL, says="whole chart; no visit is recorded to count from")
    start = _midnight(chosen[-1].effective_at)
    return Window("since-last-visit", start, None, f"since the visit of {start:%Y-%m-%d}")


def _lately(wanted: list[SourceRecord], visits: list[SourceRecord]) -> list[SourceRecord]:
    """The wanted visits, unless the last of them is long past beside the last visit of any kind."""
    if not wanted or not (wanted[-1].effective_at and visits[-1].effective_at):
        return []
    return wanted if visits[-1].effective_at - wanted[-1].effective_at <= STILL_SEEN else []


def _admission(stays: list[SourceRecord]) -> Window:
    if not stays or stays[-1].effective_at is None:
        return replace(ALL, says="whole chart; no admission is recorded")
    stay = stays[-1]
    assert stay.effective_at is not None
    start, end = _midnight(stay.effective_at), _end(stay)
    if end is None:
        return Window("last-admission", start, None, f"admission of {start:%Y-%m-%d}, not ended")
    says = f"admission of {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    return Window("last-admission", start, end + END_OF_DAY, says)


def _kind(encounter: SourceRecord) -> str:
    """What kind of contact it was: its title and the head of its headline, not its reason."""
    return f"{encounter.title}\n{headline(encounter).split(':')[0]}"


def _is_stay(encounter: SourceRecord) -> bool:
    return encounter.category in _STAY_CLASSES or mentions(_kind(encounter), _STAY_WORDS)


def _end(stay: SourceRecord) -> datetime | None:
    """The last date in the encounter's headline and period, None while it goes on."""
    if stay.status in ("in-progress", "arrived", "onleave"):
        return None
    lines = stay.text.splitlines()
    near = [lines[0], *(line for line in lines if line.lower().startswith("period"))]
    days = [datetime(int(y), int(m), int(d), tzinfo=UTC)
            for y, m, d, *_ in _DATE.findall("\n".join(near))]  # fmt: skip
    return max(days) if days else None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
