"""Workers that send payouts and refunds and take callbacks are killed again and again; afterwards all money has moved once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

WHOLE = """
from shuzhi.node.starting import start_django
start_django()
import os, random, signal, time
from decimal import Decimal
from django.db import connection
from tests.unit.support.payments import world
from tests.unit.support.payments.world import APPROVER, AT, PAYER, PLATFORM, RESIDENT
from shuzhi.support.payments import ledger, models, queries, services
from shuzhi.support.payments.drivers import driver
ORDERS, PAYOUTS = 60, 60
numbers = [world.place("80.00").number for _ in range(ORDERS)]
for number in range(PAYOUTS):
    world.pay_out("5.00", tail=("5555", "9001", "9002", "9003")[number % 4])
bank = driver()
for number in numbers:
    services.begin_payment(order=number, proven={PAYER}, by=RESIDENT, at=AT)
    bank.cashier(number, "pay-storm", at=AT)
def forward():
    for _ in range(3):
        services.bring_forward(by=PLATFORM, at=AT)
rng, killed = random.Random(7), 0
def hurt(times, longest):
    global killed
    for _ in range(times):
        connection.close()
        connection.close_pool()
        workers = []
        for _ in range(2):
            worker = os.fork()
            if not worker:
                try:
                    forward()
                finally:
                    os._exit(0)
            workers.append(worker)
        time.sleep(rng.uniform(0.05, longest))
        for worker in workers:
            if os.waitpid(worker, os.WNOHANG)[0] == 0:
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
                killed += 1
hurt(6, 0.5)
forward()
for number in numbers:
    services.refund(order=number, amount=Decimal("10.00"), reason="多收", by=APPROVER, at=AT)
hurt(6, 0.5)
forward()
assert killed
assert queries.differences() == [], queries.differences()
assert models.Order.objects.filter(kind="charge", state="paid", refunded=1000).count() == ORDERS
assert models.Order.objects.filter(kind="payout", state="paid").count() == PAYOUTS
assert ledger.balance(ledger.TRANSIT) == 0
assert ledger.balance(ledger.office_account(world.OFFICE)) == ORDERS * 7000 - PAYOUTS * 500
assert services.reconcile(day=AT.date(), by=PLATFORM, at=world.NEXT_DAY).is_clean
print("whole")
"""


@pytest.mark.proof
def test_the_money_moves_once_and_the_books_agree(node):
    node.up("--only", "database", "--only", "web")

    done = subprocess.run(
        [sys.executable, "-c", WHOLE], env=node.environ, cwd=ROOT, check=False, timeout=200, capture_output=True,
        text=True,
    )  # fmt: skip

    assert "whole" in done.stdout, done.stderr[-3000:]
