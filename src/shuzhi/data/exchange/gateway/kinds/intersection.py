"""Which of the caller's keys the register holds too (隐私求交), by questions in which no key can be read.

A question is too long for one call: its parts are kept as they come, in any order and any number of times. Then it is
ordered, once for ever under its number, and the worker answers it; the answer is collected like a file. A call without
parameters says how to ask, one with the question's number how far it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.calls import POINTS
from shuzhi.data.exchange.gateway.kinds import ordering
from shuzhi.data.exchange.gateway.kinds.filters import whole_number
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.intersection.protocol import Reveal
from shuzhi.data.exchange.work.places import INTERSECTION_FORM, FileBody, file_of

QUESTION, PART = "question", "part"
ORDER = ("keys", "compare", "reveal", "sha256")
PART_KEYS = 2_048  # in one part
POINT = 32  # bytes
QUESTIONS_KEPT = 3  # of a subscription at once, in parts
ACCEPTED = 202

HEAVY, WRITING = True, True
SCOPED: str | None = None  # whoever does the job reads the rows
# Parts and orders are written, and whatever is known of each question is read; a caller sees those of its own
# subscription only.
STATEMENT = """
WITH w AS (
    SELECT * FROM unnest(
        %s::int[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bytea[], %s::int[],
        %s::timestamptz[]
    ) AS w (place, subscription, job, digest, asked, question, part, points, room, at)
), kept AS (
    INSERT INTO exchange_questionpart (subscription_id, question, number, points, received_at)
    SELECT DISTINCT ON (subscription, question, part) subscription, question, part, points, at FROM w
    WHERE part IS NOT NULL
      AND (SELECT count(*) FROM exchange_questionpart p WHERE p.subscription_id = w.subscription) < room
    ORDER BY subscription, question, part, place
    ON CONFLICT DO NOTHING
    RETURNING subscription_id, question, number, points
), parts AS (
    SELECT * FROM kept
    UNION ALL
    SELECT p.subscription_id, p.question, p.number, p.points
    FROM w JOIN exchange_questionpart p
      ON p.subscription_id = w.subscription AND p.question = w.question AND p.number = w.part
), made AS (
    INSERT INTO exchange_job (subscription_id, kind, digest, asked, state, attempts, rows, size, sha256, terms, asked_at)
    SELECT DISTINCT ON (subscription, digest)
           subscription, 'intersection', digest, asked::jsonb, 'waiting', 0, 0, 0, '', '', at
    FROM w WHERE asked IS NOT NULL ORDER BY subscription, digest, place
    ON CONFLICT DO NOTHING
    RETURNING *
), known AS (
    SELECT w.place, j.* FROM w JOIN made j ON j.subscription_id = w.subscription AND j.digest = w.digest
    UNION ALL
    SELECT w.place, j.* FROM w JOIN exchange_job j
      ON j.subscription_id = w.subscription AND j.digest = w.digest AND j.kind = 'intersection'
    WHERE w.part IS NULL
    UNION ALL
    SELECT w.place, j.* FROM w JOIN exchange_job j
      ON j.subscription_id = w.subscription AND j.id = w.job AND j.kind = 'intersection'
)
SELECT w.place, k.id, k.state, k.asked::text, k.problem::text, k.rows, k.size, k.sha256, k.terms, k.expires_at,
       CASE WHEN w.part IS NULL THEN ARRAY(
           SELECT p.number FROM exchange_questionpart p
           WHERE p.subscription_id = w.subscription AND p.question = w.question ORDER BY p.number
       ) END,
       (SELECT bool_and(p.points = w.points) FROM parts p
        WHERE p.subscription_id = w.subscription AND p.question = w.question AND p.number = w.part),
       w.part IS NOT NULL
           AND (SELECT count(*) FROM exchange_questionpart p WHERE p.subscription_id = w.subscription) >= w.room
FROM w LEFT JOIN known k USING (place)
"""

_QUESTION = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Said(NamedTuple):
    """What a call says: a part, an order, or what it asks after; nothing when it asks for the terms."""

    question: str | None = None
    part: int | None = None
    points: bytes | None = None
    asked: str = ""
    job: int | None = None

    @property
    def digest(self) -> str | None:
        """What tells an order from others of its subscription."""
        return hashlib.sha256(self.question.encode()).hexdigest() if self.question else None


class Known(NamedTuple):
    """What is known of a question, as the statement finds it."""

    job: int | None
    state: str
    asked: str
    problem: str | None
    rows: int
    size: int
    sha256: str
    terms: str
    expires_at: datetime | None
    parts: list[int] | None
    is_kept: bool | None
    is_full: bool


def read(given: Mapping[str, str], grant: Grant) -> Said:
    """Nothing; `job`; `question` alone; with `part` and `points`; or with what an order says."""
    if not given:
        return Said()
    job = ordering.number_asked(given)
    if job is not None:
        return Said(job=job)
    question = given.get(QUESTION, "")
    if not _QUESTION.fullmatch(question):
        raise _refused(QUESTION, "is not 32 hexadecimal digits", "应为 32 位十六进制数")
    rest = {name: value for name, value in given.items() if name != QUESTION}
    if PART in rest or POINTS in rest:
        return _part(question, rest, grant)
    return Said(question, asked=_order(question, rest, grant)) if rest else Said(question)


def values(questions: Sequence[Question]) -> Sequence[object]:
    """What is said, column by column."""
    said: list[Said] = [question.parameters for question in questions]
    return [
        list(range(len(questions))),
        [question.grant.subscription for question in questions],
        [one.job for one in said],
        [one.digest for one in said],
        [one.asked or None for one in said],
        [one.question for one in said],
        [one.part for one in said],
        [one.points for one in said],
        [QUESTIONS_KEPT * _most_parts(question.grant) for question in questions],
        [question.at for question in questions],
    ]


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """How to ask, what has come, how far it is, or the answer itself.

    Raises:
        JobNotFound: this subscription ordered nothing under this number.
        ReferenceUsed: something else was sent or ordered under this question.
        TooManyQuestions: parts of too many questions are kept.
        Unavailable: the same is just being written by another call.
        ResultExpired, ResultOutdated: the answer is no longer given out.
    """
    del masking_key
    said: Said = question.parameters
    known = Known(*rows[0])
    if said.part is not None:
        return _kept(said, known)
    if known.job is None:
        if said.job is not None:
            raise refusals.JobNotFound
        if said.asked:
            raise refusals.Unavailable
        return _standing(said, known) if said.question else _terms(question.grant)
    if said.asked and msgspec.json.decode(known.asked) != msgspec.json.decode(said.asked):
        raise refusals.ReferenceUsed(reference=said.question)
    if said.job is None or known.state != "ready":
        return _state(said, known)
    return _result(question, known)


def _part(question: str, rest: Mapping[str, str], grant: Grant) -> Said:
    _only(rest, (PART, POINTS))
    number = whole_number({PART: rest[PART]}, PART, default=1, most=_most_parts(grant))
    try:
        points = base64.b64decode(rest[POINTS], validate=True)
    except (binascii.Error, ValueError):
        points = b""
    if not points or len(points) % POINT or len(points) > PART_KEYS * POINT:
        raise _refused(
            POINTS,
            f"is not 1 to {PART_KEYS} points of 32 bytes in Base64",
            f"应为 1 至 {PART_KEYS} 个点（Base64）",
        )
    return Said(question, number, points)


def _order(question: str, rest: Mapping[str, str], grant: Grant) -> str:
    _only(rest, ORDER)
    keys = whole_number(rest, "keys", default=0, most=grant.terms.most_keys)
    compare, reveal = grant.terms.parameters[0].compare.value, Reveal(grant.terms.reveal)
    if rest["compare"] != compare:
        raise _refused("compare", f"must be {compare}", f"应为 {compare}")
    if rest["reveal"] not in tuple(Reveal) or (reveal is Reveal.SIZE and rest["reveal"] != Reveal.SIZE):
        raise _refused("reveal", "is more than this interface tells", "超出本接口告知的范围")
    if not _SHA256.fullmatch(rest["sha256"]):
        raise _refused("sha256", "is no SHA-256", "不是 SHA-256")
    content = {QUESTION: question, "form": INTERSECTION_FORM} | dict(rest) | {"keys": keys}
    return msgspec.json.encode(content, order="sorted").decode()


def _only(given: Mapping[str, str], wanted: Sequence[str]) -> None:
    for name in (*given, *wanted):
        if name not in wanted:
            raise _refused(name, "is not known", "不存在")
        if name not in given:
            raise _refused(name, "is missing", "缺失")


def _most_parts(grant: Grant) -> int:
    return -(-grant.terms.most_keys // PART_KEYS)


def _terms(grant: Grant) -> Answer:
    terms = grant.terms
    told: dict[str, object] = {
        "compare": terms.parameters[0].compare.value,
        "reveal": terms.reveal,
        "most_keys": terms.most_keys,
        "part_keys": PART_KEYS,
        "purpose": grant.purpose,
        "basis": grant.basis,
    }
    return Answer(told, {"asked": "terms"})


def _kept(said: Said, known: Known) -> Answer:
    if known.is_kept is None:
        raise refusals.TooManyQuestions(most=QUESTIONS_KEPT) if known.is_full else refusals.Unavailable
    if not known.is_kept:
        raise refusals.ReferenceUsed(reference=said.question)
    told: dict[str, object] = {QUESTION: said.question, PART: said.part}
    return Answer(told, told | {"keys": len(said.points or b"") // POINT}, status=ACCEPTED)


def _standing(said: Said, known: Known) -> Answer:
    told: dict[str, object] = {QUESTION: said.question, "parts": known.parts or []}
    return Answer(told, {QUESTION: said.question})


def _state(said: Said, known: Known) -> Answer:
    asked = msgspec.json.decode(known.asked)
    told: dict[str, object] = {QUESTION: asked[QUESTION], "job": known.job, "state": known.state}
    noted = told | {name: asked[name] for name in ("keys", "reveal")}
    if said.job is not None and known.state == "expired":
        raise refusals.ResultExpired
    if known.problem is not None:
        told["problem"] = msgspec.json.decode(known.problem)
    return Answer(told, noted, status=ACCEPTED if known.state in ("waiting", "working") else 200)


def _result(question: Question, known: Known) -> Answer:
    assert known.job is not None
    if known.expires_at is None or known.expires_at <= question.at:
        raise refusals.ResultExpired
    if known.terms != ordering.terms_digest(question.grant):
        raise refusals.ResultOutdated
    asked: dict[str, Any] = msgspec.json.decode(known.asked)
    noted = {QUESTION: asked[QUESTION], "job": known.job, "state": known.state, "sha256": known.sha256}
    headers = {
        "content-type": "application/octet-stream",
        "x-shuzhi-sha256": known.sha256,
        "x-shuzhi-rows": str(known.rows),
    }
    body = FileBody(file_of(known.job, INTERSECTION_FORM), known.size)
    return Answer(dict(noted), noted | {"keys": asked["keys"]}, file=body, headers=headers)


def _refused(name: str, reason: str, reason_zh: str) -> refusals.ParameterRefused:
    return refusals.ParameterRefused(name=name, reason=reason, reason_zh=reason_zh)
