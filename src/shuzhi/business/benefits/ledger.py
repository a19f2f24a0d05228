"""The ledger (资金账): every line has two sides, so that its sum is nought whatever happens. Lines are never changed.

Accounts: `treasury` (财政), `budget/<policy>/<period>` (预算), `transit` (在途: sent, the bank has not said), and
`recipient/<finding>`. Money that is debited to an account has come to it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from shuzhi.business.benefits import models

TREASURY, TRANSIT = "treasury", "transit"


def budget_account(policy: str, period: str) -> str:
    """The account of a period's budget."""
    return f"budget/{policy}/{period}"


def recipient_account(finding: int) -> str:
    """The account of whoever is found."""
    return f"recipient/{finding}"


def post(
    *, key: str, debit: str, credit: str, fen: int, policy: str, period: str, said: str, at: datetime,
    finding: int | None = None,
) -> bool:  # fmt: skip
    """Book a happening once; False where it stands there already."""
    _, made = models.Posting.objects.get_or_create(
        key=key,
        defaults={
            "debit": debit, "credit": credit, "fen": fen, "policy": policy, "period": period,
            "finding": finding, "said": said, "at": at,
        },
    )  # fmt: skip
    return made


def balance(account: str) -> int:
    """What has come to an account less what has gone from it, in fen."""
    came = models.Posting.objects.filter(debit=account).aggregate(fen=Sum("fen"))["fen"] or 0
    went = models.Posting.objects.filter(credit=account).aggregate(fen=Sum("fen"))["fen"] or 0
    return int(came - went)


def transit_of(policy: str, period: str) -> int:
    """What of a budget is on its way."""
    rows = models.Posting.objects.filter(policy=policy, period=period)
    came = rows.filter(debit=TRANSIT).aggregate(fen=Sum("fen"))["fen"] or 0
    went = rows.filter(credit=TRANSIT).aggregate(fen=Sum("fen"))["fen"] or 0
    return int(came - went)
