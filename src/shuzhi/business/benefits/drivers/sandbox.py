"""A bank inside the platform (沙箱银行) with a book of its own, whose faults are chosen by the last digits of an account.

| account ends with | what happens |
|---|---|
| 9001 | the money is moved, but no answer comes |
| 9002 | nothing is done and no answer comes, the first time |
| 9003 | the money is moved; the receiving bank sends it back (退汇) by the next statement |
| 9004 | refused: the account is closed |
| any other | moved, and said so |
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from shuzhi.business.benefits import models
from shuzhi.business.benefits.drivers import Line, Outcome, Result, Transfer
from shuzhi.business.benefits.errors import AccountsDiffer, DriverTimedOut

UNANSWERED, LOST, SENT_BACK, CLOSED = "9001", "9002", "9003", "9004"
KNOCKED = "knocked"  # asked once, nothing done


class SandboxBank:
    """The sandbox as a driver."""

    def pay(self, transfer: Transfer, *, at: datetime) -> Outcome:
        """Carry it out, or do what its account number asks for."""
        with transaction.atomic():
            known = models.SandboxTransfer.objects.select_for_update().filter(key=transfer.key).first()
            outcome = self._again(known, transfer, at) if known else self._first(transfer, at)
        if outcome is None:
            raise DriverTimedOut
        return outcome

    def status(self, key: str) -> Outcome | None:
        """What the book says of a transfer."""
        row = models.SandboxTransfer.objects.filter(key=key).exclude(state=KNOCKED).first()
        return None if row is None else _outcome(row)

    def statement(self) -> Iterator[Line]:
        """The whole book; what is to be sent back is sent back before it is written out."""
        sent_back = models.SandboxTransfer.objects.filter(state=Result.SETTLED, account__endswith=SENT_BACK)
        sent_back.update(state=Result.RETURNED, problem="收款行退汇：户名与账号不符")
        rows = models.SandboxTransfer.objects.exclude(state=KNOCKED).order_by("key")
        for row in rows.iterator(chunk_size=1000):
            yield Line(row.key, row.amount, _outcome(row))

    def _first(self, transfer: Transfer, at: datetime) -> Outcome | None:
        state, problem = Result.SETTLED.value, ""
        if transfer.account.endswith(CLOSED):
            state, problem = Result.FAILED.value, "收款账户已销户"
        elif transfer.account.endswith(LOST):
            state = KNOCKED
        row = models.SandboxTransfer.objects.create(
            key=transfer.key, amount=transfer.amount, account=transfer.account,
            account_name=transfer.account_name, state=state, problem=problem, at=at, changed_at=at,
        )  # fmt: skip
        return None if transfer.account.endswith((UNANSWERED, LOST)) else _outcome(row)

    def _again(self, row: models.SandboxTransfer, transfer: Transfer, at: datetime) -> Outcome:
        if (row.amount, row.account) != (transfer.amount, transfer.account):
            raise AccountsDiffer
        if row.state == KNOCKED:
            row.state, row.changed_at = Result.SETTLED.value, at
            row.save(update_fields=["state", "changed_at"])
        return _outcome(row)


def _outcome(row: models.SandboxTransfer) -> Outcome:
    return Outcome(Result(row.state), row.problem)
