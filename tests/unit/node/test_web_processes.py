"""Several processes of the web: they hold a caller back together, and tell together what they counted."""

from __future__ import annotations

import re
import time

import httpx
import psutil
import pytest
from tests.ports import free_port
from tests.webs import serving

ASKED = 20
STARTS = 60  # seconds
TOLD = 2.5  # seconds: each leaves its numbers once a second
CALLS = 60  # a minute: thirty at once


@pytest.fixture
def web(transactional_db):
    """Two processes, in whose networks this machine is not."""
    chosen = {"WORKERS": "2", "CALLS": str(CALLS), "WIDE_NETWORKS": "192.0.2.0/24"}
    with serving(free_port(), **{f"SHUZHI_WEB_{name}": value for name, value in chosen.items()}) as found:
        yield found


def ask(url: str, path: str = "/about/") -> httpx.Response:
    """On a connection of its own, so that either may take it."""
    return httpx.get(url + path, trust_env=False, timeout=30)


def counted(url: str) -> float:
    """How often the page was answered."""
    lines = re.findall(
        r'^shuzhi_http_requests_total{.*route="public:about",status="200"} (.*)$',
        ask(url, "/metrics").text,
        re.MULTILINE,
    )
    return sum(map(float, lines))


def serving_processes(first: psutil.Process) -> list[psutil.Process]:
    """Those that answer."""
    return [one for one in first.children() if "resource_tracker" not in " ".join(one.cmdline())]


def listens(process: psutil.Process) -> bool:
    """Whether it takes connections: each has a socket of its own."""
    return any(each.status == psutil.CONN_LISTEN for each in process.net_connections("tcp"))


def test_processes_of_the_web_count_together(web):
    url, first = web
    assert len(serving_processes(first)) == 2
    time.sleep(TOLD)  # whether it was ready was asked, too
    before = counted(url)

    assert [ask(url).status_code for _ in range(ASKED)] == [200] * ASKED

    time.sleep(TOLD)
    assert counted(url) == before + ASKED


def test_a_caller_is_held_back_by_all_of_them_together(web):
    url, _ = web
    begun, answered = time.monotonic(), 0
    while (reply := ask(url)).status_code == 200:
        answered += 1
        assert answered <= CALLS / 2 + (time.monotonic() - begun) * CALLS / 60 + 1

    assert reply.status_code == 429
    assert answered > CALLS / 4
    assert psutil.pid_exists(web[1].pid)


def test_one_that_dies_is_replaced_while_the_other_answers(web):
    url, first = web
    one, other = serving_processes(first)
    until = time.monotonic() + STARTS
    while not (listens(one) and listens(other)):
        assert time.monotonic() < until, "one of the two does not listen"
        time.sleep(0.1)

    one.kill()
    one.wait(10)

    for _ in range(ASKED):  # while the new one starts, and after
        assert ask(url).status_code == 200
        time.sleep(0.5)
    now = [each for each in serving_processes(first) if each != one]
    assert len(now) == 2
    assert other in now
