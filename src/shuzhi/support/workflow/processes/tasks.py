"""What activities and events must say to run (任务说明): who, which service, which rule, which expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from shuzhi.pillars.security.types import Role
from shuzhi.support.workflow.processes.model import ACTIVITIES, Event, Many, Model, Node
from shuzhi.support.workflow.processes.moments import ANY_DAY, after, is_cycle, is_moment, is_span
from shuzhi.support.workflow.processes.reading import Fault
from shuzhi.support.workflow.processes.wording import fault, feel_faults
from shuzhi.support.workflow.types import ESCALATION

_VARIABLE = re.compile(r"[^\W\d]\w{0,99}")
_COUNT = re.compile(r"\d{1,3}")
_TIMES = re.compile(r"[0-9]{1,4}")
MOST_TIMES = 1000
SHORTEST = timedelta(minutes=1)  # between two cases that begin by themselves
KNOWN = {
    "userTask": {
        "office",
        "roles",
        "post",
        "division",
        "assign",
        "form",
        "workingDays",
        "amber",
        "escalate",
        "title",
        "result",
    },
    "manualTask": {
        "office",
        "roles",
        "post",
        "division",
        "assign",
        "workingDays",
        "amber",
        "escalate",
        "title",
    },
    "serviceTask": {"service", "result"},
    "businessRuleTask": {"rules", "decision", "result"},
    "scriptTask": {"result"},
    "sendTask": {"key"},
    "receiveTask": {"key"},
}


def _at(node: Node, rule: str, zh: str, en: str) -> Fault:
    return fault(rule, node.line, node.id, zh, en)


def check_activity(model: Model, node: Node) -> Iterator[Fault]:
    """Everything one activity says in our words."""
    for name in sorted(set(node.own) - KNOWN.get(node.kind, set()) - {"en"}):
        yield _at(
            node,
            "attribute-unknown",
            f"{node.id} 没有属性 shuzhi:{name}",
            f"{node.id} has no attribute shuzhi:{name}",
        )
    for name, value, line in (*node.inputs, *node.outputs):
        if not _VARIABLE.fullmatch(name):
            yield fault(
                "variable-name",
                line,
                node.id,
                f"{node.id}：变量名“{name[:40]}”须为一个词",
                f"{node.id}: a variable's name is one word, not “{name[:40]}”",
            )
        yield from feel_faults(line, node.id, value)
    if "result" in node.own and not _VARIABLE.fullmatch(node.own["result"]):
        yield _at(
            node,
            "variable-name",
            f"{node.id}：变量名须为一个词",
            f"{node.id}: a variable's name is one word",
        )
    if node.many is not None:
        yield from _many(node, node.many)
    if node.many is not None and node.is_event_subprocess:
        yield _at(
            node,
            "many-beside",
            f"{node.id}：事件子流程不能会签或循环：请写在其中的活动上",
            f"{node.id}: an event sub-process has no joint review and no loop: mark an activity in it",
        )
    check = _CHECKS.get(node.kind)
    if check is not None:
        yield from check(model, node)


def _people(model: Model, node: Node) -> Iterator[Fault]:  # noqa: C901 - one question after the other
    del model
    own = node.own
    for role in own.get("roles", "").split():
        if role not in list(Role) or role == Role.SYSTEM:
            yield _at(
                node,
                "role-unknown",
                f"{node.id}：没有角色 {role}",
                f"{node.id}: there is no role {role}",
            )
    for key in ("office", "division", "title", "workingDays"):
        if own.get(key, "").startswith("="):
            yield from feel_faults(node.line, node.id, own[key])
    for key in ("workingDays", "amber"):
        said = own.get(key, "0")
        if not _COUNT.fullmatch(said) and not (key == "workingDays" and said.startswith("=")):
            yield _at(
                node,
                "count-wrong",
                f"{node.id}：{key} 应为 0 至 999 的整数",
                f"{node.id}: {key} is a whole number up to 999",
            )
    if (
        _COUNT.fullmatch(own.get("amber", "0"))
        and _COUNT.fullmatch(own.get("workingDays", "999"))
        and int(own.get("amber", 0)) > int(own.get("workingDays", 999))
    ):
        yield _at(
            node,
            "amber-too-early",
            f"{node.id}：预警期长于办理期限",
            f"{node.id}: amber begins before the task does",
        )
    if own.get("assign", "pool") not in ("pool", "least-loaded"):
        yield _at(
            node,
            "assign-unknown",
            f"{node.id}：assign 只能是 pool 或 least-loaded",
            f"{node.id}: assign is pool or least-loaded",
        )
    for role in own.get("escalate", "").split():
        if not re.fullmatch(ESCALATION, role):
            yield _at(
                node,
                "role-unknown",
                f"{node.id}：没有角色 {role}",
                f"{node.id}: there is no role {role}",
            )


def _service(model: Model, node: Node) -> Iterator[Fault]:
    del model
    if not node.own.get("service"):
        yield _at(
            node,
            "service-missing",
            f"{node.id} 没有写 shuzhi:service",
            f"{node.id} names no shuzhi:service",
        )


def _rule(model: Model, node: Node) -> Iterator[Fault]:
    del model
    for key in ("rules", "decision", "result"):
        if not node.own.get(key):
            yield _at(
                node,
                "rule-missing",
                f"{node.id} 没有写 shuzhi:{key}",
                f"{node.id} names no shuzhi:{key}",
            )


def _script(model: Model, node: Node) -> Iterator[Fault]:
    del model
    written = node.attributes.get("scriptFormat", "")
    if "feel" not in written.lower():
        yield _at(
            node,
            "script-not-feel",
            f"{node.id}：脚本只能用 FEEL，不运行 {written[:40] or '未注明的语言'}",
            f"{node.id}: scripts are FEEL only; {written[:40] or 'an unnamed language'} never runs",
        )
        return
    if not node.own.get("result"):
        yield _at(
            node,
            "result-missing",
            f"{node.id} 没有写 shuzhi:result",
            f"{node.id} names no shuzhi:result",
        )
    yield from feel_faults(node.line, node.id, node.script)


def _message(model: Model, node: Node) -> Iterator[Fault]:
    found = model.named.get(node.attributes.get("messageRef", ""))
    if found is None or found["kind"] != "message":
        yield _at(
            node,
            "reference-unknown",
            f"{node.id} 没有引用已定义的消息（messageRef）",
            f"{node.id} refers to no message (messageRef)",
        )
    elif not found.get("name"):
        yield _at(
            node,
            "reference-nameless",
            f"{node.id}：消息 {node.attributes['messageRef']} 没有名称",
            f"{node.id}: the message {node.attributes['messageRef']} has no name",
        )
    if "key" in node.own:
        yield from feel_faults(node.line, node.id, node.own["key"])


def _call(model: Model, node: Node) -> Iterator[Fault]:
    del model
    if not node.attributes.get("calledElement"):
        yield _at(
            node,
            "called-missing",
            f"{node.id} 没有写 calledElement",
            f"{node.id} names no calledElement",
        )


def _many(node: Node, many: Many) -> Iterator[Fault]:
    if many.kind == "loop":
        if not many.condition and not many.maximum:
            yield fault(
                "loop-endless",
                many.line,
                node.id,
                f"{node.id} 的循环没有条件也没有上限",
                f"{node.id} loops without a condition or a maximum",
            )
        if many.maximum and not (_TIMES.fullmatch(many.maximum) and 1 <= int(many.maximum) <= MOST_TIMES):
            yield fault(
                "count-wrong",
                many.line,
                node.id,
                f"{node.id}：loopMaximum 应为 1 至 {MOST_TIMES}",
                f"{node.id}: loopMaximum is up to {MOST_TIMES}",
            )
    elif bool(many.cardinality) == bool(many.collection):
        yield fault(
            "many-of-what",
            many.line,
            node.id,
            f"{node.id} 的会签须写明人数或名单之一",
            f"{node.id} needs either a cardinality or a collection",
        )
    if many.output and not many.result:
        yield fault(
            "result-missing",
            many.line,
            node.id,
            f"{node.id} 没有写每一份的结果 shuzhi:result",
            f"{node.id} says not what each one's result is: shuzhi:result",
        )
    for text in (many.cardinality, many.collection, many.condition, many.result):
        if text:
            yield from feel_faults(many.line, node.id, text)
    for name in (many.element, many.output):
        if name and not _VARIABLE.fullmatch(name):
            yield fault(
                "variable-name",
                many.line,
                node.id,
                f"{node.id}：变量名须为一个词",
                f"{node.id}: a variable's name is one word",
            )


_CHECKS = {
    "userTask": _people,
    "manualTask": _people,
    "serviceTask": _service,
    "businessRuleTask": _rule,
    "scriptTask": _script,
    "sendTask": _message,
    "receiveTask": _message,
    "callActivity": _call,
}
assert set(_CHECKS) <= ACTIVITIES


START = frozenset({"form", "key", "title", "office"})


def check_start(node: Node, *, begins: bool) -> Iterator[Fault]:
    """What the start of a process says of the form that begins it; other events say nothing of the kind."""
    if node.kind != "startEvent":
        return
    known = frozenset({"office"}) if node.events else START
    for name in sorted(set(node.own) - {"en"} - (known if begins else frozenset())):
        yield _at(
            node,
            "attribute-unknown",
            f"{node.id} 没有属性 shuzhi:{name}",
            f"{node.id} has no attribute shuzhi:{name}",
        )
    for name in sorted(set(node.own) & {"key", "title"}):
        yield from feel_faults(node.line, node.id, node.own[name])
    if node.own and "form" not in node.own and not node.events:
        yield _at(
            node,
            "form-missing",
            f"{node.id} 没有写由哪张表单启动：shuzhi:form",
            f"{node.id} says not which form begins it: shuzhi:form",
        )


def check_schedule(node: Node, event: Event) -> Iterator[Fault]:
    """What begins cases by itself: one day, or a cycle, and whose the cases are."""
    if not node.own.get("office"):
        yield _at(
            node,
            "office-missing",
            f"{node.id} 没有写定时发起的办件归哪个部门：shuzhi:office",
            f"{node.id} says not whose the cases are that it begins: shuzhi:office",
        )
    given = {key: text for key, text in event.texts.items() if text and key in _WRITTEN} | event.own
    cycle = given.get("timeCycle", "")
    too_often = is_cycle(cycle) and after(ANY_DAY, cycle.partition("/")[2]) < ANY_DAY + SHORTEST
    if (
        too_often
        or len(given) != 1
        or not given.keys() <= {"timeDate", "timeCycle"}
        or not all(_WRITTEN[key](text) for key, text in given.items())
    ):
        yield fault(
            "schedule",
            event.line,
            node.id,
            f"{node.id}：定时发起须写一个日期（timeDate）或周期（timeCycle，如 R/P1D，至少隔一分钟）",
            f"{node.id} begins cases on one day (timeDate) or in a cycle of a minute or more (timeCycle, such as R/P1D)",
        )


_WRITTEN: dict[str, Callable[[str], object]] = {
    "timeDate": is_moment,
    "timeDuration": is_span,
    "timeCycle": is_cycle,
}


def check_event(node: Node, event: Event) -> Iterator[Fault]:
    """What a timer or a message says."""
    if event.kind == "message" and "key" in event.own:
        yield from feel_faults(event.line, node.id, event.own["key"])
    if event.kind != "timer":
        return
    days = event.own.get("workingDays")
    if days is not None:
        if not _COUNT.fullmatch(days):
            yield fault(
                "count-wrong",
                event.line,
                node.id,
                f"{node.id}：workingDays 应为 0 至 999",
                f"{node.id}: workingDays is up to 999",
            )
        return
    given = [
        (key, event.texts[key]) for key in ("timeDate", "timeDuration", "timeCycle") if event.texts.get(key)
    ]
    if len(given) != 1:
        yield fault(
            "timer-without-time", event.line, node.id, f"{node.id} 没有写明时间", f"{node.id} says not when"
        )
        return
    key, text = given[0]
    if text.startswith("=") and key == "timeCycle":
        yield fault(
            "timer-text",
            event.line,
            node.id,
            f"{node.id}：周期（timeCycle）不能由表达式算出",
            f"{node.id}: a cycle (timeCycle) is not computed",
        )
    elif text.startswith("="):
        yield from feel_faults(event.line, node.id, text)
    elif not _WRITTEN[key](text):
        yield fault(
            "timer-text",
            event.line,
            node.id,
            f"{node.id}：“{text[:60]}”不是 {key} 的写法",
            f"{node.id}: “{text[:60]}” is no {key}",
        )
    elif key == "timeCycle" and (
        node.kind != "boundaryEvent" or node.attributes.get("cancelActivity", "true") == "true"
    ):
        yield fault(
            "cycle-here",
            event.line,
            node.id,
            f"{node.id}：重复定时只能用于不中断的边界事件",
            f"{node.id}: a cycle runs only at a boundary that doesn't interrupt",
        )
