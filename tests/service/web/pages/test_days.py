"""Days that a person types: any of the calendar, in any zone, and no others."""

from zoneinfo import ZoneInfo

import pytest

from service.errors import BadInput
from service.web.pages.days import midnight


def test_a_day_begins_and_ends_in_its_zone():
    zone = ZoneInfo("America/Chicago")
    assert midnight("2026-07-01", zone).isoformat() == "2026-07-01T05:00:00+00:00"
    assert midnight("2026-07-01", zone, days=1).isoformat() == "2026-07-02T05:00:00+00:00"
    assert midnight("", zone) is None


@pytest.mark.parametrize(
    ("typed", "days"), [("0001-01-01", 0), ("9999-12-31", 1), ("yesterday", 0), ("2026-02-30", 0)]
)
def test_what_is_no_day_here_is_refused_in_words(typed, days):
    with pytest.raises(BadInput):
        midnight(typed, ZoneInfo("Asia/Tokyo"), days=days)
