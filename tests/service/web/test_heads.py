"""A request whose head does not come holds no connection; one that comes is served as ever."""

import asyncio
import resource

import pytest
import uvicorn

from service.web.heads import MOST_OPEN, Heads, allow_connections

HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"


class Hasty(Heads):
    patience_s = 0.3


async def answer(scope, receive, send):
    await asyncio.sleep(0.5)  # longer than a head may take: an answer may
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"well"})


async def said(*pieces, pause_s=0.0):
    """What a server of ours answers to these pieces, each after a pause, up to its closing."""
    config = uvicorn.Config(answer, http=Hasty, port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            await asyncio.sleep(pause_s)
            writer.write(piece)
        return await asyncio.wait_for(reader.read(), 30)
    except ConnectionError:  # closed while we wrote
        return b""
    finally:
        writer.close()
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    "pieces", [(), (HEAD,), (b"G", b"E", b"T", b" ", b"/", b" ", b"H", b"T")], ids=len
)
def test_a_head_that_does_not_come_is_not_waited_for(pieces):
    assert asyncio.run(said(*pieces, pause_s=0.1)) == b""


def test_nor_is_the_head_of_a_second_request():
    told = asyncio.run(said(HEAD + b"\r\n" + HEAD))
    assert told.count(b"200 OK") == 1


@pytest.mark.parametrize("pieces", [(HEAD, b"\r\n"), (HEAD + b"Connection: close\r\n\r\n",)])
def test_a_head_that_comes_is_answered(pieces):
    assert b"well" in asyncio.run(said(*pieces, pause_s=0.05))


def test_a_server_may_hold_more_than_the_usual_number_of_connections():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    try:
        allow_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(MOST_OPEN, hard), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
