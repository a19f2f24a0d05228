"""Writes of the room, by topic."""

from __future__ import annotations

from shuzhi.business.benefits.services.allotting import allot
from shuzhi.business.benefits.services.answering import confirm, confirm_deemed, decline, name_account
from shuzhi.business.benefits.services.appealing import appeal, dismiss, follow_dossier, uphold
from shuzhi.business.benefits.services.installing import install_policy, retire_policy
from shuzhi.business.benefits.services.paying import pay, pay_waiting, reconcile
from shuzhi.business.benefits.services.recovering import recover, repay
from shuzhi.business.benefits.services.running import ask_for_run, close_ended, run, run_policy

__all__ = [
    "allot", "appeal", "ask_for_run", "close_ended", "confirm", "confirm_deemed", "decline", "dismiss",
    "follow_dossier", "install_policy", "name_account", "pay", "pay_waiting", "reconcile", "recover", "repay",
    "retire_policy", "run", "run_policy", "uphold",
]  # fmt: skip
