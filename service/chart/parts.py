"""Who takes part in a patient's care and from when to when, as one resource says it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from service.chart.render.dates import instant, text_of
from service.fhir.references import reference_of

COMES = frozenset({"booked", "pending", "arrived", "checked-in"})
IS_HERE = frozenset({"arrived", "triaged", "in-progress", "onleave"})
# Statuses in which each may be care that goes on, or has just ended; "" is of one that does not
# say. A role has no status of its own: see _status().
COUNTS = {
    "CareTeam": {"active", ""},
    "Encounter": {*IS_HERE, "finished"},
    "Appointment": {*COMES, "fulfilled"},
    "PractitionerRole": {""},
}
MARGIN_TYPES = ("Encounter", "Appointment")  # prepared for before, and written about after
ACTORS = ("actor", "individual", "member", "onBehalfOf")
# An edge that is written and cannot be read is on the side on which nobody takes part.
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
LASTS = {4: timedelta(days=366), 7: timedelta(days=31), 10: timedelta(days=1)}

Span = tuple[datetime | None, datetime | None]


class Part(NamedTuple):
    """That `actor`, as the resource refers to it, takes part from `starts_at` until `ends_at`,
    None where there is no such edge."""

    actor: str
    starts_at: datetime | None
    ends_at: datetime | None

    def is_current(self, at: datetime, margin: timedelta) -> bool:
        has_begun = self.starts_at is None or self.starts_at <= at + margin
        return has_begun and not self.is_over(at - margin)

    def is_over(self, at: datetime) -> bool:
        return self.ends_at is not None and self.ends_at < at


def margin_of(resource: Mapping[str, Any], around: timedelta) -> timedelta:
    """How long before and after its time it counts: a team counts while it lasts."""
    return around if resource.get("resourceType") in MARGIN_TYPES else timedelta()


def parts_of(resource: Mapping[str, Any], zone: tzinfo) -> Iterator[Part]:
    """Who takes part, each within the time of the whole; days are those of `zone`. Nobody where it
    is called off, planned for some day, or entered in error."""
    kind = str(resource.get("resourceType"))
    if _status(resource) not in COUNTS.get(kind, ()):
        return
    starts_at, ends_at = _whole(resource, zone)
    for period, told in _named(resource):
        since, until = _span(period, zone)
        if reference := reference_of(told):
            yield Part(reference, _last(starts_at, since), _first(ends_at, until))


def dicts(value: object) -> Iterable[Mapping[str, Any]]:
    return [e for e in value if isinstance(e, Mapping)] if isinstance(value, list) else []


def _status(resource: Mapping[str, Any]) -> str:
    if resource.get("resourceType") == "PractitionerRole":
        return "inactive" if resource.get("active") is False else ""
    return str(resource.get("status") or "")


def _whole(resource: Mapping[str, Any], zone: tzinfo) -> Span:
    """An appointment is at its time, and what is over has had one: without any it is nobody's."""
    is_appointment = resource.get("resourceType") == "Appointment"
    starts_at, ends_at = _span(resource if is_appointment else resource.get("period"), zone)
    if is_appointment or resource.get("status") == "finished":
        ends_at = ends_at or starts_at or LONG_AGO
    return (starts_at or ends_at if is_appointment else starts_at), ends_at


def _named(resource: Mapping[str, Any]) -> Iterator[tuple[object, object]]:
    """Each reference to somebody who takes part, after the period that bounds it alone."""
    for told in dicts(resource.get("participant")):
        if told.get("status") != "declined":
            yield from ((told.get("period"), told.get(key)) for key in ACTORS)
    for place in dicts(resource.get("location")):
        if (place.get("status") or "active") == "active":
            yield place.get("period"), place.get("location")
    houses = dicts(resource.get("managingOrganization"))
    for whole in (resource.get("serviceProvider"), resource.get("practitioner"), *houses):
        yield None, whole
    if resource.get("resourceType") == "CareTeam" and resource.get("id"):
        yield None, {"reference": f"CareTeam/{resource.get('id')}"}


def _span(period: object, zone: tzinfo) -> Span:
    """Of a Period, or of what has a start and an end of its own. Systems write the year 1 for no
    start and 9999 for no end."""
    if period is None:
        return None, None
    if not isinstance(period, Mapping):
        return NEVER, LONG_AGO
    start, end = period.get("start"), period.get("end")
    starts_at = None if _is_open(start, "0001") else _begin(text_of(start), zone) or NEVER
    ends_at = None if _is_open(end, "9999") else _end(text_of(end), zone) or LONG_AGO
    return starts_at, ends_at


def _is_open(written: object, year: str) -> bool:
    return written in (None, "") or text_of(written).startswith(year)


def _begin(written: str, zone: tzinfo) -> datetime | None:
    at = instant(written)
    return at.replace(tzinfo=zone).astimezone(UTC) if at and len(written) in LASTS else at


def _end(written: str, zone: tzinfo) -> datetime | None:
    """A day ends with its last moment, where the site is."""
    at = instant(written)
    if at is None or len(written) not in LASTS:
        return at
    return (at.replace(tzinfo=zone) + LASTS[len(written)]).astimezone(UTC)


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
