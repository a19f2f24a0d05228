"""Over generated histories: budgets are never overspent, nothing is paid twice, every fen can be traced."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.business.benefits import world
from tests.unit.business.benefits.world import AT, OFFICER, PLATFORM, POLICY, account_of, put_firm

from shuzhi.business.benefits import ledger, models, queries, services
from shuzhi.business.benefits.money import fen_of, said, yuan_of
from shuzhi.foundation.errors import PlatformError

TAILS = ["5555", "9001", "9002", "9003", "9004"]
FIRMS = st.lists(
    st.tuples(st.integers(1, 120), st.decimals("0.01", "1500", places=2), st.sampled_from(TAILS)),
    min_size=1,
    max_size=6,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["run", "confirm", "confirm", "decline", "pay", "reconcile", "account", "recover", "repay", "change"]),
        st.integers(0, 5),
        st.integers(1, 40000),
    ),
    max_size=14,
)  # fmt: skip


@given(st.decimals("-1e9", "1e9", places=6))
def test_fen_and_yuan_lose_nothing_but_the_half_fen(amount):
    fen = fen_of(amount)

    assert abs(yuan_of(fen) - amount) <= Decimal("0.005")
    assert fen_of(yuan_of(fen)) == fen
    assert Decimal(said(fen).replace(",", "")) == yuan_of(fen)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=15)
@given(firms=FIRMS, steps=STEPS, budget=st.decimals("600", "3000", places=2))
def test_whatever_happens_the_books_agree(firms, steps, budget):
    from django.db import transaction

    with transaction.atomic():
        world.install(budget=str(budget))
        usccs = [
            put_firm(n, insured=insured, premiums=str(premiums), account=f"3300{n:04d}{tail}")
            for n, (insured, premiums, tail) in enumerate(firms)
        ]
        world.run()
        for step in steps:
            _take(usccs, step)
            _look(usccs)
        transaction.set_rollback(True)


def _take(usccs, step):
    from django.db import transaction

    what, which, amount = step
    uscc = usccs[which % len(usccs)]
    number = queries.number_of(POLICY, uscc)
    by = account_of(uscc)
    acts = {
        "run": world.run,
        "pay": lambda: services.pay_waiting(by=PLATFORM, at=AT),
        "reconcile": lambda: services.reconcile(by=PLATFORM, at=AT),
        "confirm": lambda: services.confirm(finding=number, by=by, at=AT),
        "decline": lambda: services.decline(finding=number, reason="", by=by, at=AT),
        "account": lambda: services.name_account(
            finding=number, account="330012345678", account_name="x", by=by, at=AT
        ),
        "recover": lambda: services.recover(finding=number, reason="x", by=OFFICER, at=AT),
        "repay": lambda: services.repay(finding=number, fen=amount, reference=str(amount), by=OFFICER, at=AT),
        "change": lambda: put_firm(which % len(usccs), insured=amount % 150, premiums="700"),
    }
    try:
        with transaction.atomic():
            acts[what]() if number is not None or what in {"run", "pay", "reconcile", "change"} else None
    except PlatformError:
        return  # refused: what was, is


def _look(usccs):
    kept = queries.budget(POLICY)
    assert kept.left >= 0
    assert queries.differences(POLICY, "2026") == []
    charged = models.SandboxTransfer.objects.filter(state="settled")
    for uscc in usccs:
        number = queries.number_of(POLICY, uscc)
        if number is None:
            continue
        arrived = [row for row in charged if row.key.startswith(f"{POLICY}-{number}-")]
        assert len(arrived) <= 1, "paid twice"
        assert ledger.balance(ledger.recipient_account(number)) <= queries.finding(number).amount
