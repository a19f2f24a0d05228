"""Answering a question for common keys (隐私求交): the parts as they came, the register's own keys, and nothing else kept.

The number by which keys are blinded lives for one attempt: a worker that is killed leaves none behind, and the next one
blinds anew. What the asker holds afterwards tells it which of its own keys the register holds, or how many.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuzhi.data.exchange import models
from shuzhi.data.exchange.gateway.kinds.masked import decision_for
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.intersection import Answer, Question, Reveal, answer_question, curve
from shuzhi.data.exchange.intersection.protocol import VERSION, to_bytes
from shuzhi.data.exchange.work.errors import KeysUsedUp, NothingGiven, QuestionIncomplete, QuestionRepeats
from shuzhi.data.exchange.work.files import Made, admitted_records, settled
from shuzhi.data.exchange.work.places import file_of, folder
from shuzhi.data.linkage.types import Normalise
from shuzhi.pillars.security.data_policy import Channel
from shuzhi.pillars.security.erasing import erase_copy, sealing


@dataclass(frozen=True)
class Asked:
    """A question as it was ordered."""

    question: str
    keys: int
    compare: Normalise
    reveal: Reveal
    sha256: str
    form: str

    @classmethod
    def of(cls, asked: dict[str, Any]) -> Asked:
        """From the order's JSON."""
        return cls(**asked | {"compare": Normalise(asked["compare"]), "reveal": Reveal(asked["reveal"])})


def make_answer(*, row: models.Job, grant: Grant, used: int, at: datetime) -> Made:
    """Write the answer to a question at its place. `used` is how many keys the subscription compared today.

    Raises:
        KeysUsedUp: the question has more keys than the day's rest.
        QuestionIncomplete, QuestionRepeats, MessageBroken: the parts are no question.
        NothingGiven: the policy withholds the compared field, or every row.
        NoKeys, TooManyKeys: the register's own keys.
    """
    asked = Asked.of(row.asked)
    if used + asked.keys > grant.terms.daily_rows:
        raise KeysUsedUp(most=grant.terms.daily_rows, used=used)
    points = _points(row.subscription_id, asked)
    question = Question(VERSION, bytes.fromhex(asked.question), asked.compare, asked.reveal, points)
    own = _own_keys(grant, at)
    answer = answer_question(question, own, most=Reveal(grant.terms.reveal))
    size, sha256 = _write(row.id, asked.form, answer, by_consent=bool(grant.terms.topics))
    noted = {"question": asked.question, "reveal": asked.reveal.value, "held": len(answer.own) // curve.SIZE}
    return Made(asked.keys, size, sha256, noted)


def forget_parts(*, subscription: int, question: str) -> None:
    """Remove a question's parts; it has been answered, or never will be."""
    models.QuestionPart.objects.filter(subscription_id=subscription, question=question).delete()


def _points(subscription: int, asked: Asked) -> bytes:
    """The parts put together, if they are what was ordered: all there, in their numbers, no key twice."""
    parts = models.QuestionPart.objects.filter(subscription_id=subscription, question=asked.question)
    found = list(parts.order_by("number").values_list("number", "points"))
    points = b"".join(bytes(part) for _, part in found)
    is_whole = [number for number, _ in found] == list(range(1, len(found) + 1))
    if not is_whole or hashlib.sha256(points).hexdigest() != asked.sha256:
        raise QuestionIncomplete(keys=asked.keys)
    if len(points) != asked.keys * curve.SIZE:
        raise QuestionIncomplete(keys=asked.keys)
    if len(set(map(curve.canonical, curve.split(points)))) != asked.keys:
        raise QuestionRepeats
    return points


def _own_keys(grant: Grant, at: datetime) -> list[str]:
    """The compared field of every record that is the caller's to ask about."""
    decision, name = decision_for(grant, Channel.BATCH, at), grant.terms.parameters[0].id
    if not decision.is_clear(name):
        raise NothingGiven
    found = [golden.get(name) for _, golden in admitted_records(grant, {}, decision, at=at)]
    keys = [str(key) for key in found if key is not None]
    if not keys:
        raise NothingGiven
    return keys


def _write(job: int, form: str, answer: Answer, *, by_consent: bool) -> tuple[int, str]:
    folder().mkdir(parents=True, exist_ok=True)
    file = file_of(job, form)
    half = file.with_suffix(".part")
    try:
        content = to_bytes(answer)
        if by_consent:
            with sealing(half) as out:
                out.write(content)
        else:
            half.write_bytes(content)
            settled(half)
        half.replace(file)
    finally:
        erase_copy(half)
    return len(content), hashlib.sha256(content).hexdigest()
