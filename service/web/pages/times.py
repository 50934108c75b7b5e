"""Instants as people read them: in the institution's time zone, with the zone named."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup, escape

from service.database import now
from service.errors import WrongSetting

STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def zone_named(name: str) -> ZoneInfo:
    """The time zone of the setting. Raises WrongSetting."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise WrongSetting(
            f"COUNTERSIGN_TIME_ZONE {name} is not known; name one such as Europe/Stockholm."
        ) from None


def instant(at: datetime, zone: ZoneInfo) -> Markup:
    """`<time>` with date, minutes and the zone's name, e.g. 2026-09-01 14:05 CEST."""
    local = at.astimezone(zone)
    shown = f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
    return _time(_iso(at), shown)


def age(at: datetime, zone: ZoneInfo) -> Markup:
    """`<time>` with how long ago, the full instant on hover."""
    local = at.astimezone(zone)
    full = f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
    return _time(_iso(at), length(now() - at), title=full)


def length(passed: timedelta) -> str:
    """The largest whole unit, e.g. "3 h ago"; what has just been is "just now"."""
    seconds = int(passed.total_seconds())
    for step, unit in STEPS:
        if seconds >= step:
            return f"{seconds // step} {unit} ago"
    return "just now"


def fhir_day(value: str, zone: ZoneInfo) -> Markup | str:
    """A FHIR date as it was written; of a dateTime the day and minute in the zone."""
    if len(value) <= 10:
        return _time(value, value) if value else ""
    try:
        at = datetime.fromisoformat(value)
        return instant(at if at.tzinfo else at.replace(tzinfo=UTC), zone)
    except (ValueError, OverflowError):
        return value


def _time(at: str, shown: str, title: str = "") -> Markup:
    """Put together by hand: a page has hundreds, and Markup.format() takes them apart again."""
    told = f' title="{escape(title)}"' if title else ""
    return Markup(f'<time datetime="{escape(at)}"{told}>{escape(shown)}</time>')  # noqa: S704


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
