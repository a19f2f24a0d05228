"""Attacks below HTTP's libraries (报文走私): bytes on a raw socket, at the gateway's own front.

Each is a request that two readers could read in two ways. It is refused and the connection ends: nothing after it is
read as a request of its own, which is what a smuggler needs.
"""

from __future__ import annotations

import socket
from urllib.parse import urlparse

import pytest

HEAD = b"Host: gateway\r\n"
SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: gateway\r\n\r\n"
PLACE = b"/v1/interfaces/firm-by-uscc"

TWO_WAYS = {
    "both lengths": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, the other order": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\nContent-Length: 60\r\n\r\n",
    "a list of lengths": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length: 0, 60\r\n\r\n",
    "a signed length": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length: +0\r\n\r\n",
    "a negative length": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length: -1\r\n\r\n",
    "a length in another base": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length: 0x0\r\n\r\n",
    "a length past all numbers": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Content-Length: 18446744073709551616\r\n\r\n",
    "an encoding nobody knows": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked, but not last": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a chunk's size that is no number": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    "a folded header": b"GET %s HTTP/1.1\r\n"
    + HEAD
    + b"X-Shuzhi-Key: a\r\n b\r\nContent-Length\r\n : 0\r\n\r\n",
    "a space before the colon": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length : 0\r\n\r\n",
    "a name with a line end": b"POST %s HTTP/1.1\r\n" + HEAD + b"X\n: y\r\n\r\n",
    "a bare line feed": b"GET %s HTTP/1.1\n" + b"Host: gateway\n\n",
    "a bare carriage return": b"GET %s HTTP/1.1\r\n" + HEAD + b"X: a\rContent-Length: 60\r\n\r\n",
    "a NUL in a value": b"GET %s HTTP/1.1\r\n" + HEAD + b"X: a\x00b\r\n\r\n",
    "a version that is none": b"GET %s HTTP/9.9\r\n" + HEAD + b"\r\n",
    "no version, as of 1991": b"GET %s\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two hosts": b"GET %s HTTP/1.1\r\n" + HEAD + b"Host: elsewhere\r\n\r\n",
    "a header behind the body": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Shuzhi-Key: a\r\n\r\n",
    "a chunk longer than it says": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n1\r\nxGET",
    "a chunk's size past all numbers": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n",
    "chunks that end in bare line feeds": b"POST %s HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
    "an empty name": b"GET %s HTTP/1.1\r\n" + HEAD + b": x\r\n\r\n",
    "a tab before the colon": b"POST %s HTTP/1.1\r\n" + HEAD + b"Content-Length\t: 0\r\n\r\n",
    "a method that is none": b"G@T %s HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a space in the target": b"GET %s /x HTTP/1.1\r\n" + HEAD + b"\r\n",
}
# Whole requests to somewhere that is no place of the gateway: answered as such, and never as the page within.
ELSEWHERE = {
    "a target with scheme and host": b"GET http://gateway/metrics HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a target of another host": b"GET http://169.254.169.254/latest HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an encoded path": b"GET /%6detrics HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an overlong slash": b"GET /v1/interfaces/..%c0%af..%c0%afmetrics HTTP/1.1\r\n" + HEAD + b"\r\n",
    "dots": b"GET /v1/interfaces/../../metrics HTTP/1.1\r\n" + HEAD + b"\r\n",
    "encoded dots": b"GET /v1/interfaces/%2e%2e/%2e%2e/metrics HTTP/1.1\r\n" + HEAD + b"\r\n",
    "two slashes": b"GET //metrics HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a parameter of the path": b"GET /metrics;x HTTP/1.1\r\n" + HEAD + b"\r\n",
    "raw bytes that are no text": b"GET /v1/interfaces/\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n",
    "the star": b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n",
}


def said(url: str, sent: bytes) -> bytes:
    """Everything that comes back on one connection until it ends or rests."""
    place = urlparse(url)
    with socket.create_connection((place.hostname, place.port), timeout=5) as line:
        line.sendall(sent)
        line.settimeout(0.5)
        found = b""
        try:
            while part := line.recv(65536):
                found += part
        except (TimeoutError, ConnectionResetError):
            pass
        return found


def answers(text: bytes) -> list[int]:
    """The statuses of all answers, in their order."""
    return [int(part[:3]) for part in text.split(b"HTTP/1.1 ")[1:]]


def leaks(text: bytes) -> bool:
    """Whether the page that was smuggled in, or anything of the inside, stands in what came back."""
    return any(word in text for word in (b"shuzhi_", b"Traceback", b".py", b"postgres", b"psycopg"))


@pytest.fixture
def gateway(start_gateway):
    return start_gateway().url


def test_what_could_be_read_in_two_ways_ends_the_connection(gateway):
    found = {}
    for name, attack in TWO_WAYS.items():
        text = said(gateway, attack.replace(b"%s", PLACE) + SMUGGLED)
        if leaks(text) or any(status < 400 for status in answers(text)) or len(answers(text)) > 1:
            found[name] = text[:300]
    assert found == {}


def test_a_target_has_one_meaning(gateway):
    found = {}
    for name, attack in ELSEWHERE.items():
        text = said(gateway, attack)
        if leaks(text) or any(status not in (400, 404, 405) for status in answers(text)):
            found[name] = text[:300]
    assert found == {}


