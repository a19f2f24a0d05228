"""Answers that leave together: all of them, each caller's in their order, and before a connection is ended."""

from __future__ import annotations

import asyncio

from shuzhi.data.exchange.gateway.handler import HEADERS
from shuzhi.node.front.connection import Connection, Outbox
from shuzhi.node.front.server import Front

GET, LAST = (
    b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
)
CALLERS, SECONDS = 30, 5


async def heard(lines) -> list[bytes]:
    """What each caller was told until its connection was ended."""
    said = [await asyncio.wait_for(reader.read(), SECONDS) for reader, _ in lines]
    for _, writer in lines:
        writer.close()
        await writer.wait_closed()
    return said


def test_all_answers_of_a_batch_arrive_in_their_order():
    async def go() -> list[bytes]:
        outbox, kept, waiting = Outbox(), set(), []

        def answering(connection, request):
            waiting.append((connection, request.target))
            if len(waiting) == CALLERS:  # a batch: all are decided, then all are told
                batch, waiting[:] = waiting[:], []
                for one, target in batch:
                    one.answer(200, b"", target.encode())

        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(answering, kept, None, outbox), "127.0.0.1", 0
        )
        place = server.sockets[0].getsockname()
        lines = [await asyncio.open_connection(*place) for _ in range(CALLERS)]
        for _, writer in lines:
            writer.write(GET % 1 + GET % 2 + LAST % 3)
        server.close()
        return await heard(lines)

    for told in asyncio.run(go()):
        bodies = [part.partition(b"\r\n\r\n")[2] for part in told.split(b"HTTP/1.1 ")[1:]]
        assert bodies == [b"/1", b"/2", b"/3"]


def test_whoever_was_answered_hears_it_although_the_gateway_ends():
    class Deciding:
        """Keeps its callers waiting until it is told to answer."""

        def __init__(self) -> None:
            self.asked = []

        def take(self, *_: object, answered, **facts: object) -> None:
            self.asked.append(answered)

    async def go() -> list[bytes]:
        gateway = Deciding()
        front = Front(gateway)  # type: ignore[arg-type]
        server = await asyncio.get_running_loop().create_server(front.connect, "127.0.0.1", 0)
        lines = [await asyncio.open_connection(*server.sockets[0].getsockname()) for _ in range(CALLERS)]
        for _, writer in lines:
            writer.write(GET % 1)
        while len(gateway.asked) < CALLERS:  # noqa: ASYNC110 - until all have asked
            await asyncio.sleep(0.01)
        for answered in gateway.asked:
            answered((200, HEADERS, b"{}"))
        await front.drain(SECONDS)
        server.close()
        return await heard(lines)

    assert all(told.endswith(b"{}") for told in asyncio.run(go()))


def test_an_answer_at_once_comes_before_the_word_to_go_on():
    async def go() -> bytes:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(lambda one, request: one.answer(200, b"", request.target.encode()), set()),
            "127.0.0.1",
            0,
        )
        line = await asyncio.open_connection(*server.sockets[0].getsockname())
        post = b"POST /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
        line[1].write(GET % 1 + post + b"x")
        server.close()
        return (await heard([line]))[0]

    said = asyncio.run(go())
    assert [part[:3] for part in said.split(b"HTTP/1.1 ")[1:]] == [b"200", b"100", b"200"]


def test_whoever_must_make_room_has_heard_its_answer():
    async def go() -> bytes:
        kept: set[Connection] = set()

        def answering(one, request):
            one.answer(200, b"", b"here")
            one.abort()  # as for a newer caller

        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(answering, kept), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(GET % 1)
        said = await asyncio.wait_for(reader.readuntil(b"here"), SECONDS)
        writer.close()
        server.close()
        return said

    assert asyncio.run(go()).endswith(b"here")
