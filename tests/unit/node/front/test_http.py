"""The front's HTTP, over real sockets, with a gateway that answers everything by what it was given."""

from __future__ import annotations

import asyncio
import json

import pytest

from shuzhi.data.exchange.gateway.calls import MOST_BODY
from shuzhi.node.front import connection as connections
from shuzhi.node.front.server import Front

HEAD = "GET /v1/interfaces/x HTTP/1.1\r\nhost: gateway\r\n"


class Echo:
    """Answers with the request as the front read it; `/slow` waits for a while."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def take(self, method, target, headers, body, *, request_id, answered, certificate=None) -> None:
        self.taken.append(target)
        told = {"method": method, "target": target, "headers": headers, "body": len(body)}
        delay = 0.05 if target == "/slow" else 0
        asyncio.get_running_loop().call_later(
            delay, answered, (200, {"content-type": "application/json"}, json.dumps(told).encode())
        )

    def refuse_unreadable(self, *, request_id, answered) -> None:
        answered((400, {"content-type": "application/json"}, b'{"rule": "format"}'))


def talk(*parts: str | bytes, sweep: float | None = None) -> tuple[str, list[str]]:
    """Send parts, read until the front ends the connection or nothing more comes; what came, and what was taken."""

    async def run() -> tuple[str, list[str]]:
        gateway = Echo()
        front = Front(gateway)
        server = await asyncio.get_running_loop().create_server(front.connect, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for part in parts:
            writer.write(part if isinstance(part, bytes) else part.encode("latin-1"))
            await asyncio.sleep(0.01)
        if sweep is not None:
            for one in list(front._connections):
                one.end_if_idle(asyncio.get_running_loop().time() + sweep)
        came = b""
        try:
            while part := await asyncio.wait_for(reader.read(65536), 0.4):
                came += part
            came += b"<closed>"
        except TimeoutError:
            pass
        except ConnectionResetError:
            came += b"<closed>"
        writer.close()
        server.close()
        await front.drain(0)
        return came.decode("latin-1"), gateway.taken

    return asyncio.run(run())


def test_answers_come_in_the_order_of_the_requests():
    said, _ = talk("GET /slow HTTP/1.1\r\n\r\nGET /quick HTTP/1.1\r\n\r\n")

    assert said.index('"/slow"') < said.index('"/quick"')
    assert "<closed>" not in said


def test_a_request_in_small_pieces_is_one_request():
    said, taken = talk("POST /a HT", "TP/1.1\r\ncontent-le", "ngth: 5\r\n\r\nab", "cde")

    assert taken == ["/a"]
    assert '"body": 5' in said


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + "content-length: 3\r\ncontent-length: 4\r\n\r\nabc",
        HEAD + "content-length: +3\r\n\r\nabc",
        HEAD + "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        HEAD + "bad name: 1\r\n\r\n",
        HEAD + "x: 1\r\n folded: 2\r\n\r\n",
        HEAD + "x: a\x00b\r\n\r\n",
        "GET /v1 HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01",
        "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
        HEAD + "connection: upgrade\r\nupgrade: websocket\r\n\r\n",
        HEAD + "x: " + "a" * connections.MOST_HEAD + "\r\n\r\n",
        HEAD + "".join(f"x{n}: 1\r\n" for n in range(connections.MOST_HEADERS + 1)) + "\r\n",
        "GET /" + "a" * connections.MOST_HEAD + " HTTP/1.1\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_or_is_too_much_ends_the_connection(sent):
    said, taken = talk(sent, "GET /smuggled HTTP/1.1\r\n\r\n")

    assert said.endswith("<closed>")
    assert "/smuggled" not in taken
    assert said.startswith(("HTTP/1.1 400", "HTTP/1.1 200"))


def test_two_values_of_one_header_are_both_seen():
    said, _ = talk(HEAD + "X-Shuzhi-Key: a\r\nx-shuzhi-key: b\r\n\r\n")

    assert '"x-shuzhi-key": "a,b"' in said


def test_no_more_of_a_body_is_read_than_needed_to_refuse_it():
    said, _ = talk(f"POST /a HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n{'x' * 20_000}")

    assert f'"body": {MOST_BODY + 1}' in said
    assert "connection: close" in said
    assert said.endswith("<closed>")


def test_a_caller_that_asks_first_is_told_to_go_on():
    said, _ = talk("POST /a HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n", "ab")

    assert said.startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_a_head_is_answered_without_a_body():
    said, _ = talk("HEAD /a HTTP/1.1\r\nconnection: close\r\n\r\n")

    assert said.endswith("connection: close\r\n\r\n<closed>")


def test_an_older_caller_is_answered_and_let_go():
    said, _ = talk("GET /a HTTP/1.0\r\n\r\n")

    assert "200 OK" in said
    assert said.endswith("<closed>")


@pytest.mark.parametrize("sent", ["", "GET /a HT", HEAD, "POST /a HTTP/1.1\r\ncontent-length: 5\r\n\r\nab"])
def test_a_caller_that_takes_too_long_is_let_go(sent):
    said, taken = talk(sent, sweep=connections.SECONDS_TO_SEND + 1)

    assert said == "<closed>"
    assert taken == []


def test_requests_without_end_are_not_kept(monkeypatch):
    said, taken = talk("GET /slow HTTP/1.1\r\n\r\n" * (connections.MOST_WAITING * 3))

    assert len(taken) <= connections.MOST_WAITING + 2
    assert said.endswith("<closed>") or len(taken) < connections.MOST_WAITING


def test_a_request_id_of_the_callers_comes_back():
    said, _ = talk(HEAD + "X-Request-ID: caller-12345678\r\n\r\n", HEAD + "X-Request-ID: two words\r\n\r\n")

    assert said.count("x-request-id: caller-12345678\r\n") == 1
    assert "two words" not in said.replace('"two words"', "")


def test_settings_without_a_certificate_mean_no_tls():
    from shuzhi.foundation.settings import Settings
    from shuzhi.node.front.tls import TlsNotUsable, tls_context

    assert tls_context(Settings()) is None
    with pytest.raises(TlsNotUsable):
        tls_context(Settings(gateway_tls_callers="callers.pem"))
    with pytest.raises(TlsNotUsable):
        tls_context(Settings(gateway_tls_certificate="absent.pem"))