def test_headers_without_end_and_sizes_without_limit_are_cut_off(gateway):
    start = b"GET " + PLACE + b" HTTP/1.1\r\n" + HEAD
    for attack in (
        start + b"".join(b"X-%d: y\r\n" % number for number in range(500)) + b"\r\n",
        start + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"GET " + PLACE + b"?" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"POST " + PLACE + b" HTTP/1.1\r\n" + HEAD + b"Content-Length: 9999999999\r\n\r\n" + b"x" * 100_000,
        b"POST "
        + PLACE
        + b" HTTP/1.1\r\n"
        + HEAD
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"1\r\nx\r\n" * 40_000,
        start.replace(b"HTTP/1.1", b"HTTP/1.1")
        + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
    ):
        text = said(gateway, attack)
        assert all(status in (400, 413, 404, 405) for status in answers(text)), text[:200]
        assert len(answers(text)) <= 1
        assert not leaks(text)


def test_many_requests_at_once_are_answered_in_their_order_and_only_so_many(gateway):
    one = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"
    unsigned = b"GET " + PLACE + b" HTTP/1.1\r\n" + HEAD + b"\r\n"

    assert answers(said(gateway, (one + unsigned) * 4)) == [200, 400] * 4
    assert len(answers(said(gateway, unsigned * 2000))) < 200


def test_an_old_caller_gets_one_answer_and_the_end(gateway):
    text = said(gateway, b"GET /healthz HTTP/1.0\r\n\r\n" + SMUGGLED)

    assert answers(text) == [200]
    assert not leaks(text)


class TestSlowCallers:
    """Slowloris: whoever sends slowly, or never, holds nothing for long and nobody else up."""

    @pytest.fixture
    def talk(self, monkeypatch):
        """Feeds pieces to one connection, with pauses, and tells how long it was kept."""
        import asyncio
        import time

        from shuzhi.node.front import connection as connections

        monkeypatch.setattr(connections, "SECONDS_TO_SEND", 0.2)

        def run(*pieces: bytes, pause: float = 0.1, seconds: float = 3.0) -> float:
            async def go() -> float:
                kept: set[connections.Connection] = set()

                def answer(connection, request):
                    loop.call_later(0.05, connection.answer, 200, b"", b"")

                loop = asyncio.get_running_loop()
                server = await loop.create_server(
                    lambda: connections.Connection(answer, kept), "127.0.0.1", 0
                )
                _reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                begun, waiting = time.monotonic(), list(pieces)
                while not kept:  # noqa: ASYNC110 - until the server has heard of it
                    await asyncio.sleep(0.01)
                while kept and time.monotonic() - begun < seconds:
                    if waiting:
                        writer.write(waiting.pop(0))
                    await asyncio.sleep(pause)
                    for one in list(kept):
                        one.end_if_idle(loop.time())
                writer.close()
                server.close()
                return time.monotonic() - begun

            return asyncio.run(go())

        return run

    def test_a_head_that_comes_a_byte_at_a_time(self, talk):
        assert talk(b"GET / HT", *[b"a"] * 40) < 1.5

    def test_a_body_that_comes_a_byte_at_a_time(self, talk):
        assert talk(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 40) < 1.5

    def test_half_a_request_behind_a_whole_one_gains_no_time(self, talk):
        whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

        assert talk(whole + b"GET / HTTP/1.1\r\nX", *[b"y"] * 40) < 1.5

    def test_more_connections_than_there_is_room_for_end_those_that_rest(self, monkeypatch):
        import asyncio

        from shuzhi.node.front import connection as connections

        monkeypatch.setattr(connections, "MOST_CONNECTIONS", 8)

        async def go():
            kept: set[connections.Connection] = set()
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                lambda: connections.Connection(lambda one, _: one.answer(200, b"", b"here"), kept),
                "127.0.0.1",
                0,
            )
            place = server.sockets[0].getsockname()
            held = [await asyncio.open_connection(*place) for _ in range(40)]
            reader, writer = await asyncio.open_connection(*place)
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            said = await asyncio.wait_for(reader.read(100), 5)
            most = len(kept)
            for _, one in [*held, (None, writer)]:
                one.close()
            server.close()
            return said, most

        said, most = asyncio.run(go())
        assert said.startswith(b"HTTP/1.1 200")
        assert most <= 9


def test_headers_that_stand_twice_are_no_header(gateway):
    from tests.attacks.test_gateway_calls import unsigned_headers

    for name, value in unsigned_headers().items():
        sent = "".join(f"{one}: {said_}\r\n" for one, said_ in unsigned_headers().items())
        text = said(
            gateway, b"GET " + PLACE + b" HTTP/1.1\r\n" + HEAD + f"{sent}{name}: {value}\r\n\r\n".encode()
        )
        assert answers(text) == [400], name
        assert b'"rule":"format"' in text


def test_what_a_caller_says_of_itself_does_not_split_the_answer(gateway):
    start = b"GET /healthz HTTP/1.1\r\n" + HEAD
    for number in (b"x%0d%0aSet-Cookie: a=b", b"\xe5\x8f\xb7", b"a" * 5000, b"<script>", b"a b"):
        text = said(gateway, start + b"X-Request-Id: " + number + b"\r\n\r\n")
        assert number not in text
        assert b"set-cookie" not in text.lower()


def test_a_request_for_another_protocol_gets_one_answer_in_this_one(gateway):
    for protocol in (b"h2c", b"websocket", b"TLS/1.0"):
        start = (
            b"GET /healthz HTTP/1.1\r\n" + HEAD + b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
        )
        for sent in (start, start + SMUGGLED):
            text = said(gateway, sent)
            assert answers(text) == [200], protocol
            assert not leaks(text)
            assert b"connection: close" in text.lower()
