"""A payment gateway to try with (支付沙箱): a book of its own in one file, signed requests and callbacks, faults on demand.

It runs as a process of its own (`shuzhi payments sandbox`) or inside the node, by the same words. It moves no money.

| what a payer chooses at the till | what happens |
|---|---|
| `pay` | charged, and told by a callback |
| `decline` | the payer's bank refuses; the charge stays open |
| `pay-silent` | charged; no callback, and the next question is not answered |
| `pay-storm` | charged; the callback comes five times |
| `pay-late` | charged even though the charge was closed |

| a payout's account, or a refund's fen, ends with | what happens |
|---|---|
| 9001, or 91 | done, but no answer comes |
| 9002, or 92 | nothing is done and no answer comes, the first time |
| 9003, or 93 | pending; done when it is asked after |
| 9004, or 94 | refused |
| 9005 | done; on the next day the payee's bank sends it back, told by a callback and by that day's statement |
"""

from __future__ import annotations

from pathlib import Path

from shuzhi.foundation.secrets import secret
from shuzhi.support.payments.sandbox.book import Book

SECRET = "payment-gateway"  # noqa: S105 - the name of the file


def shared_secret(home: Path) -> str:
    """What this node and its gateway share."""
    return secret(home, SECRET)


def home_book(home: Path) -> Book:
    """The book under the home folder, begun anew where that was emptied."""
    return Book(home / "sandbox" / "payments.db", shared_secret(home))
