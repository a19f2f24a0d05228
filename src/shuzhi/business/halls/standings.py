"""Where any case stands (办件进度), for whoever stands at a kiosk with its number: found by how the number is written.

Told is the matter, the state, whose turn it is and until when; no name, no note, no answer, no document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shuzhi.business.matters.cases import queries as matters
from shuzhi.business.matters.cases.errors import NoSuchCase
from shuzhi.business.matters.cases.types import ACTION_TITLES, STATE_TITLES, Case
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms
from shuzhi.support.forms.types import Sent
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow.errors import NoSuchCase as NoSuchProcess
from shuzhi.support.workflow.errors import NoSuchProcess as NotDeclared
from shuzhi.support.workflow.processes import progress
from shuzhi.support.workflow.processes import queries as processes
from shuzhi.support.workflow.processes.types import STATE_TITLES as PROCESS_STATES
from shuzhi.support.workflow.processes.types import ProcessCase

MOST_DIGITS = 9
HANDED_IN = Words(zh="已提交", en="Handed in")
RESIDENT, SUBMISSION = "resident_id", "submission"


@dataclass(frozen=True)
class Standing:
    """Where a case stands: what was done and when, the newest last."""

    number: str
    title: Words
    state: Words
    is_open: bool
    office: str
    opened_on: date
    due_on: date | None = None
    stages: tuple[tuple[Words, date | None], ...] = ()


@dataclass(frozen=True)
class Found:
    """A case with what proves that somebody may see where it stands."""

    standing: Standing
    residents: frozenset[str]


def find(number: str, *, at: datetime) -> Found | None:
    """The case of this number, whatever room it is in; None where there is none."""
    readers: tuple[Callable[[str, datetime], Found | None], ...] = (_matter, _handed_in, _process)
    return next((found for read in readers if (found := read(number, at))), None)


def _matter(number: str, at: datetime) -> Found | None:
    try:
        return _of_case(matters.case(number, at=at))
    except NoSuchCase:
        return None


def _handed_in(number: str, at: datetime) -> Found | None:
    sent = forms.handed_in(number)
    if sent is None:
        return None
    case = matters.submitted_case(sent.number, at=at)
    if case is not None:
        return _of_case(case)
    begun = progress.begun_by_submission(sent.number, requester=sent.by)
    if begun is not None:
        return _of_process(begun)
    day = day_of(sent.at)
    told = Standing(
        sent.number, sent.title, HANDED_IN, is_open=True, office=sent.office, opened_on=day,
        stages=((HANDED_IN, day),),
    )  # fmt: skip
    return Found(told, _whose(sent))


def _process(number: str, at: datetime) -> Found | None:
    del at
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        return None
    try:
        return _of_process(processes.case(int(number)))
    except NoSuchProcess:
        return None


def _of_case(case: Case) -> Found:
    stages = tuple((ACTION_TITLES[each.action], day_of(each.at)) for each in matters.history(case.number))
    told = Standing(
        case.number, case.title, STATE_TITLES[case.state], case.is_open, case.office, day_of(case.opened_at),
        day_of(case.due_at) if case.due_at and case.is_open else None, stages,
    )  # fmt: skip
    own = {case.holder} if case.scheme == RESIDENT else set()
    return Found(told, frozenset(own) | _residents(case.applicant))


def _of_process(case: ProcessCase) -> Found:
    # A case whose requester is nobody known is a clerk's or the platform's: no proof opens it.
    requester = case.requester or ""
    told = Standing(
        str(case.id), _title_of(case), PROCESS_STATES[case.state], case.closed_at is None, case.office,
        day_of(case.opened_at), stages=tuple(_stages(case.id, requester)),
    )  # fmt: skip
    sent = forms.handed_in(str(case.variables.get(SUBMISSION) or ""))
    return Found(told, _residents(requester) if sent is None else _whose(sent))


def _title_of(case: ProcessCase) -> Words:
    """What the process is called: a case's own title may name somebody."""
    try:
        return processes.process(case.process, version=case.definition).title
    except NotDeclared:
        return case.title


def _whose(sent: Sent) -> frozenset[str]:
    """Whose form it is: the person it is about, else whoever handed it in; a clerk who filled it in for others is neither."""
    scheme, _, number = sent.holder.partition("/")
    if scheme == RESIDENT:
        return frozenset([number])
    return _residents(sent.by) if sent.is_own else frozenset()


def _stages(number: int, requester: str) -> Iterator[tuple[Words, date | None]]:
    if not requester:
        return
    for stage in progress.own_progress(number, actor=Actor(name=requester)).stages:
        if stage.state != "next":
            yield stage.title, stage.done_on


def _residents(account: str) -> frozenset[str]:
    proven = identity.proofs(account).get(RESIDENT) if account else None
    return frozenset([proven] if proven else [])
