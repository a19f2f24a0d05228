"""Cases that begin by themselves (定时发起): a day, or a cycle counted from when the process was put in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shuzhi.support.workflow.processes import moments
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, start_of

MOST_MISSED = 1000


@dataclass(frozen=True)
class Schedule:
    """Whose the cases are, when the next begins, and how many are still to come; None: without end."""

    office: str
    due_at: datetime | None
    turns: int | None


def begun(declared: ProcessDeclaration, *, at: datetime) -> Schedule | None:
    """The schedule of a process that is put in force now; None where it has none."""
    start = start_of(declared)
    if not start.events or start.events[0].kind != "timer":
        return None
    texts, office = start.events[0].texts, start.own.get("office", "")
    if texts.get("timeDate"):
        due = moments.moment(texts["timeDate"])
        return Schedule(office, due if due > at else None, 1)
    times, span = moments.cycle(texts["timeCycle"])
    endless = texts["timeCycle"].startswith("R/")
    return Schedule(office, moments.after(at, span), None if endless else times)


def after(declared: ProcessDeclaration, due: datetime, turns: int | None, *, at: datetime) -> Schedule:
    """What follows a turn: turns that were missed while the node stood still are made up for by one."""
    start = start_of(declared)
    office, text = start.own.get("office", ""), start.events[0].texts.get("timeCycle", "")
    left = None if turns is None else turns - 1
    if not text or left == 0:
        return Schedule(office, None, 0)
    span = moments.cycle(text)[1]
    following = moments.after(due, span)
    for _ in range(MOST_MISSED):
        if following > at or left == 1:
            return Schedule(office, following, left)
        following, left = moments.after(following, span), None if left is None else left - 1
    return Schedule(office, moments.after(at, span), left)
