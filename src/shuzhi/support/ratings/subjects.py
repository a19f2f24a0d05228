"""Whom a subject served: each room says it for its own kind (`dossier/7`, `process/9`, `case/3`), none is guessed."""

from __future__ import annotations

from collections.abc import Callable

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.ratings.errors import NothingToRate
from shuzhi.support.ratings.types import Served
from shuzhi.support.workflow import queries as loops
from shuzhi.support.workflow.errors import NoSuchCase, NoSuchDossier
from shuzhi.support.workflow.processes import queries as processes

Lookup = Callable[[str], Served | None]
Desk = Callable[[int], str | None]
_kinds: dict[str, Lookup] = {}
_desks: list[Desk] = []
LONGEST_NUMBER = 18


def declare(kind: str, lookup: Lookup) -> None:
    """Let subjects of a kind be rated; `lookup` is given what stands behind the stroke, and never raises."""
    _kinds[kind] = lookup


def withdraw(kind: str) -> None:
    """Take a kind back."""
    _kinds.pop(kind, None)


def declare_desk(desk_of: Desk) -> None:
    """Let the office that `desk_of` names for a dossier write down what its callers said; no other office may."""
    if desk_of not in _desks:
        _desks.append(desk_of)


def withdraw_desk(desk_of: Desk) -> None:
    """Take it back."""
    _desks.remove(desk_of)


def served(subject: str) -> Served:
    """Whom a subject served.

    Raises:
        NothingToRate: there is no such thing.
    """
    kind, _, number = subject.partition("/")
    lookup = _kinds.get(kind)
    found = lookup(number) if lookup and number else None
    if found is None:
        raise NothingToRate(subject=subject[:60])
    return found


def is_served(found: Served, by: Actor) -> bool:
    """Whether somebody, or the office that they act for, was served."""
    return not found.people.isdisjoint({by.name, by.office or by.name})


def _of_dossier(number: str) -> Served | None:
    try:
        found = loops.dossier(_number(number))
    except NoSuchDossier:
        return None
    people = frozenset({found.requester} if found.requester else ())
    # Whoever can be asked in person answers in person: nobody writes it down for them.
    desk = None if people else next((office for ask in _desks if (office := ask(found.id))), None)
    return Served(found.title, found.office, found.loop, people, found.closed_at, desk=desk)


def _of_process(number: str) -> Served | None:
    try:
        found = processes.case(_number(number))
    except NoSuchCase:
        return None
    people = frozenset({found.requester} if found.requester else ())
    return Served(found.title, found.office, found.process, people, found.closed_at)


def _number(said: str) -> int:
    """A row's number, or that of no row."""
    plain = said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER
    return int(said) if plain else 0


OWN: dict[str, Lookup] = {"dossier": _of_dossier, "process": _of_process}
_KIND_TITLES = {"dossier": Words(zh="案卷", en="dossier"), "process": Words(zh="办件", en="case")}


def titled(subject: str) -> Words:
    """A subject as a list says it: kind and number."""
    kind, _, number = subject.partition("/")
    title = _KIND_TITLES.get(kind, Words(zh="办件", en="case"))
    return Words(zh=f"{title.zh} {number}", en=f"{title.en} {number}")
