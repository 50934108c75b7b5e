"""A medicine's order says more of its dose than a statement that tells one dose as all of it."""

from collections.abc import Iterable, Iterator, Sequence

from service.reading.assertions import Act, Assertion, Kind, Polarity, Value
from service.verification.models import Reason

_STEPS = (Act.STARTED, Act.INCREASED, Act.REDUCED, Act.TAPER)
# What says that it is a part: "for 5 days", "day 1", "on Mondays", "from 40 mg".
_OF_A_PART = ("duration", "stage", "date", "time", "from", "until", "change", "step")


def in_part(said: Iterable[Assertion], orders: Sequence[Sequence[Assertion]]) -> Iterator[Reason]:
    """What every cited order that has the dose has otherwise: other doses beside it, or as needed.
    Of no statement that tells no dose, or of which part it is."""
    for each in said:
        held = [[a for a in order if a.concept == each.concept] for order in orders]
        held = [order for order in held if order]
        if not held or not _is_whole(each):
            continue
        often = _values([each], "frequency")[0].said
        if all(map(_is_as_needed, held)):
            yield Reason("frequency", often, "as needed", True)
        elif all(_has_others(order, each) for order in held):
            doses = dict.fromkeys(v.said for v in _values(held[0], "dose"))
            yield Reason("dose", _values([each], "dose")[0].said, " and ".join(doses), True)


def _is_whole(said: Assertion) -> bool:
    """One dose and how often, of no part of the day or of the course."""
    doses, often = _values([said], "dose"), _values([said], "frequency")
    is_medicine = said.concept.kind is Kind.MEDICINE and said.polarity is Polarity.AFFIRMED
    is_part = said.act in _STEPS or any(v.what in _OF_A_PART for v in said.values)
    return is_medicine and not is_part and len(doses) == 1 and bool(often) and _is_plain(often)


def _is_plain(often: Iterable[Value]) -> bool:
    """So many times a day, in no part of it and not as needed."""
    return all(isinstance(v.value, tuple) and v.value[0] and not v.value[1] for v in often)


def _has_others(order: Sequence[Assertion], said: Assertion) -> bool:
    """Has it the dose, and others each with how often or as steps of their own?"""
    doses = {v.value for v in _values(order, "dose")}
    times = len(_values(order, "frequency", "stage", "step"))
    own = _values([said], "dose")[0].value
    return own in doses and len(doses) > 1 and times > 1


def _is_as_needed(order: Sequence[Assertion]) -> bool:
    often = [v.value for v in _values(order, "frequency")]
    return any(isinstance(value, tuple) and "as-needed" in value for value in often)


def _values(said: Iterable[Assertion], *what: str) -> list[Value]:
    """Without what is the most that may be given."""
    return [v for a in said for v in a.values if v.what in what and v.comparator != "<="]
