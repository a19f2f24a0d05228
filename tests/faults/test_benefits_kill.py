"""Workers that match and pay are killed again and again; afterwards everybody has their money once and the books agree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

COMMON = """
from shuzhi.node.starting import start_django
start_django()
import time
from tests.unit.business.benefits import world
from tests.unit.business.benefits.world import AT, PLATFORM, POLICY
from shuzhi.business.benefits import ledger, models, queries, services
from shuzhi.business.benefits.types import State
"""
BEGIN = """
world.install(budget="30000.00", cap="100.00")
for number in range(600):
    world.put_firm(number, insured=number % 150, account=f"33000000{number:04d}{('5555', '9001', '9002')[number % 3]}")
"""
KILL = """
import os, random, signal
from django.db import connection
def match():
    world.run()
def take():
    for number in models.Finding.objects.filter(state=State.RESERVED).values_list("id", flat=True):
        services.answering._confirm(models.Finding.objects.get(id=number), by=PLATFORM, at=AT, how=How.TAP)
def pay():
    services.pay_waiting(by=PLATFORM, at=AT, most=10_000)
from shuzhi.business.benefits.types import How
rng, killed = random.Random(11), 0
def hurt(work, times, longest):
    global killed
    for _ in range(times):
        connection.close()
        connection.close_pool()
        workers = []
        for _ in range(2):
            worker = os.fork()
            if not worker:
                try:
                    work()
                finally:
                    os._exit(0)
            workers.append(worker)
        time.sleep(rng.uniform(0.05, longest))
        for worker in workers:
            if os.waitpid(worker, os.WNOHANG)[0] == 0:
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
                killed += 1
hurt(match, 5, 1.2)
match()
take()
hurt(pay, 8, 0.5)
pay()
pay()
assert killed
"""
CHECK = """
kept = queries.budget(POLICY)
assert queries.differences(POLICY, "2026") == [], queries.differences(POLICY, "2026")
assert models.Finding.objects.count() == 400  # insured below 100
assert models.Finding.objects.filter(state=State.PAID).count() == 400, queries.states(POLICY)
assert kept.paid == 400 * 6000 and kept.reserved == 0
assert models.SandboxTransfer.objects.count() == 400 == models.Order.objects.count()
assert ledger.balance(ledger.TRANSIT) == 0
assert ledger.balance(ledger.budget_account(POLICY, "2026")) == kept.total - kept.paid
assert services.reconcile(by=PLATFORM, at=AT).is_clean
print("whole")
"""


@pytest.mark.proof
def test_everybody_is_paid_once_and_the_books_agree(node):
    node.up("--only", "database", "--only", "web")

    # One process begins and starts the workers that it kills: starting Django again for each takes longer.
    whole = [sys.executable, "-c", COMMON + BEGIN + KILL + CHECK]
    done = subprocess.run(
        whole, env=node.environ, cwd=ROOT, check=False, timeout=200, capture_output=True, text=True
    )

    assert "whole" in done.stdout, done.stderr[-3000:]
