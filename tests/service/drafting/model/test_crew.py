"""Calls run side by side under a limit, and a draft can leave them behind."""

import threading
import time

import pytest

from service.drafting.model.crew import Crew


def nothing():
    pass


def test_every_job_gives_its_result_or_its_error():
    def failing(_):
        raise ValueError

    found = dict(Crew().side_by_side([lambda _: 1, failing, lambda _: 3], at_once=2, watch=nothing))
    assert found[0] == 1 and found[2] == 3 and isinstance(found[1], ValueError)


def test_no_more_run_at_once_than_are_allowed():
    running, most, lock = [], [], threading.Lock()

    def job(_):
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.01)
        with lock:
            running.pop()

    list(Crew().side_by_side([job] * 12, at_once=3, watch=nothing))
    assert max(most) == 3


def test_whoever_stops_listening_tells_the_jobs_and_waits_for_none():
    told = threading.Event()

    def job(halt):
        if halt.wait(5.0):
            told.set()

    def watch():
        raise KeyError

    began = time.monotonic()
    with pytest.raises(KeyError):
        list(Crew().side_by_side([job], at_once=1, watch=watch))
    assert time.monotonic() - began < 1.0
    assert told.wait(2.0)


def test_nothing_is_asked_where_there_is_nothing_to_ask():
    assert list(Crew().side_by_side([], at_once=4, watch=nothing)) == []


def test_a_thread_that_is_lost_is_replaced_and_an_idle_one_is_used_again():
    crew, over, names = Crew(), threading.Event(), []

    def job(_):
        names.append(threading.current_thread().name)

    def watch():
        raise KeyError

    with pytest.raises(KeyError):
        list(crew.side_by_side([lambda _: over.wait(5.0)], at_once=1, watch=watch))
    for _ in range(5):
        list(crew.side_by_side([job], at_once=1, watch=nothing))
        time.sleep(0.01)  # until the thread says that it is idle
    over.set()
    assert len(set(names)) == 1
