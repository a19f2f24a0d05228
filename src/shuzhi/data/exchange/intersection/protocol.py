"""The three steps of an intersection as plain functions from messages to messages; nothing is kept in between.

Semi-honest: a party that follows the steps learns nothing more. One that invents keys learns whether the other
holds those keys, as with any look-up: so the number of keys is limited, and who asks is approved and audited.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from shuzhi.data.exchange.intersection import curve
from shuzhi.data.exchange.intersection.errors import (
    AnswerOfAnother,
    MessageBroken,
    NoKeys,
    OnlySize,
    TooManyKeys,
)
from shuzhi.data.linkage.resolution import comparable
from shuzhi.data.linkage.types import Normalise

VERSION = 1
MOST_KEYS = 2_000_000
_SESSION = 16  # bytes


class Reveal(StrEnum):
    """What the asker learns."""

    MEMBERS = "members"  # which of its keys the answerer also holds
    SIZE = "size"  # how many, and not which


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="question"):
    """The asker's keys, blinded. `compare` says how both sides bring keys into one form."""

    version: int
    session: bytes
    compare: Normalise
    reveal: Reveal
    points: bytes


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="answer"):
    """The asker's keys blinded twice, and the answerer's blinded once in an order that says nothing."""

    version: int
    session: bytes
    returned: bytes
    own: bytes


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="secret"):
    """What the asker keeps until the answer comes: its number, and its keys in the order they were sent."""

    version: int
    session: bytes
    number: bytes
    reveal: Reveal
    keys: tuple[str, ...]


class Begun(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="begun"):
    """A question on its way to an office through its gateway, kept by the asker until the answer has come."""

    version: int
    interface: str
    key_id: str
    question: Question
    secret: Secret


Message = TypeVar("Message", Question, Answer, Secret, Begun)


def ask_question(
    keys: Collection[str],
    *,
    compare: Normalise = Normalise.NONE,
    reveal: Reveal = Reveal.MEMBERS,
    processes: int = 1,
) -> tuple[Question, Secret]:
    """Blind the asker's keys; the question goes to the other office, the secret stays.

    Raises:
        NoKeys: nothing is left to compare.
        TooManyKeys: more than one question may hold.
    """
    ordered = _in_no_order(compared_keys(keys, compare))
    session, number = secrets.token_bytes(_SESSION), curve.new_secret()
    points = curve.moved(curve.points_of(ordered, session), number, processes=processes)
    return (
        Question(VERSION, session, compare, reveal, points),
        Secret(VERSION, session, number, reveal, tuple(ordered)),
    )


def answer_question(
    question: Question, keys: Collection[str], *, most: Reveal = Reveal.MEMBERS, processes: int = 1
) -> Answer:
    """Blind the asker's points once more, and the answerer's own keys once. `most` is what the answerer allows.

    Raises:
        MessageBroken: the question's points are none.
        OnlySize: it asks for the members, and the answerer shows the size only.
        NoKeys, TooManyKeys: the answerer's keys.
    """
    _check(question.version, question.session, question.points)
    if question.reveal is Reveal.MEMBERS and most is Reveal.SIZE:
        raise OnlySize
    own = _in_no_order(compared_keys(keys, question.compare))
    number = curve.new_secret()
    returned = curve.moved(question.points, number, processes=processes)
    if question.reveal is Reveal.SIZE:
        returned = b"".join(sorted(curve.split(returned)))
    blinded = curve.moved(curve.points_of(own, question.session), number, processes=processes)
    return Answer(VERSION, question.session, returned, blinded)


def finish_question(secret: Secret, answer: Answer, *, processes: int = 1) -> tuple[int, list[str]]:
    """How many keys both hold, and which they are (none are named when only the size was asked for).

    Raises:
        AnswerOfAnother: the answer belongs to another question.
        MessageBroken: it is damaged.
    """
    _check(answer.version, answer.session, answer.returned, answer.own)
    if answer.session != secret.session:
        raise AnswerOfAnother
    if len(answer.returned) != len(secret.keys) * curve.SIZE:
        raise MessageBroken(reason="it returns another number of keys", reason_zh="返回的键值数量不符")
    theirs = set(curve.split(curve.moved(answer.own, secret.number, processes=processes)))
    returned = curve.split(answer.returned)
    if secret.reveal is Reveal.SIZE:
        return sum(point in theirs for point in returned), []
    both = [key for key, point in zip(secret.keys, returned, strict=True) if point in theirs]
    return len(both), sorted(both)


def compared_keys(keys: Collection[str], compare: Normalise) -> set[str]:
    """The keys in the form in which they are compared, each once.

    Raises:
        NoKeys, TooManyKeys: none, or more than one question may hold.
    """
    found = {text for key in keys if (text := comparable(key, compare)) is not None}
    if not found:
        raise NoKeys(where="the keys")
    if len(found) > MOST_KEYS:
        raise TooManyKeys(given=len(found), most=MOST_KEYS)
    return found


def to_bytes(message: Question | Answer | Secret | Begun) -> bytes:
    """A message as it is sent or stored."""
    return msgspec.msgpack.encode(message)


def from_bytes(content: bytes, kind: type[Message]) -> Message:
    """A message that was sent or stored.

    Raises:
        MessageBroken: it is none, or of another kind.
    """
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MessageBroken(reason=str(error), reason_zh="格式不符") from None


def _check(version: int, session: bytes, *points: bytes) -> None:
    if version != VERSION or len(session) != _SESSION:
        raise MessageBroken(reason=f"version {version} is not known", reason_zh=f"版本 {version} 不受支持")
    for part in points:
        if len(part) % curve.SIZE or not part:
            raise MessageBroken(reason="its points are cut off", reason_zh="内容不完整")
        if len(part) > MOST_KEYS * curve.SIZE:
            raise TooManyKeys(given=len(part) // curve.SIZE, most=MOST_KEYS)


def _in_no_order(keys: set[str]) -> Sequence[str]:
    """The keys shuffled, so that their places in a message tell nothing."""
    ordered = sorted(keys)
    secrets.SystemRandom().shuffle(ordered)
    return ordered
