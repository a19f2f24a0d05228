"""A web of its own on the test's database, as a node runs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlparse

import psutil

from tests.postgres import SOURCE


@contextmanager
def serving(port: int, **settings: str) -> Iterator[tuple[str, psutil.Process]]:
    """Its address and its first process, from when it answers until the end."""
    from django.db import connection

    from shuzhi.foundation.settings import settings as chosen

    facts = connection.settings_dict
    environment = os.environ | {
        "SHUZHI_DATABASE_URL": f"postgresql://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST'] or '127.0.0.1'}:{facts['PORT']}/{facts['NAME']}",
        "SHUZHI_HOME": str(chosen().home),
        "SHUZHI_WEB_PORT": str(port),
        "PYTHONPATH": SOURCE,
    }
    command = [sys.executable, "-c", "from shuzhi.node.serving import serve; serve('web')"]
    process = subprocess.Popen(
        command, env=environment | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 90
        while not is_well(url):
            assert process.poll() is None, "the web ended at once"
            assert time.monotonic() < until, "the web did not become ready"
            time.sleep(0.2)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def is_well(url: str, seconds: float = 5.0) -> bool:
    """Whether somebody is answered."""
    place = urlparse(url)
    try:
        with socket.create_connection((place.hostname, place.port), timeout=seconds) as line:
            line.sendall(b"GET /about/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return line.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
