"""Times, fees and channels of a matter in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.business.matters.library import queries
from shuzhi.business.matters.types import CHANNEL_TITLES, Channel, MatterDeclaration
from shuzhi.foundation.words import Words
from shuzhi.terminals.design.types import Said

HOUR = 60


def time_said(declared: MatterDeclaration) -> Said:
    """How long it is promised to take."""
    days, minutes = declared.time.promised_days, declared.time.promised_minutes
    if minutes is not None:
        return Said(f"{minutes} 分钟", "a minute" if minutes == 1 else f"{minutes} minutes")
    if days == 0:
        return Said("当场办结", "at once")
    if days is not None:
        return Said(f"{days} 个工作日", f"{days} working day{'s' if days > 1 else ''}")
    return Said("以受理部门答复为准", "as the office says")


def statutory_said(declared: MatterDeclaration) -> Said | None:
    """How long the law allows."""
    days = declared.time.statutory_days
    return None if days is None else Said(f"{days} 日", f"{days} days")


def fee_said(declared: MatterDeclaration) -> Said | Words:
    """What it costs."""
    fee = declared.fee
    if fee.note is not None:
        return fee.note
    if fee.decision is not None:
        return Said("按情形计算", "by situation")
    if declared.is_journey and not fee.amount and queries.has_fee(declared):
        return Said("按所办的事项分别收取", "for each part apart")
    if not fee.amount:
        return Said("不收费", "free")
    unit = Said("元", "yuan") if fee.currency == "CNY" else Said(fee.currency, fee.currency)
    amount = f"{fee.amount.normalize():,f}"
    return Said(f"{amount} {unit.zh}", f"{amount} {unit.en}")


def visits_said(declared: MatterDeclaration) -> Said:
    """How often one has to come."""
    if not declared.visits:
        return Said("不用跑", "no visit")
    return Said(
        f"最多跑 {declared.visits} 次", f"at most {declared.visits} visit{'s' if declared.visits > 1 else ''}"
    )


def channels_said(declared: MatterDeclaration) -> Said:
    """Where it is done."""
    titles = [CHANNEL_TITLES[each] for each in declared.channels]
    return Said("、".join(each.zh for each in titles), ", ".join(each.en for each in titles).capitalize())


def steps_said(declared: MatterDeclaration) -> Iterator[Said | Words]:
    """How it goes: as the pack says, else as every case of its kind does."""
    if declared.steps:
        yield from declared.steps
        return
    at_once = declared.handling is not None and declared.handling.instant is not None
    yield Said("回答几个问题，看清自己要准备什么", "Answer a few questions, and see what you need")
    if Channel.ONLINE in declared.channels:
        yield Said("提交，政府已有的信息自动带出", "Submit; what the government has is filled in")
    else:
        yield Said("到窗口提交", "Hand it in at the window")
    if at_once:
        yield Said("系统按规则当场作出决定，说明理由", "Decided at once by the rules, with the reasons")
    else:
        yield Said(
            "材料不齐的，一次告知要补什么", "If something is missing, you are told once, and of all of it"
        )
        yield Said(
            f"{time_said(declared).zh}办结，可查进度", f"Done: {time_said(declared).en}; you can follow it"
        )
    if declared.result is not None:
        yield Said(
            "领取电子证照，以后办事不用再交", "You have an electronic credential, and need not show it again"
        )
