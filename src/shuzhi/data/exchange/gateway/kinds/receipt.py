"""Receipts of calls that were answered (回执): ordered by one call, collected by another, fifty at once.

An inclusion proof can only be made once the audit log has been sealed, which is the worker's work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds import ordering
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.ordering import Found, Order
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.types import InterfaceKind

MOST = 50
ACCEPTED = 202
KIND_COLUMN = 3

HEAVY, WRITING = False, True
STATEMENT = ordering.STATEMENT
SCOPED: str | None = None


def read(given: Mapping[str, str], grant: Grant) -> Order:
    """`job`, or the request ids of the calls, as names of parameters `r1`, `r2` …"""
    del grant
    job = ordering.number_asked(given)
    if job is not None:
        return Order(job)
    if not 1 <= len(given) <= MOST:
        raise refusals.ParameterRefused(
            name="r1", reason=f"begins 1 to {MOST} request ids", reason_zh=f"应给出 1 至 {MOST} 个请求编号"
        )
    requests = sorted(set(given.values()))
    return Order(None, msgspec.json.encode({"requests": requests}, order="sorted").decode())


def values(questions: Sequence[Question]) -> Sequence[object]:
    """Orders, whatever the kind of their interface."""
    columns = list(ordering.values(questions))
    columns[KIND_COLUMN] = [InterfaceKind.RECEIPT.value] * len(questions)
    return columns


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The job's number and state; the receipts when they are ready.

    Raises:
        JobNotFound: this subscription has none of this number.
        Unavailable: the same order is just being written by another call.
    """
    del masking_key
    if not rows:
        raise refusals.JobNotFound if question.parameters.job else refusals.Unavailable
    found = Found(*rows[0])
    if "requests" not in msgspec.json.decode(found.asked):
        raise refusals.JobNotFound
    told: dict[str, object] = {"job": found.job, "state": found.state}
    noted = dict(told)
    if found.outcome is not None:
        told["receipts"] = msgspec.json.decode(found.outcome)["receipts"]
    return Answer(told, noted, status=200 if found.state == "ready" else ACCEPTED)
