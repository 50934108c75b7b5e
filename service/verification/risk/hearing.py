"""A place of a source heard in the words that a statement uses for the same risk."""

from dataclasses import replace
from functools import partial

from service.verification.place import Place
from service.verification.risk.reasons import carried_words
from service.verification.terms import read


def hearing_risk(statement: str, place: Place) -> Place:
    """The place with the statement's words for a risk that it names in others ("SI", "thoughts
    of suicide"). How the risk is meant is compared by `risk_reasons`."""
    carried = carried_words(statement, place.meant)
    if not carried:
        return place
    reading = read(f"{place.reading.text}\n{carried}")
    return replace(place, reading=reading, told=partial(str, place.meant))
