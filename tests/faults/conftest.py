"""A whole node in its own home and on its own ports, ended after the test whatever happened to it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.ports import free_port
from tests.postgres import open_folder

SOURCE = Path(__file__).resolve().parents[2] / "src"


class Node:
    """One node, used only through its command line and its ports."""

    def __init__(self) -> None:
        self.home = open_folder("shuzhi-node-")
        self.web, self.gateway = free_port(), free_port()
        self.environ = os.environ | {
            "SHUZHI_HOME": str(self.home),
            "SHUZHI_WEB_PORT": str(self.web),
            "SHUZHI_GATEWAY_PORT": str(self.gateway),
            "PYTHONPATH": str(SOURCE),
        }

    def shuzhi(self, *words: str, timeout: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "shuzhi", *words, timeout=timeout, **more)

    def run(self, *words: str, timeout: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        """Any program in the node's environment."""
        return subprocess.run(
            words,
            env=self.environ | more,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def up(self, *words: str, timeout: float = 120) -> None:
        done = self.shuzhi("up", "--detach", *words, timeout=timeout)
        assert done.returncode == 0, done.stderr

    def status(self) -> dict[str, Any]:
        return json.loads(self.shuzhi("status", "--json").stdout)

    def process(self, name: str) -> dict[str, Any]:
        return next(p for p in self.status()["processes"] if p["name"] == name)

    def pid(self, name: str) -> int:
        pid = self.process(name)["pid"]
        assert pid
        return int(pid)

    def kill(self, name: str) -> int:
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def get(self, path: str, port: int | None = None) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.web}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def processes(self) -> list[psutil.Process]:
        """Every process on this machine that works for this home, recorded or not."""
        return [process for process in psutil.process_iter() if belongs(process, self.home)]


def belongs(process: psutil.Process, home: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        works_here = process.cwd().startswith(str(home))
        return works_here or process.environ().get("SHUZHI_HOME") == str(home)
    except psutil.Error:
        return False


def eventually(said: Callable[[], object], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if said():
            return True
        time.sleep(0.1)
    return bool(said())


def nobody_else_works() -> bool:
    """Whether the test's own session is the only one with a transaction or an advisory lock in its database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(*) FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND (
                a.state <> 'idle' OR a.pid IN (SELECT l.pid FROM pg_locks l WHERE l.locktype = 'advisory'))
        """)
        return bool(cursor.fetchone() == (0,))


@pytest.fixture
def node():
    one = Node()
    yield one
    one.shuzhi("stop")
    left = one.processes()
    for process in left:
        process.kill()
    shutil.rmtree(one.home, ignore_errors=True)
    assert not left, f"orphans: {left}"


@pytest.fixture
def demonstrated(node):
    """The node with the demonstration in it, running."""
    done = node.shuzhi("demo", "--no-serve", timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    node.environ["SHUZHI_DEMO"] = "true"
    node.up(timeout=400)
    return node
