"""One date as people write it."""

from datetime import date

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_BETWEEN = r"[\s./-]"


def written_dates(born: str) -> list[str]:
    """Patterns of a whole FHIR date in figures and in words; none for a year alone.

    Day and month are taken in either order: which one a note means cannot be told.
    """
    try:
        on = date.fromisoformat(born[:10])
    except ValueError:
        return []
    day, month, year = f"0?{on.day}", f"0?{on.month}", f"(?:{on.year}|{on.year % 100:02})"
    name = MONTHS[on.month - 1]
    named = rf"(?i:{name[:3]}(?:{name[3:]}|t)?\.?)" if len(name) > 3 else rf"(?i:{name})"
    return [
        rf"{on.year}{_BETWEEN}?{on.month:02}{_BETWEEN}?{on.day:02}",
        rf"{month}{_BETWEEN}{day}{_BETWEEN}{year}",
        rf"{day}{_BETWEEN}{month}{_BETWEEN}{year}",
        rf"{named}[\s-]{day}(?:st|nd|rd|th)?,?[\s-]{on.year}",
        rf"{day}(?:st|nd|rd|th)?[\s-](?:of )?{named},?[\s-]{on.year}",
    ]
