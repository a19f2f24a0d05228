"""What a kind of interface must be able to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.work.places import FileBody

Rows = Sequence[tuple[Any, ...]]


class Question(msgspec.Struct, frozen=True):
    """A call that passed every rule so far, with its parameters as its kind read them, and when it came."""

    grant: Grant
    parameters: Any
    at: datetime


class Answer(msgspec.Struct, frozen=True):
    """The content of an answer, and what the audit log notes of it; a file is sent instead of the content.

    What is noted is stored as it is: texts, whole numbers, truth values, and lists of them, that come from the
    database or were read from the call (`calls` lets nothing through that PostgreSQL can't store). `about` names, by
    scheme and identifier, whose data was told; the log keeps keyed hashes of them only. One that
    `is_onward` is no answer yet: the call goes on to another node, whose `proof` comes with its answer.
    """

    content: dict[str, object]
    noted: dict[str, object]
    about: tuple[tuple[str, str], ...] = ()
    status: int = 200
    file: FileBody | None = None
    headers: Mapping[str, str] = {}
    is_onward: bool = False
    proof: Mapping[str, object] | None = None


class Kind(Protocol):
    """A kind of interface; a module does.

    `STATEMENT` is run once for all of a batch's questions of this kind, in the gateway's own role (`grants`) and
    in the transaction of their decision. The first column of its rows is the place of the question. `HEAVY` says that
    it may take long, `WRITING` that it changes something. `SCOPED` is run instead for callers with rows of their own; its
    last value is the scope of each (`scopes`). A kind whose statement reads no rows has none.
    """

    STATEMENT: str
    SCOPED: str | None
    HEAVY: bool
    WRITING: bool

    def read(self, given: Mapping[str, str], grant: Grant) -> Any:
        """Read a call's parameters.

        Raises:
            ParameterRefused: one is missing, unknown or not in its form; the call has used quota then.
        """

    def values(self, questions: Sequence[Question]) -> Sequence[object]:
        """The statement's values for these questions: usually one list a column, for `unnest`."""

    def answer(self, question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
        """Answer one question from its own rows, none to many, without their place.

        Raises:
            Refusal: there is nothing to answer.
        """
