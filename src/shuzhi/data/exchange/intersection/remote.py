"""Asking another office through its gateway (远程求交): every message a signed call under a subscription.

What is needed to go on lies in one file before the first message leaves. Whoever is killed, or cut off, asks again with
the same file: parts that have come are not sent again, the question stays the same one, and the answer is collected once
more if need be. The file is removed when the result is written, or when the other office says that there will be none.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from shuzhi.data.exchange.client import CallRefused, ExchangeClient, GatewayUnreachable
from shuzhi.data.exchange.intersection import curve
from shuzhi.data.exchange.intersection.errors import (
    AnswerNotReady,
    NoIntersection,
    OnlySize,
    QuestionOfAnother,
    QuestionRefused,
    TooManyKeys,
)
from shuzhi.data.exchange.intersection.protocol import (
    MOST_KEYS,
    VERSION,
    Answer,
    Begun,
    Reveal,
    ask_question,
    compared_keys,
    finish_question,
    from_bytes,
    to_bytes,
)
from shuzhi.data.linkage.types import Normalise

PARTS = "parts"
Told = TypeVar("Told")
ATTEMPTS = 6  # of one message, when the gateway is busy or the line is cut
OVERHEAD = 1_000  # bytes of an answer besides its points
FINAL = ("exchange.result_expired", "exchange.result_outdated")


class Step(StrEnum):
    """What is being done."""

    BLINDING = "blinding"
    SENDING = "sending"
    WAITING = "waiting"
    FINISHING = "finishing"


Tell = Callable[[Step, int, int], None]  # step, how much is done, of how much


@dataclass(frozen=True)
class Terms:
    """By what the other office lets itself be asked."""

    compare: Normalise
    reveal: Reveal
    most_keys: int
    part_keys: int
    purpose: str
    basis: str


@dataclass(frozen=True)
class Result:
    """What the asker learns: how many keys both hold, and which, where it may know."""

    question: str
    job: int
    asked: int
    count: int
    members: list[str]


class Asking:
    """One question to an interface; `begun` is where it is kept until it has been answered."""

    def __init__(
        self,
        client: ExchangeClient,
        *,
        interface: str,
        key_id: str,
        begun: Path,
        tell: Tell = lambda *_: None,
        sleep: Callable[[float], None] = time.sleep,
        processes: int = 1,
    ) -> None:
        """Prepare; nothing leaves."""
        self._client, self._interface, self._key_id, self._file = client, interface, key_id, begun
        self._tell, self._sleep, self._processes = tell, sleep, processes

    def terms(self) -> Terms:
        """Ask how to ask.

        Raises:
            NoIntersection: the interface is of another kind.
            CallRefused, GatewayUnreachable: as for every call.
        """
        told = self._call()
        try:
            return Terms(
                Normalise(told["compare"]),
                Reveal(told["reveal"]),
                min(int(told["most_keys"]), MOST_KEYS),
                max(1, int(told["part_keys"])),
                str(told["purpose"]),
                str(told["basis"]),
            )
        except (KeyError, ValueError, TypeError):
            raise NoIntersection(interface=self._interface) from None

    def begin(self, keys: Collection[str], terms: Terms, *, reveal: Reveal) -> Begun:
        """The question that the file holds, or a new one, which is kept there first.

        Raises:
            OnlySize, TooManyKeys, NoKeys: this can't be asked.
            QuestionOfAnother: the file holds another question.
        """
        own = compared_keys(keys, terms.compare)
        if len(own) > terms.most_keys:
            raise TooManyKeys(given=len(own), most=terms.most_keys)
        if reveal is Reveal.MEMBERS and terms.reveal is Reveal.SIZE:
            raise OnlySize
        if self._file.exists():
            return self._earlier(own, terms, reveal)
        self._tell(Step.BLINDING, 0, len(own))
        question, secret = ask_question(own, compare=terms.compare, reveal=reveal, processes=self._processes)
        self._tell(Step.BLINDING, len(own), len(own))
        begun = Begun(VERSION, self._interface, self._key_id, question, secret)
        _write_private(self._file, to_bytes(begun))
        return begun

    def order(self, begun: Begun, terms: Terms) -> int:
        """Send what has not come yet, and order the answer; its number.

        Raises:
            CallRefused, GatewayUnreachable: what was sent stays; ask again.
        """
        number, points = _number(begun), begun.question.points
        standing = self._call(question=number)
        if "job" not in standing:
            self._send(number, points, terms, has_come=set(standing.get("parts", ())))
            standing = self._call(
                question=number,
                keys=str(len(begun.secret.keys)),
                compare=begun.question.compare.value,
                reveal=begun.question.reveal.value,
                sha256=hashlib.sha256(points).hexdigest(),
            )
        return int(standing["job"])

    def collect(self, begun: Begun, job: int, *, seconds: float, pause: float = 2.0) -> Result:
        """Wait for the answer, and find the common keys in it; the question stays until `forget`.

        Raises:
            AnswerNotReady: not within these seconds.
            QuestionRefused: there will be no answer.
            MessageBroken, AnswerOfAnother, FileDamaged: what came is not the answer.
        """
        answer = self._answer(begun, job, seconds=seconds, pause=pause)
        total = len(answer.own) // curve.SIZE
        self._tell(Step.FINISHING, 0, total)
        count, members = finish_question(begun.secret, answer, processes=self._processes)
        self._tell(Step.FINISHING, total, total)
        return Result(_number(begun), job, len(begun.secret.keys), count, members)

    def forget(self) -> None:
        """Remove the question: its result is kept, or there will be none."""
        self._file.unlink(missing_ok=True)

    def _earlier(self, own: set[str], terms: Terms, reveal: Reveal) -> Begun:
        begun = from_bytes(self._file.read_bytes(), Begun)
        asked = (begun.interface, begun.key_id, begun.question.compare, begun.question.reveal)
        if asked != (self._interface, self._key_id, terms.compare, reveal) or set(begun.secret.keys) != own:
            raise QuestionOfAnother(where=self._file)
        return begun

    def _send(self, number: str, points: bytes, terms: Terms, *, has_come: set[object]) -> None:
        parts = list(_cut(points, terms.part_keys * curve.SIZE))
        for place, part in enumerate(parts, start=1):
            if place not in has_come:
                text = base64.b64encode(part).decode()
                self._call(errand=PARTS, question=number, part=str(place), points=text)
            self._tell(Step.SENDING, place, len(parts))

    def _answer(self, begun: Begun, job: int, *, seconds: float, pause: float) -> Answer:
        most = (len(begun.secret.keys) + MOST_KEYS) * curve.SIZE + OVERHEAD
        until = time.monotonic() + seconds
        with tempfile.TemporaryDirectory(prefix="shuzhi-psi-") as folder:
            into = Path(folder) / "answer.psi"
            while (told := self._fetch(job, into, most)) is not None:
                self._refuse_final(told)
                waited = seconds - (until - time.monotonic())
                self._tell(Step.WAITING, int(waited), int(seconds))
                if waited >= seconds:
                    raise AnswerNotReady(where=self._file)
                self._sleep(pause)
            return from_bytes(into.read_bytes(), Answer)

    def _fetch(self, job: int, into: Path, most: int) -> dict[str, Any] | None:
        try:
            return self._patiently(lambda: self._client.fetch(self._interface, job=job, into=into, most=most))
        except CallRefused as refused:
            if refused.facts["code"] in FINAL:
                self.forget()
                raise QuestionRefused(
                    reason=refused.facts["message"], reason_zh=refused.facts["message_zh"]
                ) from None
            raise

    def _refuse_final(self, told: dict[str, Any]) -> None:
        if told.get("state") == "failed":
            self.forget()
            problem = told.get("problem", {})
            raise QuestionRefused(
                reason=problem.get("message", "?"), reason_zh=problem.get("message_zh", "?")
            )

    def _call(self, *, errand: str = "interfaces", **parameters: str) -> dict[str, Any]:
        return self._patiently(lambda: self._client.call(self._interface, errand=errand, **parameters))

    def _patiently(self, ask: Callable[[], Told]) -> Told:
        """Ask again where that may help: every message may come twice, and counts once."""
        for attempt in range(ATTEMPTS - 1):
            with suppress(GatewayUnreachable):
                try:
                    return ask()
                except CallRefused as refused:
                    if refused.facts["rule"] not in ("rate", "service"):
                        raise
            self._sleep(0.25 * 2**attempt)
        return ask()


def _number(begun: Begun) -> str:
    return begun.question.session.hex()


def _cut(points: bytes, size: int) -> Iterator[bytes]:
    return (points[start : start + size] for start in range(0, len(points), size))


def _write_private(file: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner only."""
    half = file.with_name(file.name + ".part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(descriptor)
    half.replace(file)
