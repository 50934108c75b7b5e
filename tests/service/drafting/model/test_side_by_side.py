"""Calls run side by side under a limit, and a draft that stops waits for none of them."""

import asyncio
import time

import pytest

from service.drafting.model.side_by_side import side_by_side


def nothing():
    pass


def giving(value):
    async def job():
        if isinstance(value, Exception):
            raise value
        return value

    return job


def test_every_job_gives_its_result_or_its_error():
    jobs = [giving(1), giving(ValueError()), giving(3)]
    found = dict(side_by_side(jobs, at_once=2, watch=nothing))
    assert found[0] == 1 and found[2] == 3 and isinstance(found[1], ValueError)


def test_no_more_run_at_once_than_are_allowed_and_as_many_do():
    running, most = [], []

    async def job():
        running.append(1)
        most.append(len(running))
        await asyncio.sleep(0.01)
        running.pop()

    list(side_by_side([job] * 12, at_once=3, watch=nothing))
    assert max(most) == 3


def test_whoever_stops_listening_stops_the_jobs_and_waits_for_none():
    stopped = []

    async def job():
        try:
            await asyncio.sleep(30.0)
        finally:
            stopped.append(True)

    def watch():
        raise KeyError

    began = time.monotonic()
    with pytest.raises(KeyError):
        list(side_by_side([job], at_once=1, watch=watch))
    assert stopped and time.monotonic() - began < 2.0


def test_what_has_come_is_given_before_anybody_is_asked_whether_to_go_on():
    def watch():
        raise KeyError

    assert list(side_by_side([giving(1)], at_once=1, watch=watch)) == [(0, 1)]


def test_nothing_is_asked_where_there_is_nothing_to_ask():
    assert list(side_by_side([], at_once=4, watch=nothing)) == []
