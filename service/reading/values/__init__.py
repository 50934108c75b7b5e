"""Numbers, dates and the like of a text, and whether two of them say the same."""

from service.reading.values.compare import agrees, conflicts, digits_of, same, says_number, tells
from service.reading.values.read import daily_total, values

__all__ = [
    "agrees",
    "conflicts",
    "daily_total",
    "digits_of",
    "same",
    "says_number",
    "tells",
    "values",
]
