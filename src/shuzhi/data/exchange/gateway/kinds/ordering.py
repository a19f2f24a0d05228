"""Orders (批量任务): what every kind shares that answers with a job's number and gives its result later.

An order is written in the transaction of its decision. The same order again, while the first is still being worked
on, is the first: a caller that heard no answer asks again and gets no second file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds.filters import whole_number
from shuzhi.data.exchange.gateway.kinds.kind import Question
from shuzhi.data.exchange.gateway.terms import Grant

JOB = "job"
MOST_NUMBER = 10**15

# Existing jobs are looked up and new ones written; a caller sees those of its own subscription only.
STATEMENT = """
WITH w AS (
    SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
        AS w (place, subscription, job, kind, digest, asked, at)
), made AS (
    INSERT INTO exchange_job (subscription_id, kind, digest, asked, state, attempts, rows, size, sha256, terms, asked_at)
    SELECT DISTINCT ON (subscription, digest) subscription, kind, digest, asked::jsonb, 'waiting', 0, 0, 0, '', '', at
    FROM w WHERE asked IS NOT NULL ORDER BY subscription, digest, place
    ON CONFLICT DO NOTHING
    RETURNING *
)
SELECT place, id, state, asked::text, problem::text, outcome::text, rows, size, sha256, terms, expires_at FROM (
    SELECT w.place, j.* FROM w JOIN made j ON j.subscription_id = w.subscription AND j.digest = w.digest
    UNION ALL
    SELECT w.place, j.* FROM w JOIN exchange_job j ON j.subscription_id = w.subscription AND j.digest = w.digest
    WHERE w.job IS NULL AND (j.kind = 'write_back' OR j.state IN ('waiting', 'working'))
    UNION ALL
    SELECT w.place, j.* FROM w JOIN exchange_job j ON j.subscription_id = w.subscription AND j.id = w.job
) found
"""


class Order(NamedTuple):
    """A new order, or the number of one that was given before. `key` is what tells it from others, else its content."""

    job: int | None
    asked: str = ""
    key: str = ""

    @property
    def digest(self) -> str:
        """What tells an order from others of its subscription."""
        return hashlib.sha256((self.key or self.asked).encode()).hexdigest()


class Found(NamedTuple):
    """A job as the gateway sees it."""

    job: int
    state: str
    asked: str
    problem: str | None
    outcome: str | None
    rows: int
    size: int
    sha256: str
    terms: str
    expires_at: object


def number_asked(given: Mapping[str, str]) -> int | None:
    """The job that a call asks after, if it does.

    Raises:
        ParameterRefused: it is no number, or something is asked besides.
    """
    if JOB not in given:
        return None
    if len(given) > 1:
        raise refusals.ParameterRefused(
            name=JOB,
            reason="stands alone, without other parameters",
            reason_zh="须单独使用，不能与其他参数同用",
        )
    return whole_number(given, JOB, default=0, most=MOST_NUMBER)


def values(questions: Sequence[Question]) -> Sequence[object]:
    """The orders, column by column."""
    orders: list[Order] = [question.parameters for question in questions]
    return [
        list(range(len(questions))),
        [question.grant.subscription for question in questions],
        [order.job for order in orders],
        [question.grant.terms.kind.value for question in questions],
        [order.digest for order in orders],
        [order.asked or None for order in orders],
        [question.at for question in questions],
    ]


def terms_digest(grant: Grant) -> str:
    """What a result was made by: when it has changed, the result is not given out any more."""
    facts: tuple[object, ...] = (grant.terms, grant.fields, grant.clearance, grant.purpose)
    if grant.scope is not None:
        facts += (grant.scope,)
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()
