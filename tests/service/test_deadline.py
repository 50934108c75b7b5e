"""A limit on time ends what would never end, and leaves what is around it as it was."""

import re
import signal
import time
from threading import Thread

import pytest

from service.deadline import TookTooLong, within


def test_a_pattern_that_never_ends_is_broken_off():
    began = time.monotonic()
    with pytest.raises(TookTooLong), within(0.2):
        re.match(r"(a|aa)+$", "a" * 200 + "b")
    assert time.monotonic() - began < 5


def test_what_ends_in_time_is_let_be_and_no_alarm_is_left():
    with within(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_outer_limit_goes_on_after_an_inner_one():
    with pytest.raises(TookTooLong), within(0.3):
        with within(10):
            time.sleep(0.1)
        time.sleep(5)


def test_an_inner_block_gets_no_longer_than_the_one_around_it():
    began = time.monotonic()
    with pytest.raises(TookTooLong), within(0.2), within(10):
        time.sleep(5)
    assert time.monotonic() - began < 3


def test_elsewhere_than_in_the_main_thread_it_limits_nothing():
    done = []

    def work():
        with within(0.01):
            time.sleep(0.05)
            done.append(True)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
