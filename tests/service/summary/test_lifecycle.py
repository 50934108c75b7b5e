"""The table of statuses is whole: owned, reachable, and signed before filed."""

import pytest

from service.errors import Conflict
from service.queue import TaskName
from service.summary.lifecycle import MOVES, OWED, PEOPLE, Owner, check_move, owner
from service.summary.vocabulary import SummaryStatus as S


def test_every_status_is_in_the_table():
    assert set(MOVES) == set(S)


@pytest.mark.parametrize("status", S)
def test_every_status_has_exactly_one_owner(status):
    assert not (status in OWED and status in PEOPLE)
    assert (owner(status) is Owner.NOBODY) == (MOVES[status] == ())


def test_every_status_can_be_reached_from_a_request():
    reached, edge = {S.REQUESTED}, [S.REQUESTED]
    while edge:
        edge = [after for before in edge for after in MOVES[before] if after not in reached]
        reached |= set(edge)
    assert reached == set(S)


def test_nothing_is_filed_that_was_not_signed():
    before_filed = {status for status, after in MOVES.items() if S.FILED in after}
    # Unknown and retracting come only after signed and filed; nothing else leads there.
    assert before_filed == {S.SIGNED, S.FILING_UNKNOWN, S.RETRACTING}
    assert {s for s, after in MOVES.items() if S.FILING_UNKNOWN in after} == {S.SIGNED}
    withdrawn_from = {s for s, after in MOVES.items() if S.RETRACTING in after}
    assert withdrawn_from == {S.FILED, S.IN_REVIEW, S.FAILED}  # filed, or in amendment


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_a_move_is_allowed_exactly_when_the_table_has_it(before, after):
    if after in MOVES[before]:
        check_move(before, after)
    else:
        with pytest.raises(Conflict):
            check_move(before, after)


def test_what_is_owed_is_a_task():
    assert set(OWED.values()) <= set(TaskName)
