"""When a server wants to be asked again, as far as it may say so."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from service.fhir.errors import LONGEST_WISH_S, retry_after_s

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def dated(**ahead):
    return format_datetime(AT + timedelta(**ahead), usegmt=True)


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [("7", 7), (" 7.5 ", 7.5), (dated(seconds=60), 60), (dated(seconds=-60), 0), ("0", 0)],
)
def test_it_is_read_in_seconds_or_as_a_date(said, wait_s):
    assert retry_after_s(said, AT) == wait_s


@pytest.mark.parametrize(
    "said",
    ["86400", dated(days=1), "9" * 400, "9" * 5000, "99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"],
    ids=["a day", "tomorrow", "no float", "no int", "a long life", "the last day"],
)
def test_who_wants_to_be_left_alone_for_good_is_asked_once_an_hour(said):
    """A task that is put off for longer than there are dates fails, and one that is put off for
    years stays in the memory of its worker, while the next sweep rings for it again."""
    assert retry_after_s(said, AT) == LONGEST_WISH_S


@pytest.mark.parametrize(
    "said", [None, "", "soon", "²", "-5", "1.2.3", "Fri, 31 Dec 99999 23:59:59 GMT"]
)
def test_what_says_nothing_is_no_wish(said):
    assert retry_after_s(said, AT) is None
