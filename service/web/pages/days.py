"""Days that a person types."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.errors import BadInput


def midnight(typed: str, zone: ZoneInfo, days: int = 0) -> datetime | None:
    """When a day begins in this zone; with `days=1` when it ends. Raises BadInput."""
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed) + timedelta(days=days)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput("Write days as year-month-day, such as 2026-09-01.") from None
