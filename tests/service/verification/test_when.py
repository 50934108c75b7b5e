"""Relative times resolved against the day of their record."""

import pytest

from service.verification.when import resolved


def dates(text, day="2026-05-01"):
    return {fact.value for fact in resolved(text, day)}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Fell yesterday.", (2026, 4, 30)),
        ("Seizure last Tuesday.", (2026, 4, 28)),
        ("Last drink 5 days ago.", (2026, 4, 26)),
        ("Stopped three weeks ago.", (2026, 4, 10)),
        ("Miscarried two months ago.", (2026, 3, None)),
        ("Homeless since March.", (2026, 3, None)),
        ("Divorced last October.", (2025, 10, None)),
    ],
)
def test_a_relative_time_is_a_date(text, date):
    assert date in dates(text)


def test_weeks_are_round_and_days_are_not():
    assert (2026, 4, 12) in dates("Stopped three weeks ago.")
    assert (2026, 4, 20) not in dates("Stopped three weeks ago.")
    assert dates("Last drink 5 days ago.") == {(2026, 4, 26)}


@pytest.mark.parametrize("day", ["", "2026", "undated", "2026-02-31"])
def test_without_the_record_s_day_nothing_is_resolved(day):
    assert dates("Fell yesterday.", day) == set()


def test_a_date_with_its_year_is_left_as_it_is():
    assert dates("Homeless since March 2024, 3 weeks.") == set()
