"""The courses of medicines over time as small pictures on one scale. Pure; the page draws it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from service.facts.fact import Change, Fact, Standing
from service.web.pages.names import shown_name

WIDTH, EDGE = 320, 8
MOST = 40  # medicines
GOES_ON = frozenset({Standing.CURRENT, Standing.ON_HOLD, Standing.DISPUTED})


@dataclass(frozen=True)
class Mark:
    """A day on which something was said of it, at pixels from the left; it leads to its record."""

    x: float
    day: str
    what: str
    record_id: str


@dataclass(frozen=True)
class Course:
    """One medicine. `start` and `end` are pixels; it goes on to today, or to its last day."""

    name: str
    standing: Standing
    start: float
    end: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Timeline:
    """Courses on one scale, from the first day of any to today; `left` are not drawn: of them no
    whole day is told, or there are too many."""

    courses: tuple[Course, ...]
    first: str
    last: str
    left: int = 0


def timeline(facts: Sequence[Fact], on: str) -> Timeline | None:
    """As of the local day `on`. None where no two days are told: a year alone is no place on a
    scale of days."""
    told = [(fact, days) for fact in facts if (days := list(_days(fact.history, on)))][:MOST]
    known = [day for _, days in told for day, _ in days]
    today = date.fromisoformat(on)
    if not known or min(known) >= today:
        return None
    first = min(known)

    def place(day: date) -> float:
        share = (day - first).days / (today - first).days
        return round(EDGE + share * (WIDTH - 2 * EDGE), 1)

    courses = tuple(_course(fact, days, place, today) for fact, days in told)
    return Timeline(courses, first.isoformat(), on, len(facts) - len(courses))


def _course(
    fact: Fact,
    days: Sequence[tuple[date, Change]],
    place: Callable[[date], float],
    today: date,
) -> Course:
    last = today if fact.standing in GOES_ON else days[-1][0]
    marks = tuple(
        Mark(place(day), day.isoformat(), change.what or "named", source.record_id)
        for day, change in days
        if (source := change.source)
    )
    return Course(shown_name(fact), fact.standing, place(days[0][0]), place(last), marks)


def _days(history: Iterable[Change], on: str) -> Iterator[tuple[date, Change]]:
    """The changes with a source and a whole day that is not yet to come, oldest first."""
    found = []
    for change in history:
        if change.source is None:
            continue
        try:
            day = date.fromisoformat(change.on[:10])
        except ValueError:
            continue
        if day.isoformat() <= on:
            found.append((day, change))
    return iter(sorted(found, key=lambda each: each[0]))
