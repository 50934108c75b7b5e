"""Courses of medicines on one scale; each mark leads to the record that says it."""

import pytest

from service.facts.fact import Change, Fact, FactKind, FactSource, Standing
from service.web.pages.courses import EDGE, WIDTH, timeline

TODAY = "2026-11-29"


def a_medicine(name, *history, standing=Standing.CURRENT):
    changes = tuple(Change(day, what, (), FactSource(f"r-{day}", 0, 1)) for day, what in history)
    return Fact(FactKind.MEDICINE, name, name, standing, "", history=changes)


def test_what_is_taken_goes_on_to_today_and_what_was_stopped_ends_there():
    drawn = timeline(
        [
            a_medicine("lithium", ("2026-01-01", "started"), ("2026-06-01", "900 mg")),
            a_medicine(
                "olanzapine",
                ("2026-02-01", "started"),
                ("2026-06-01", "stopped"),
                standing=Standing.PAST,
            ),
        ],
        TODAY,
    )
    lithium, olanzapine = drawn.courses
    assert (lithium.start, lithium.end) == (EDGE, WIDTH - EDGE)
    assert olanzapine.end == olanzapine.marks[-1].x == lithium.marks[-1].x
    assert olanzapine.marks[-1].record_id == "r-2026-06-01"
    assert (drawn.first, drawn.last) == ("2026-01-01", TODAY)


def test_marks_stand_in_order_and_none_is_of_days_to_come():
    [course] = timeline(
        [a_medicine("x", ("2026-06-01", "b"), ("2026-01-01", "a"), ("2027-01-01", "c"))], TODAY
    ).courses
    assert [mark.what for mark in course.marks] == ["a", "b"]


def test_what_has_no_whole_day_is_counted_and_not_drawn():
    drawn = timeline([a_medicine("x", ("2026-01-01", "a")), a_medicine("y", ("2025", "a"))], TODAY)
    assert [course.name for course in drawn.courses] == ["x"]
    assert drawn.left == 1


@pytest.mark.parametrize("history", [(), (("2026", "a"),), ((TODAY, "a"),), (("", "a"),)])
def test_without_two_days_there_is_no_scale(history):
    assert timeline([a_medicine("x", *history)], TODAY) is None
