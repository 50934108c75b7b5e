"""Did it rise or fall? Two results of a series, in the order of their days."""

from collections.abc import Iterator, Sequence

from service.reading.assertions import Assertion, Kind
from service.verification.bearing.pool import Said

_SERIES = frozenset((Kind.MEASUREMENT, Kind.SCORE))
_RESULTS = frozenset(("score", "level", "quantity", "number"))


def trend(said: Assertion, held: Sequence[Said]) -> Said | None:
    """The result that came first where the statement tells it as the later one: "rose from 14 to
    21" of a 21 in November and a 14 in February."""
    started = {at for v in said.values if v.what == "change" for at in _from(v.value)}
    ended: set[object] = {v.value for v in said.values if v.what in _RESULTS}
    if said.concept.kind not in _SERIES or not started or not ended:
        return None
    first, last = [*_told(held, said, ended)], [*_told(held, said, started)]
    if not first or not last or not _is_before(first, last):
        return None
    return first[0]


def _from(value: object) -> Iterator[object]:
    if isinstance(value, tuple) and value[:1] == ("from",):
        yield value[1]


def _told(held: Sequence[Said], said: Assertion, results: set[object]) -> Iterator[Said]:
    for each in held:
        values = {v.value for v in each.assertion.values if v.what in _RESULTS}
        if each.assertion.concept == said.concept and values & results:
            yield each


def _is_before(first: Sequence[Said], last: Sequence[Said]) -> bool:
    """Is each of the first of an earlier day than each of the last, told in one way?"""
    days = [[_day(each) for each in some] for some in (first, last)]
    is_known = all(day and day[0] == days[0][0][:1] for some in days for day in some)
    return is_known and max(days[0]) < min(days[1])


def _day(said: Said) -> str:
    return said.assertion.on or said.held.source.date
