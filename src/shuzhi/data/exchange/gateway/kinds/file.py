"""A file of all granted records that fit some filters (批量文件): ordered by one call, collected by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds import ordering
from shuzhi.data.exchange.gateway.kinds.filters import read_filters
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.ordering import Found, Order
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.work.places import MEDIA_TYPES, FileBody, file_of

FORM = "form"
FORMS = tuple(MEDIA_TYPES)
ACCEPTED = 202

HEAVY, WRITING = False, True
STATEMENT = ordering.STATEMENT
SCOPED: str | None = None  # whoever does the job reads the rows
values = ordering.values


def read(given: Mapping[str, str], grant: Grant) -> Order:
    """Filters and `form`; or `job`, the number of an order that was given before."""
    job = ordering.number_asked(given)
    if job is not None:
        return Order(job)
    form = given.get(FORM, FORMS[0])
    if form not in FORMS:
        raise refusals.ParameterRefused(
            name=FORM, reason=f"is none of {', '.join(FORMS)}", reason_zh=f"应为 {'、'.join(FORMS)} 之一"
        )
    filters = read_filters(given, grant, reserved=(FORM,))
    return Order(None, msgspec.json.encode({"filters": filters, "form": form}, order="sorted").decode())


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The job's number and state; the file itself when it is ready.

    Raises:
        JobNotFound: this subscription has none of this number.
        ResultExpired, ResultOutdated: the file is no longer given out.
        Unavailable: the same order is just being written by another call.
    """
    del masking_key
    if not rows:
        raise refusals.JobNotFound if question.parameters.job else refusals.Unavailable
    found = Found(*rows[0])
    told: dict[str, object] = {"job": found.job, "state": found.state}
    if question.parameters.job is None:
        return Answer(told, told | {"asked": found.asked}, status=ACCEPTED)
    if found.state == "ready":
        return _file(question, found, told)
    if found.state == "expired":
        raise refusals.ResultExpired
    if found.problem is not None:
        told["problem"] = msgspec.json.decode(found.problem)
    return Answer(told, told, status=200 if found.problem else ACCEPTED)


def _file(question: Question, found: Found, told: dict[str, object]) -> Answer:
    assert isinstance(found.expires_at, datetime)
    if found.expires_at <= question.at:
        raise refusals.ResultExpired
    if found.terms != ordering.terms_digest(question.grant):
        raise refusals.ResultOutdated
    form = msgspec.json.decode(found.asked)[FORM]
    name = f"{question.grant.interface}-{found.job}.{form}"
    headers = {
        "content-type": MEDIA_TYPES[form],
        "content-disposition": f'attachment; filename="{name}"',
        "x-shuzhi-sha256": found.sha256,
        "x-shuzhi-rows": str(found.rows),
    }
    body = FileBody(file_of(found.job, form), found.size)
    return Answer(told, told | {"rows": found.rows, "sha256": found.sha256}, file=body, headers=headers)
