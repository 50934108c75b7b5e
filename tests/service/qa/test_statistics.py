"""Bounds and agreement against figures worked out elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.qa.statistics import agreement, proportion


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # Newcombe, Stat Med 1998;17:857-872, table I, method 3 (Wilson without correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_bounds_are_those_of_wilson(count, total, low, high):
    found = proportion(count, total)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_nothing_counted_is_unknown_not_zero():
    nothing = proportion(0, 0)
    assert (nothing.share, nothing.low, nothing.high) == (None, None, None)


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_enclose_the_share_and_stay_within_0_and_1(counted):
    found = proportion(*counted)
    if found.share is not None:
        assert 0 <= found.low <= found.share <= found.high <= 1


def test_kappa_takes_away_what_chance_would_give():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.70, by chance 0.50, kappa 0.40
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10
    found = agreement(pairs + [(False, False)] * 15)
    assert found.agreed.share == pytest.approx(0.70)
    assert found.kappa == pytest.approx(0.40)


def test_kappa_of_one_same_answer_is_not_defined():
    assert agreement([(True, True)] * 8).kappa is None
    assert agreement([]).kappa is None
