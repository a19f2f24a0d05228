"""Returned payouts (退汇): the payee's bank sent the money back; the order's office is told who, what and why, and decides."""

from __future__ import annotations

from datetime import datetime

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.payments import models
from shuzhi.support.payments.money import said
from shuzhi.support.workflow import queries as loops
from shuzhi.support.workflow import services as workflow
from shuzhi.support.workflow.errors import NoSuchLoop

LOOP = "payout-returned"
PLATFORM = system("payments")


def subject_of(number: str) -> str:
    """What the dossier of a returned payout is about."""
    return f"payout/{number}"


def open_dossier(row: models.Order, *, at: datetime) -> int | None:
    """Tell the order's office; nobody where no pack declares the loop: then the order's page alone says it."""
    facts = {
        "order": row.number, "about": row.subject, "account_name": row.account_name,
        "account_tail": row.account[-4:], "yuan": said(row.amount), "why": row.problem,
    }  # fmt: skip
    title = Words(
        zh=f"拨付被退回：{row.account_name} {said(row.amount)} 元，{row.problem}"[:200],
        en=f"A payout came back: {said(row.amount)} yuan, {row.problem}"[:200],
    )
    try:
        made = workflow.open_dossier(
            loop=LOOP, subject=subject_of(row.number), office=row.office, requester=None, by=PLATFORM, at=at,
            title=title, facts=facts,
        )  # fmt: skip
    except NoSuchLoop:
        return None
    return made.id


def close_dossier(number: str, *, again: str, by: Actor, at: datetime) -> None:
    """It was paid again: nothing more is to be done."""
    for one in loops.dossiers(loop=LOOP, subject=subject_of(number), open_only=True):
        workflow.act(
            dossier=one.id, action="paid-again", by=PLATFORM, at=at, note=f"由{by.title}重新拨付", evidence={"order": again}
        )  # fmt: skip
