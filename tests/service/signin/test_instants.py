"""When somebody signed in, as their provider says it."""

import time
from datetime import UTC, datetime

import pytest

from service.signin.journey import _instant


def test_an_instant_that_was_is_known():
    at = int(time.time()) - 60
    assert _instant(at) == datetime.fromtimestamp(at, UTC)


@pytest.mark.parametrize(
    "said",
    [None, "now", True, -1, time.time() + 3_600, time.time() * 1_000, 10**18, 1e300, float("nan")],
    ids=["none", "word", "yes", "before", "later", "milliseconds", "no year", "never", "nan"],
)
def test_what_is_none_or_is_to_come_is_not(said):
    """A site that asks for a sign-in of the last minutes would take such a one for new for ever."""
    assert _instant(said) is None
