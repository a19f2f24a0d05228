"""The gateway and the database are killed under load; what callers were answered is in the log, without exception."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
from tests.faults.conftest import SOURCE, eventually

from shuzhi.data.exchange.client import CallRefused, ExchangeClient, GatewayUnreachable, StoredCredential

REPOSITORY = Path(__file__).resolve().parents[2]
CALLERS = 8
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
    """Calls until told to stop, and keeps its own record of every answer."""

    def __init__(self, credential: StoredCredential, uscc: str) -> None:
        super().__init__(daemon=True)
        self.credential, self.uscc = credential, uscc
        self.answered: list[str] = []
        self.failed = 0
        self.is_over = False

    def run(self) -> None:
        with ExchangeClient(self.credential) as client:
            while not self.is_over:
                try:
                    self.answered.append(client.call("firm-by-uscc", uscc=self.uscc)["request_id"])
                except (GatewayUnreachable, CallRefused):
                    self.failed += 1
                    time.sleep(0.02)


def test_every_answered_call_is_in_the_log(node):
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
    told = {number for caller in callers for number in caller.answered}
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT facts->>'request' FROM security_act WHERE action = 'exchange.called'"
        ).fetchall()
    assert sum(caller.failed for caller in callers) > 0
    assert told - {row[0] for row in rows} == set()


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
