"""One date as people write it."""

import tomllib
from datetime import date
from functools import cache

from service.drafting.model.naming import LISTS

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
_BETWEEN = r"[ \t]{0,2}[\s./\u2044\u2013-][ \t]{0,2}"  # "04 / 02 / 1987", "2. 4. 1987"


def written_dates(born: str) -> list[str]:
    """Patterns of a whole FHIR date in figures and in words; none for a year alone.

    Day and month are taken in either order: which one a note means cannot be told.
    """
    try:
        on = date.fromisoformat(born[:10])
    except ValueError:
        return []
    day, month, year = f"0?{on.day}", f"0?{on.month}", f"(?:{on.year}|['’]?{on.year % 100:02})"
    name = MONTHS[on.month - 1]
    named = rf"(?i:{name[:3]}(?:{name[3:]}|t)?\.?)" if len(name) > 3 else rf"(?i:{name})"
    of_month = rf"(?:{day}(?:st|nd|rd|th)?|(?i:{_ordinals()[on.day - 1]}))"
    return [
        rf"{on.year}(?:{_BETWEEN})?{on.month:02}(?:{_BETWEEN})?{on.day:02}",
        rf"{on.year}{_BETWEEN}{month}{_BETWEEN}{day}",
        rf"{month}{_BETWEEN}{day}{_BETWEEN}{year}",
        rf"{day}{_BETWEEN}{month}{_BETWEEN}{year}",
        rf"{on.month:02}{on.day:02}{on.year}|{on.day:02}{on.month:02}{on.year}",
        rf"{named}[\s./-]?{of_month},?[\s./-]{{0,2}}{year}",
        rf"{of_month}[\s./-]?(?:of )?{named},?[\s./-]{{0,2}}{year}",
    ]


@cache
def _ordinals() -> list[str]:
    return list(tomllib.loads(LISTS.read_text("utf-8"))["days"].split())
