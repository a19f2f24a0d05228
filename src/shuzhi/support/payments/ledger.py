"""The ledger (资金账): every line has two sides, so that its sum is nought whatever happens. Lines are never changed.

Accounts: `office/<office>` (what an office has taken in or paid from), `transit` (sent, the gateway has not said) and
`party/<order>` (payers and payees). Money that is debited to an account has come to it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from shuzhi.support.payments import models

TRANSIT = "transit"


def office_account(office: str) -> str:
    """The account of an office."""
    return f"office/{office}"


def party_account(order: str) -> str:
    """The account of whoever pays or is paid by an order."""
    return f"party/{order}"


def post(*, key: str, debit: str, credit: str, fen: int, order: str, said: str, at: datetime) -> bool:
    """Book a happening once; False where it stands there already."""
    facts = {"debit": debit, "credit": credit, "fen": fen, "order": order, "said": said[:200], "at": at}
    _, made = models.Posting.objects.get_or_create(key=key, defaults=facts)
    return made


def balance(account: str) -> int:
    """What has come to an account less what has gone from it, in fen."""
    came = models.Posting.objects.filter(debit=account).aggregate(fen=Sum("fen"))["fen"] or 0
    went = models.Posting.objects.filter(credit=account).aggregate(fen=Sum("fen"))["fen"] or 0
    return int(came - went)
