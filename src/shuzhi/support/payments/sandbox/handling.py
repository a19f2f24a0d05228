"""What the sandbox does with a request; pure in the sense that a server and a test call it alike."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

from shuzhi.foundation.clock import day_of
from shuzhi.support.payments.drivers.signing import NONCE, is_signed
from shuzhi.support.payments.sandbox.book import Book, find, send_back, settle, write

OK, WRONG, UNSIGNED, MISSING, CONFLICT, EARLY = 200, 400, 401, 404, 409, 425
UNANSWERED, LOST, SLOW, REFUSED, COMES_BACK = "1", "2", "3", "4", "5"
PAYING = {"pay": 1, "pay-silent": 0, "pay-storm": 5, "pay-late": 1}
Answer = tuple[int, bytes]


class Silent(Exception):
    """The gateway does not answer."""


def handle(  # noqa: PLR0911 - a table of addresses, one answer each
    book: Book, method: str, path: str, headers: Mapping[str, str], body: bytes, *, at: datetime
) -> Answer:
    """Answer a signed request.

    Raises:
        Silent: no answer is given.
    """
    if not is_signed(book.secret, method, path, body, headers, at=at):
        return _told(UNSIGNED, {"problem": "signature"})
    if not book.is_fresh(str(headers.get(NONCE)), at):
        return _told(UNSIGNED, {"problem": "nonce"})
    match [method, *(unquote(part) for part in path.strip("/").split("/"))]:
        case ["GET", "statements", name]:
            return _statement(book, name, at)
        case ["GET", "asks", key]:
            return _changed(book, key, _looked, at)
        case ["POST", "asks"]:
            return _asked(book, json.loads(body), at)
        case ["POST", "asks", key, "close"]:
            return _changed(book, key, _closed, at)
        case ["POST", "till", key]:
            how = str(json.loads(body).get("how"))
            return _changed(book, key, lambda rows, row, when: _paid(rows, row, how, when), at)
    return _told(MISSING, {"problem": "no such address"})


def _asked(book: Book, told: dict[str, Any], at: datetime) -> Answer:
    silent = False
    with book.writing() as rows:
        row = find(rows, told["key"])
        if row is None:
            row = _new(told)
            if row["what"] == "refund" and (problem := _refund_problem(rows, row)):
                return _told(CONFLICT, {"problem": problem})
            silent = _begin(rows, row, at)
        elif (row["fen"], row["what"]) != (told["amount"], told["what"]):
            return _told(CONFLICT, {"problem": "same key, other facts"})
        elif row["state"] == "lost":
            settle(rows, row, at)
    if silent:
        raise Silent
    return _told(OK, _shown(row))


def _new(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": told["key"], "what": told["what"], "fen": int(told["amount"]), "of": told.get("of", ""),
        "account": told.get("account", ""), "title": told.get("title", ""), "state": "open", "problem": "",
        "settled_on": None, "deaf": 0,
    }  # fmt: skip


def _begin(rows: sqlite3.Connection, row: dict[str, Any], at: datetime) -> bool:
    """Do what is asked, with the fault that its account or amount asks for; True where no answer is given."""
    if row["what"] == "charge":
        write(rows, row)
        return False
    fault = _fault(row)
    if fault == LOST:
        row["state"] = "lost"
    elif fault == SLOW:
        row["state"] = "pending"
    elif fault == REFUSED:
        row["state"], row["problem"] = "failed", "收款账户异常"
    else:
        settle(rows, row, at)
        if fault == COMES_BACK and row["what"] == "payout":
            send_back(rows, row, at, "收款账户户名不符")
        return fault == UNANSWERED
    write(rows, row)
    return fault == LOST


def _fault(row: dict[str, Any]) -> str:
    if row["what"] == "payout":
        return row["account"][-1] if row["account"][-4:-1] == "900" else ""
    return str(row["fen"])[-1] if str(row["fen"])[-2:-1] == "9" else ""


def _refund_problem(rows: sqlite3.Connection, row: dict[str, Any]) -> str:
    """The gateway too gives back no more than it took."""
    charge = find(rows, row["of"])
    if charge is None or charge["state"] != "done":
        return "nothing was charged"
    gone = rows.execute(
        "SELECT coalesce(sum(fen), 0) FROM ask WHERE what = 'refund' AND of = ? AND state <> 'failed'",
        [row["of"]],
    ).fetchone()[0]
    return "more than was charged" if gone + row["fen"] > charge["fen"] else ""


def _changed(book: Book, key: str, change: Any, at: datetime) -> Answer:
    with book.writing() as rows:
        row = find(rows, key)
        if row is None or row["state"] == "lost":
            return _told(MISSING, {"problem": "unknown key"})
        silent = change(rows, row, at)
    if silent:
        raise Silent
    return _told(OK, _shown(row))


def _looked(rows: sqlite3.Connection, row: dict[str, Any], at: datetime) -> bool:
    if row["deaf"]:
        row["deaf"] = 0
        write(rows, row)
        return True
    if row["state"] == "pending":
        settle(rows, row, at)
    return False


def _closed(rows: sqlite3.Connection, row: dict[str, Any], _: datetime) -> bool:
    if row["what"] == "charge" and row["state"] == "open":
        row["state"] = "closed"
        write(rows, row)
    return False


def _paid(rows: sqlite3.Connection, row: dict[str, Any], how: str, at: datetime) -> bool:
    """What the payer does. A charge that is paid or closed is not paid again, save where that is the fault."""
    if row["what"] == "charge" and (
        row["state"] == "open" or (how == "pay-late" and row["state"] == "closed")
    ):
        if how in PAYING:
            row["deaf"] = int(how == "pay-silent")
            settle(rows, row, at, callbacks=PAYING[how])
        else:
            row["problem"] = "付款银行未受理"
            write(rows, row)
    return False


def _statement(book: Book, name: str, at: datetime) -> Answer:
    try:
        day = date.fromisoformat(name.removesuffix(".csv"))
    except ValueError:
        return _told(WRONG, {"problem": "no day"})
    if day >= day_of(at):
        return _told(EARLY, {"problem": "the day is not over"})
    made = io.StringIO()
    lines = csv.DictWriter(made, ["key", "what", "fen", "problem"], lineterminator="\n")
    lines.writeheader()
    lines.writerows(book.statement(day))
    return OK, made.getvalue().encode()


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"], "state": row["state"], "fen": row["fen"], "problem": row["problem"],
        "settled_on": row["settled_on"],
    }  # fmt: skip


def _told(status: int, answer: dict[str, Any]) -> Answer:
    return status, json.dumps(answer, ensure_ascii=False).encode()
