"""Orders, clerks and a gateway for the tests of payments. All persons and accounts are invented."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.payments import services

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
NEXT_DAY = AT + timedelta(days=1)
PAYER = "resident_id/330102199003078803"
PLATFORM = system("test")
OFFICE = "planning"
CLERK = Actor("account/clerk", "许规", OFFICE, roles=frozenset({Role.DATA_OFFICER}))
APPROVER = Actor("account/approver", "陈批", OFFICE, roles=frozenset({Role.APPROVER}))
STRANGER = Actor("account/tax", "王税", "taxation", roles=frozenset({Role.APPROVER}))
RESIDENT = Actor("account/mother", "林一", None, roles=frozenset({Role.RESIDENT}))
FEE = Words(zh="不动产登记费", en="Registration fee")
PACK = Path(__file__).resolve().parents[4] / "packs/platform/payments"
_numbers = itertools.count(1)


def open_bank(folder, monkeypatch):
    from shuzhi.support.payments import drivers
    from shuzhi.support.payments.drivers.gateway import GatewayDriver, within
    from shuzhi.support.payments.sandbox.book import Book
    from shuzhi.support.payments.services import charging, reconciling, sending

    book = Book(folder / "payments.db", "shared")
    made = GatewayDriver(within(book), "shared")
    for module in (drivers, charging, reconciling, sending):
        monkeypatch.setattr(module, "driver", lambda: made)
    made.book = book
    return made


def install():
    from shuzhi.support.credentials import services as credentials
    from shuzhi.support.credentials.types import KindDeclaration
    from shuzhi.support.workflow import services as workflow
    from shuzhi.support.workflow.types import LoopDeclaration

    for file in sorted((PACK / "credentials").glob("*.yaml")):
        kind = KindDeclaration.model_validate(_said(file))
        credentials.install_kind(declaration=kind, pack="platform/payments", by=PLATFORM, at=AT)
    for file in sorted((PACK / "loops").glob("*.yaml")):
        loop = LoopDeclaration.model_validate(_said(file))
        workflow.install_loop(declaration=loop, pack="platform/payments", by=PLATFORM, at=AT)


def _said(file):
    return yaml.safe_load(file.read_text("utf-8"))


def place(amount="80.00", *, at=AT, by=CLERK, **changes):
    told = {"subject": "case/9", "payer": PAYER, "amount": Decimal(amount), "reason": FEE, "office": OFFICE}
    return services.place_order(**told | changes, by=by, at=at)


def pay_out(amount="500.00", tail="5555", *, key=None, at=AT, **changes):
    told = {
        "subject": "finding/1", "payee": PAYER, "amount": Decimal(amount), "reason": FEE, "office": OFFICE,
        "account": f"3300{next(_numbers):06d}{tail}", "account_name": "林一", "key": key or f"out/{next(_numbers)}",
    }  # fmt: skip
    return services.place_payout(**told | changes, by=APPROVER, at=at)


def paid(bank, amount="80.00", how="pay", *, at=AT, **changes):
    made = place(amount, at=at, **changes)
    services.begin_payment(order=made.number, proven={PAYER}, by=RESIDENT, at=at)
    return services.use_till(order=made.number, how=how, proven={PAYER}, by=RESIDENT, at=at)


def callbacks(bank):
    """Every callback that the gateway would send now, as often as it would."""
    return bank.book.callbacks()
