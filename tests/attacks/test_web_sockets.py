"""Attacks below HTTP's libraries at the web (网页服务的报文攻击): what is read in two ways, what never ends, what is too much."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlparse

import pytest

from tests.attacks.test_front_sockets import TWO_WAYS, answers, said
from tests.ports import free_port
from tests.webs import is_well, serving

HOST = b"Host: 127.0.0.1\r\n"
PLACE = b"/api/3/action/package_search"
SMUGGLED = b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n"
# hyper reads these as RFC 9112 (2.2, 3.2, 7.1.2) lets it: a line may end in a bare line feed, a header behind the body is
# dropped. Each request is answered for itself; two hosts are refused by Django.
TOLERATED = {"a bare line feed", "two hosts", "a header behind the body"}
SLOW = 12  # many more than there are threads


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture
def web(transactional_db, port):
    """A web of its own, as a node runs it."""
    with serving(port) as (url, _):
        yield url


def connect(url: str, sent: bytes, room: int | None = None) -> socket.socket:
    place, line = urlparse(url), socket.socket()
    if room:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.settimeout(10)
    line.connect((place.hostname, place.port))
    line.sendall(sent)
    return line


def test_the_web_below_http(web):
    """One web process for all: starting it takes longest."""
    smuggling(web)
    sizes(web)
    slow_callers(web)
    large_bodies(web)


def smuggling(web: str) -> None:
    found = {}
    for name, shape in TWO_WAYS.items():
        attack = shape.replace(b"%s", PLACE).replace(b"Host: gateway\r\n", HOST).replace(b"Host: gateway\n", b"Host: 127.0.0.1\n")  # fmt: skip
        text = said(web, attack + SMUGGLED)
        several = len(answers(text)) > 1 or any(status < 400 for status in answers(text))
        if b"Traceback" in text or (several and name not in TOLERATED):
            found[name] = text[:200]
    assert found == {}
    text = said(
        web,
        b"GET /%6detrics HTTP/1.1\r\n" + HOST + b"Transfer_Encoding: chunked\r\nContent_Length: 9\r\n\r\n",
    )
    assert answers(text) == [200]  # names with an underscore are no headers
    assert b"HTTP_PROXY" not in said(web, b"GET / HTTP/1.1\r\n" + HOST + b"Proxy: evil.example\r\n\r\n")


def sizes(web: str) -> None:
    start = b"GET /about/ HTTP/1.1\r\n" + HOST
    for attack in (
        start + b"".join(b"X-%d: y\r\n" % number for number in range(5_000)) + b"\r\n",
        start + b"X: " + b"y" * 2_000_000 + b"\r\n\r\n",
        b"GET /?" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        start + b"Cookie: " + b"a=b; " * 10_000 + b"\r\n\r\n",
        start + b"X: a\x00b\r\n\r\n",
        b"GET /about/\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    ):
        text = said(web, attack)
        assert all(status in (200, 400, 413, 414, 431) for status in answers(text)), text[:200]
        assert len(answers(text)) <= 1
        assert b"Traceback" not in text
    pipelined = answers(said(web, (start + b"\r\n") * 20))
    assert pipelined == [200] * len(pipelined)
    assert is_well(web)


def slow_callers(web: str) -> None:
    slow = {
        "heads": start_of(b"GET /about/ HTTP/1.1\r\n" + HOST + b"X:"),
        "bodies": start_of(b"POST " + PLACE + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"),
        "chunks": start_of(b"POST " + PLACE + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{"),
        "uploads": start_of(b"POST /staff/login/ HTTP/1.1\r\n" + HOST + b"Cookie: csrftoken=" + b"a" * 32 + b"\r\nContent-Type: multipart/form-data; boundary=a\r\nContent-Length: 1000\r\n\r\n--a"),
        "readers": (b"GET /static/npm/echarts/dist/echarts.js HTTP/1.1\r\n" + HOST + b"\r\n", 2048),
    }  # fmt: skip
    found = {}
    for name, (sent, room) in slow.items():
        held = [connect(web, sent, room) for _ in range(SLOW)]
        time.sleep(0.5)
        found[name] = is_well(web)
        for line in held:
            line.close()
    assert found == dict.fromkeys(slow, True)


def start_of(sent: bytes) -> tuple[bytes, None]:
    return sent, None


def large_bodies(web: str) -> None:
    """Nobody fills the disk who is not signed in; what is declared is refused before it is sent."""
    head = b"POST " + PLACE + b" HTTP/1.1\r\n" + HOST
    assert answers(said(web, head + b"Content-Length: 6000000\r\n\r\n" + b"x" * 70_000)) == [413]
    cookie = b"Cookie: sessionid=" + b"a" * 32 + b"\r\n"
    assert answers(said(web, head + cookie + b"Content-Length: 6000000\r\n\r\n" + b"x" * 70_000)) == [413]
    assert answers(said(web, head + b"Content-Length: 8\r\n\r\n" + b"not json")) != [413]
