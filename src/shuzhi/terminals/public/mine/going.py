"""How far a running journey is (进度), in the words of the applicant's pages."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.support.workflow.processes.types import (
    STATE_TITLES,
    CaseState,
    ProcessCase,
    ProcessTask,
    Progress,
    Result,
    Stage,
)
from shuzhi.terminals.design.types import Chip, Deadline, Said, Tone

TONES = {
    CaseState.RUNNING: Tone.PRIMARY,
    CaseState.FAULTY: Tone.PRIMARY,
    CaseState.COMPLETED: Tone.SUCCESS,
    CaseState.FAILED: Tone.WARNING,
    CaseState.CANCELLED: Tone.NEUTRAL,
}
STATES = STATE_TITLES | {
    CaseState.FAULTY: Words(zh="办理中", en="Running"),
    CaseState.FAILED: Words(zh="未办成", en="Not granted"),
}
YOU = Said("您", "you")


def case_chip(case: ProcessCase) -> Chip:
    """How a running journey stands, in a word."""
    words = STATES[case.state]
    return Chip(Said(words.zh, words.en), TONES[case.state])


def todo_line(task: ProcessTask) -> dict[str, object]:
    """What waits for the applicant, as lists show it."""
    due = task.due_on is not None and task.days_left is not None
    return {
        "title": task.title,
        "case": task.case_title,
        "case_url": reverse("public:my-case", args=(task.case,)),
        "deadline": Deadline(task.due_on, task.days_left) if due else None,  # type: ignore[arg-type]
        "verb": Said("去填写", "Fill it in") if task.form else Said("确认", "Confirm"),
        "url": reverse("public:my-case-task", args=(task.case, task.id)),
        "paused": task.paused,
    }


def where_it_is(found: Progress, offices: dict[str, Words]) -> list[Said]:
    """Where the case is now, in a sentence for each that has it in hand."""
    case = found.case
    if case.closed_at is not None:
        words, day = STATES[case.state], day_of(case.closed_at)
        return [Said(f"{words.zh}，{_day_zh(day)}。", f"{words.en} on {day.isoformat()}.")]
    if case.problem is not None:
        return [Said(case.problem.zh, case.problem.en)]
    now_ = [each for each in found.stages if each.state == "now" and each.task is None]
    if now_:
        return [_in_hand(each, offices) for each in now_]
    if any(each.task for each in found.stages):
        return [Said("现在轮到您办。", "It is your turn now.")]
    return [
        Said(
            "正在等系统答复或约定的时间，到了会自动往下走，您不用做什么。",
            "It waits for another system or for a moment, and goes on by itself; nothing for you to do.",
        )
    ]


def stage_line(stage: Stage, offices: dict[str, Words]) -> dict[str, object]:
    """A stage of the way: whose, how far, by which day."""
    return {
        "title": stage.title,
        "state": stage.state,
        "office": _office(stage, offices),
        "day": stage.done_on or stage.due_on,
        "certain": stage.certain,
    }


def result_line(result: Result, offices: dict[str, Words]) -> dict[str, object]:
    """What came of one matter of a journey."""
    found = offices.get(result.office)
    office = Said(found.zh, found.en) if found else None
    chip = (
        Chip(Said("办好了", "Done"), Tone.SUCCESS)
        if result.done
        else Chip(Said("没有办成", "Not done"), Tone.WARNING)
    )
    return {
        "matter": result.matter,
        "office": office,
        "chip": chip,
        "number": result.number,
        "note": result.note,
        "credential": reverse("public:my-credential", args=(result.credential,)) if result.credential else "",
    }


def _in_hand(stage: Stage, offices: dict[str, Words]) -> Said:
    who = _office(stage, offices)
    if stage.due_on is None:
        return Said(f"现在由{who.zh}办理：{stage.title.zh}。", f"Now with {who.en}: {stage.title.en}.")
    return Said(
        f"现在由{who.zh}办理：{stage.title.zh}，应在{_day_zh(stage.due_on)}前办完。",
        f"Now with {who.en}: {stage.title.en}, due by {stage.due_on.isoformat()}.",
    )


def _office(stage: Stage, offices: dict[str, Words]) -> Said:
    if stage.task is not None or stage.office == "requester" or stage.office.startswith("account/"):
        return YOU
    found = offices.get(stage.office)
    if found is None:
        return Said("相关部门", "the office in charge")
    return Said(found.zh, found.en)


def _day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
