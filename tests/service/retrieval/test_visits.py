"""A stay ends where its encounter says so, and nowhere else."""

from datetime import UTC, datetime

import pytest

from service.chart.models import SourceRecord
from service.chart.render.registry import render
from service.chart.render.scene import Scene
from service.retrieval.visits import end_of

START = "2025-04-11T08:00:00Z"


def a_stay(period, *, status="finished", reason="Fall on 2025-04-01"):
    """As the chart renders it."""
    encounter = {
        "resourceType": "Encounter",
        "id": "1",
        "status": status,
        "class": {"code": "IMP"},
        "period": period,
        "reasonCode": [{"text": reason}],
    }
    told = render(Scene(encounter, lambda written: written, lambda _: None))
    return SourceRecord(headline=told.headline, text=told.text(), status=told.status)


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ({"start": START, "end": "2025-04-21T10:00:00Z"}, "2025-04-21"),
        ({"start": START, "end": "2025-04-11T17:00:00Z"}, "2025-04-11"),
        ({"start": "2025-04-11", "end": "2025-04-11"}, "2025-04-11"),
        ({"start": START}, None),
        ({"start": "2025-04-11"}, None),
        ({"end": "2025-04-21"}, "2025-04-21"),
        ({}, None),
    ],
)
def test_only_an_end_that_is_written_is_one(period, end):
    expected = datetime.fromisoformat(end).replace(tzinfo=UTC) if end else None
    assert end_of(a_stay(period)) == expected


def test_a_reason_that_names_a_period_says_nothing_of_the_end():
    reason = "Depression since 2024-01-01, seen 2025-03-01 to 2025-03-09"
    assert end_of(a_stay({"start": START}, reason=reason)) is None
    assert end_of(a_stay({"start": "2025-04-11", "end": "2025-04-11"}, reason=reason)) is not None


def test_a_stay_that_goes_on_has_no_end():
    assert end_of(a_stay({"start": START, "end": "2025-04-21"}, status="in-progress")) is None
