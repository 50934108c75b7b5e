"""Whoever follows summaries does not take the service from everybody else."""

import asyncio
from collections import Counter

import pytest

from service.web.api import events
from tests.service.review.builders import S, a_summary_at


@pytest.fixture
def follow(app, clinician, committed):
    """One stream as the server runs it: its status goes into the list; it is read until it is
    cancelled."""
    summary = committed(a_summary_at, S.CHARTED)
    cookie = "; ".join(f"{name}={value}" for name, value in clinician.cookies.items())
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": f"/api/v1/summaries/{summary.id}/events",
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
    }

    async def followed(statuses):
        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await app(dict(scope), asyncio.Event().wait, send)

    return followed


async def begun(follow, count):
    """So many streams, one after the other; their statuses, and what goes on."""
    statuses, going = [], []
    for number in range(count):
        going.append(asyncio.create_task(follow(statuses)))
        while len(statuses) == number:
            await asyncio.sleep(0.01)
    return statuses, going


async def let_go(going):
    for each in going:
        each.cancel()
    await asyncio.gather(*going, return_exceptions=True)


def test_one_caller_follows_some_at_once_and_others_again_later(follow, monkeypatch):
    monkeypatch.setattr(events, "MOST_STREAMS", 3)

    async def tried():
        statuses, going = await begun(follow, 5)
        await let_go(going)
        again, going = await begun(follow, 1)
        await let_go(going)
        return Counter(statuses), again

    assert asyncio.run(tried()) == ({200: 3, 429: 2}, [200])
