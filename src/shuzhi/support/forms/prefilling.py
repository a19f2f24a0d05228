"""What government knows already (字段复用): a port that the registers' room fills, since support knows no register.

Each prefill of a form asks one register for one record: of the person, or of whom an earlier record names. A register
that does not answer is named and asked again when the person comes back; the others are not held up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import structlog

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms.engine.compiling import CompiledForm
from shuzhi.support.forms.engine.fields import BOOLEAN, DATE, FormField, read_answer
from shuzhi.support.forms.errors import RegisterDown
from shuzhi.support.forms.types import SUBJECT, Answer, Known, Prefill

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Source:
    """Where a value of a register comes from."""

    office: Words
    batch: str
    day: date | None


@dataclass(frozen=True)
class Found:
    """A register's record: its values as texts, and where each comes from."""

    values: Mapping[str, str | None]
    sources: Mapping[str, Source]


class LookUp(Protocol):
    """Asks a register for the record of an identifier; None where it has none; of several the `latest` by that field.

    `own` says that the person concerned asks; else `by` is given what a register's policy gives them in clear.

    Raises:
        RegisterDown: it does not answer.
    """

    def __call__(
        self,
        *,
        register: str,
        scheme: str,
        value: str,
        latest: str | None,
        by: Actor,
        own: bool,
        at: datetime,
    ) -> Found | None:
        """See the class."""


_look_up: list[LookUp] = []


def look_up_by(look_up: LookUp) -> None:
    """Fill the port; called once, when the registers' room is ready."""
    _look_up[:] = [look_up]


@dataclass(frozen=True)
class Prefilled:
    """What registers know for a form, and which of them did not answer."""

    known: Mapping[str, Known]
    down: tuple[str, ...]


def prefill(form: CompiledForm, *, subject: str, by: Actor, own: bool, at: datetime) -> Prefilled:
    """Ask every register that the form names."""
    records: dict[str, Found] = {}
    known: dict[str, Known] = {}
    down: list[str] = []
    for each in form.declaration.prefill if subject else ():
        value = subject if each.of == SUBJECT else _named(records, each.of)
        if not value:
            continue
        try:
            found = _ask(each, value, by=by, own=own, at=at)
        except RegisterDown:
            down.append(each.register_)
            continue
        if found is not None:
            records[each.id] = found
            known |= _answers(form, each.register_, each.fields, found)
    return Prefilled(known, tuple(dict.fromkeys(down)))


def _ask(asked: Prefill, value: str, *, by: Actor, own: bool, at: datetime) -> Found | None:
    register = asked.register_
    if not _look_up:
        raise RegisterDown(register=register)
    try:
        return _look_up[0](
            register=register, scheme=asked.by, value=value, latest=asked.latest, by=by, own=own, at=at
        )
    except RegisterDown:
        raise
    except Exception as error:  # whatever is wrong with a register, the person can still fill in the form
        log.warning("forms.register_down", register=register, error=type(error).__name__)
        raise RegisterDown(register=register) from error


def _named(records: Mapping[str, Found], of: str) -> str | None:
    source, _, field = of.partition(".")
    return records[source].values.get(field) if source in records else None


def _answers(
    form: CompiledForm, register: str, fields: Mapping[str, str], found: Found
) -> Iterator[tuple[str, Known]]:
    for name, theirs in fields.items():
        text = found.values.get(theirs)
        field = form.fields.get(name)
        if field is None or not text:
            continue
        answer = _fitting(field, storable(str(text)))
        source = found.sources.get(theirs) or Source(Words(zh=register, en=register), "", None)
        if answer is not None:
            yield name, Known(answer, register, source.office, source.batch, source.day)


def _fitting(field: FormField, text: str) -> Answer:
    """A register's value as an answer; one that the form would refuse is left for the person to give."""
    if field.kind == DATE:
        text = _day(text)
    if field.kind == BOOLEAN:
        text = text.lower()
    answer, fault = read_answer(field, text)
    return None if fault else answer


def _day(text: str) -> str:
    """The day of a moment, in China: registers write moments in UTC."""
    if "T" not in text and " " not in text:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment.astimezone(CHINA) if moment.tzinfo else moment).date().isoformat()
