"""The gateway and the database are killed under load; what callers were answered is in the log, without exception."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.faults.conftest import SOURCE, eventually

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.client import StoredCredential
from shuzhi.foundation.clock import now

REPOSITORY = Path(__file__).resolve().parents[2]
CALLERS = 8
PATH = "/v1/interfaces/firm-by-uscc"
MAKE_WORLD = """
import json
from shuzhi.node.starting import start_django
start_django()
from tests.unit.data.exchange import world
made = world.build_world().record
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("UPDATE exchange_subscription SET daily_quota = 100000000")
from shuzhi.foundation import database
print(json.dumps([made.key_id, made.secret, world.USCC, database.database_url()]))
"""


class Caller(threading.Thread):
    """Calls until told to stop, and keeps its own record of every answer and of what it had sent."""

    def __init__(self, credential: StoredCredential, uscc: str) -> None:
        super().__init__(daemon=True)
        self.credential, self.uscc = credential, uscc
        self.answered: dict[str, dict[str, str]] = {}
        self.failed = 0
        self.is_over = False

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=10) as line:
            while not self.is_over:
                headers = self.signed()
                try:
                    reply = self.send(line, headers)
                except httpx.TransportError:
                    reply = None
                if reply is not None and reply.status_code == 200:
                    self.answered[reply.json()["request_id"]] = headers
                else:
                    self.failed += 1
                    time.sleep(0.02)

    def signed(self) -> dict[str, str]:
        key_id, secret = self.credential.key_id, self.credential.secret
        query = f"uscc={self.uscc}"
        return dict(
            signing.signed_headers(
                key_id=key_id, secret=secret, method="GET", path=PATH, query=query, at=now()
            )
        )

    def send(self, line: httpx.Client, headers: dict[str, str]) -> httpx.Response:
        return line.get(f"{self.credential.gateway}{PATH}?uscc={self.uscc}", headers=headers)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="memory"),
        pytest.param({"SHUZHI_GATEWAY_CLAIMS": "database"}, id="rows", marks=pytest.mark.proof),
    ],
)
def test_every_answered_call_is_in_the_log_is_counted_and_cannot_be_replayed(node, settings):
    node.environ |= settings
    node.up()
    key_id, secret, uscc, url = make_world(node)
    credential = StoredCredential(key_id, secret, f"http://127.0.0.1:{node.gateway}")
    callers = [Caller(credential, uscc) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()

    for name in ("gateway", "database"):
        before = answers(callers)
        assert eventually(lambda before=before: answers(callers) > before + 40)
        node.kill(name)
    before = answers(callers)
    assert eventually(lambda: answers(callers) > before + 40)

    for caller in callers:
        caller.is_over = True
    for caller in callers:
        caller.join(20)
    told = {number: sent for caller in callers for number, sent in caller.answered.items()}
    assert sum(caller.failed for caller in callers) > 0
    with httpx.Client(trust_env=False, timeout=10) as line:
        replayed = [callers[0].send(line, sent).json() for sent in told.values()]
    # Those of the beginning may be too old by now on a slow machine.
    assert "nonce" in {one.get("rule") for one in replayed} <= {"nonce", "timestamp"}
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT facts->>'request' FROM security_act WHERE action = 'exchange.called'"
        ).fetchall()
        assert told.keys() - {row[0] for row in rows} == set()
        # A call that was claimed, and lost its answer to the kill, used its quota all the same.
        assert eventually(lambda: counted(connection) >= len(rows), 5)
        if not settings:  # what is claimed in memory is written with its entry, and counted from that
            assert counted(connection) == len(rows)


def counted(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT sum(calls) FROM exchange_dailycount").fetchone()
    return int(row[0]) if row else 0


def answers(callers: list[Caller]) -> int:
    return sum(len(caller.answered) for caller in callers)


def make_world(node) -> list[str]:
    """The exchange's small world, in this node's database."""
    done = subprocess.run(
        [sys.executable, "-c", MAKE_WORLD],
        env=node.environ | {"PYTHONPATH": f"{SOURCE}:{REPOSITORY}"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
