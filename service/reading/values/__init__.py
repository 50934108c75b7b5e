"""Numbers, dates and the like of a text, and whether two of them say the same."""

from service.reading.values.compare import agrees, conflicts, says_number, tells
from service.reading.values.equal import same
from service.reading.values.parts import digits_of
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
