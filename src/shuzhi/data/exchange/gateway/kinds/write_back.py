"""What an office that uses data gives back (回写): a result, or an objection to a register's value (数据异议);
and what another node hands over (跨节点交办), which a room above takes.

Stored before it is answered, under the caller's own `reference`: the same again is the same, something else under a
reference that was used is refused. A later call with `reference` or `job` alone asks what became of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.calls import DOCUMENT
from shuzhi.data.exchange.gateway.kinds import ordering
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.ordering import Found, Order
from shuzhi.data.exchange.gateway.kinds.parameters import comparable_value
from shuzhi.data.exchange.gateway.terms import Grant, Written
from shuzhi.pillars.standards.validators import VALIDATORS

REFERENCE = "reference"
FIELD, VALUE, REASON = "field", "value", "reason"
DIGEST = "digest"  # of what was given, where it is kept no more
STATES = {"waiting": "received", "working": "received", "ready": "settled", "failed": "failed"}
ACCEPTED = 202

HEAVY, WRITING = False, True
STATEMENT = ordering.STATEMENT
SCOPED: str | None = None  # whoever does the job reads the rows
values = ordering.values

_REFERENCE = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
_FORMS = {
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "decimal": re.compile(r"-?[0-9]{1,28}(\.[0-9]{1,10})?"),
}


def read(given: Mapping[str, str], grant: Grant) -> Order:
    """A reference with what is returned, or a reference or a job's number alone."""
    job = ordering.number_asked(given)
    if job is not None:
        return Order(job)
    reference = given.get(REFERENCE, "")
    if not _REFERENCE.fullmatch(reference):
        raise _refused(REFERENCE, "is missing or not in its form", "缺失或格式不对")
    said = {name: value for name, value in given.items() if name != REFERENCE}
    if not said:
        return Order(None, key=reference)
    if grant.terms.port is not None:
        checked = _document(said)
    else:
        checked = _result(said, grant) if grant.terms.source else _objection(said, grant)
    content = {REFERENCE: reference, "values": checked}
    return Order(None, msgspec.json.encode(content, order="sorted").decode(), key=reference)


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The number under which it is kept, and what became of it so far.

    Raises:
        JobNotFound: this subscription gave nothing back under this reference or number.
        ReferenceUsed: something else was given back under it.
        Unavailable: the same is just being written by another call.
    """
    del masking_key
    order: Order = question.parameters
    if not rows:
        raise refusals.Unavailable if order.asked else refusals.JobNotFound
    found = Found(*rows[0])
    kept = msgspec.json.decode(found.asked)
    if order.asked and not _is_same(kept, msgspec.json.decode(order.asked)):
        raise refusals.ReferenceUsed(reference=order.key)
    told: dict[str, object] = {"job": found.job, REFERENCE: kept[REFERENCE], "state": STATES[found.state]}
    noted = told | {"fields": sorted(kept.get("values", (DOCUMENT,)))}
    for name, text in (("outcome", found.outcome), ("problem", found.problem)):
        if text is not None:
            told[name] = msgspec.json.decode(text)
    return Answer(told, noted, status=ACCEPTED if order.asked else 200)


def emptied(asked: Mapping[str, Any]) -> dict[str, str]:
    """What stays of something once a room has taken it: enough to know the same again."""
    if DIGEST in asked:
        return dict(asked)
    return {REFERENCE: asked[REFERENCE], DIGEST: _digest_of(asked)}


def _is_same(kept: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return kept == given or kept.get(DIGEST) == _digest_of(given)


def _digest_of(asked: Mapping[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


def _document(said: Mapping[str, str]) -> dict[str, str]:
    """What another node hands over: one JSON object, which the room that takes it reads."""
    if set(said) != {DOCUMENT}:
        raise _refused(DOCUMENT, "stands alone with its reference", "须与流水号单独使用")
    try:
        msgspec.json.decode(said[DOCUMENT], type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise _refused(DOCUMENT, "is no JSON object", "不是 JSON 对象") from None
    return dict(said)


def _result(said: Mapping[str, str], grant: Grant) -> dict[str, str]:
    """A row of the data set: every field known, the required ones there, each in its form."""
    known = {field.id: field for field in grant.terms.written}
    for name in said:
        if name not in known:
            raise _refused(name, "is no field of the data set", "不是数据集的字段")
    for field in grant.terms.written:
        value = said.get(field.id, "").strip()
        if not value and field.required:
            raise _refused(field.id, "is missing", "缺失")
        if value:
            _check_form(value, field)
    return dict(said)


def _check_form(value: str, field: Written) -> None:
    pattern = _FORMS.get(field.type)
    if pattern is not None and not pattern.fullmatch(value):
        raise _refused(field.id, f"is no {field.type}", "不是数值")
    if field.type == "date" and not _is_day(value):
        raise _refused(field.id, "is no date like 2026-03-02", "不是日期，应写作 2026-03-02")
    standard = VALIDATORS.get(field.standard or "")
    if standard is not None and not standard(value):
        raise _refused(
            field.id,
            f"does not keep {standard.standard} ({standard.title_en})",
            f"不符合 {standard.standard}（{standard.title_zh}）",
        )


def _objection(said: Mapping[str, str], grant: Grant) -> dict[str, str]:
    """Whose value it is, which field, what it should say, and why."""
    identifier, *fields = grant.terms.parameters
    wanted = {identifier.id, FIELD, VALUE, REASON}
    for name in (*said, *wanted):
        if name not in wanted:
            raise _refused(name, "is not known", "不存在")
        if not said.get(name, "").strip():
            raise _refused(name, "is missing", "缺失")
    if said[FIELD] not in {field.id for field in fields}:
        raise _refused(FIELD, "can't be objected to here", "不在可提出异议的字段内")
    return dict(said) | {identifier.id: comparable_value(said[identifier.id], identifier)}


def _is_day(value: str) -> bool:
    try:
        return len(value) == len("2026-03-02") and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _refused(name: str, reason: str, reason_zh: str) -> refusals.ParameterRefused:
    return refusals.ParameterRefused(name=name, reason=reason, reason_zh=reason_zh)
