"""Results over time as points: what cannot be compared is not drawn as a line."""

import pytest

from service.facts.fact import Change, FactSource
from service.reading.assertions import Value
from service.web.pages.plots import EDGE, HEIGHT, WIDTH, plot


def a_result(day, value, said=None, *, what="score", comparator="", record="r1"):
    given = Value(what, value, said or str(value), comparator=comparator)
    return Change(day, given.said, (given,), FactSource(record, 0, 1))


def test_the_first_and_the_lowest_stand_at_their_edges_and_each_leads_to_its_record():
    drawn = plot([a_result("2026-01-01", 21), a_result("2026-03-01", 7, record="r2")])
    first, last = drawn.points
    assert (first.x, first.y) == (EDGE, EDGE)
    assert (last.x, last.y) == (WIDTH - EDGE, HEIGHT - EDGE)
    assert (drawn.low, drawn.high, last.record_id) == ("7", "21", "r2")


def test_days_are_as_far_apart_as_they_were():
    days = ("2026-01-01", "2026-01-11", "2026-04-11")
    xs = [p.x for p in plot([a_result(d, n) for n, d in enumerate(days)]).points]
    assert (xs[1] - xs[0]) * 9 == pytest.approx(xs[2] - xs[1], rel=0.02)


def test_what_never_changes_is_a_level_line():
    drawn = plot([a_result("2026-01-01", 5), a_result("2026-02-01", 5)])
    assert {p.y for p in drawn.points} == {HEIGHT / 2}


@pytest.mark.parametrize(
    "history",
    [
        [],
        [a_result("2026-01-01", 5)],
        [a_result("2026-01-01", 5), a_result("2026-01-01", 9)],
        [a_result("2026-01-01", 5), a_result("2026", 9)],
        [a_result("2026-01-01", ("mass", 0.05)), a_result("2026-02-01", ("volume", 0.05))],
        [a_result("2026-01-01", 5), a_result("2026-02-01", "positive")],
        [a_result("2026-01-01", 5), a_result("2026-02-01", 2, comparator="<")],
        [a_result(d, ("pressure", 120, 80)) for d in ("2026-01-01", "2026-02-01")],
    ],
)
def test_nothing_is_drawn_of_what_is_no_series(history):
    assert plot(history) is None
