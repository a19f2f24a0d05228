"""What other editors write and nothing here does (别家写法): never passed over in silence, named with our words for it.

BPMN lets a reader skip what it does not know. A clerk must not: a task that says whose it is in words that are not
read would go to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from shuzhi.support.workflow.processes.elements import children, is_bpmn, line_of, local
from shuzhi.support.workflow.processes.model import NODES, SCOPES
from shuzhi.support.workflow.processes.reading import BPMN, OWN, Fault
from shuzhi.support.workflow.processes.wording import fault

# Engines that run what their words say. Words of editors (colours, notes, simulation) mean nothing to a case.
ENGINES = frozenset(
    {
        "http://camunda.org/schema/1.0/bpmn",
        "http://camunda.org/schema/zeebe/1.0",
        "http://activiti.org/bpmn",
        "http://flowable.org/bpmn",
        "http://www.jboss.org/drools",
        "http://knowprocess.com/bpmn",
    }
)
# Editors that draw for several engines, and the few words of theirs that say what is to be done.
_SAYING = {
    "http://www.trisotech.com/2015/triso/modeling": frozenset({"dataInputBindings", "dataOutputBindings"}),
    "http://www.boc-group.com": frozenset({"Events", "HandlerClass", "MailTo", "Tasks"}),
}
# Their words that change nothing of what happens.
_IDLE = frozenset(
    {
        *(
            "versionTag",
            "historyTimeToLive",
            "diagramRelationId",
            "properties",
            "property",
            "modelerTemplate",
        ),
        *("modelerTemplateVersion", "modelerTemplateIcon", "isStartableInTasklist", "exclusive", "async"),
        *("asyncBefore", "asyncAfter", "jobPriority", "failedJobRetryTimeCycle", "retries", "metaData"),
        *("packageName", "version", "historyLevel", "userTask", "extensionId"),
    }
)
_INSTEAD = (
    (r"assignee|candidate\w+|assignmentDefinition|initiator|owner", "shuzhi:office、shuzhi:roles"),
    (r"form\w*|userTaskForm", "shuzhi:form"),
    (r"ioMapping|inputOutput|in|out|dataInput\w*", "shuzhi:input、shuzhi:output"),
    (
        r"taskDefinition|taskHeaders|class|expression|delegateExpression|topic|type|field|connector|taskName",
        "shuzhi:service",
    ),
    (r"calledDecision|decisionRef\w*|mapDecisionResult", "shuzhi:rules、shuzhi:decision"),
    (r"subscription|correlation\w*", "shuzhi:key"),
    (r"loopCharacteristics|collection|elementVariable", "shuzhi:collection、shuzhi:element"),
    (r"resultVariable|script", "shuzhi:result"),
    (r"dueDate|followUpDate|taskSchedule", "shuzhi:workingDays"),
    (r"calledElement\w*", "calledElement"),
)
_OWNERS = NODES | SCOPES | {"sequenceFlow", "message", "signal", "error", "escalation"}
_PEOPLE = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
_TALKS = frozenset(
    {"conversation", "subConversation", "callConversation", "conversationNode", "globalConversation"}
)
_VARIABLE = re.compile(r"[^\W\d]\w{0,99}")


def check_foreign(root: etree._Element) -> Iterator[Fault]:
    """Everything of that kind below the root, drawings left out."""
    for top in _bpmn(root):
        name = local(top)
        if name == "extension" and top.get("mustUnderstand", "").strip() in ("true", "1"):
            yield _required(top)
        elif name == "collaboration":
            yield from _collaboration(top)
        elif name in _OWNERS:
            yield from _owner(top)


def _owner(element: etree._Element) -> Iterator[Fault]:
    """One element that people speak of, with the parts that have no name of their own."""
    parts = list(_parts(element))
    yield from _vendor(element, parts)
    for part in parts:
        yield from _part(element, part)
    if local(element) in SCOPES:
        yield from _strange(element)
    for child in _bpmn(element):
        if local(child) in _OWNERS:
            yield from _owner(child)


def _parts(element: etree._Element) -> Iterator[etree._Element]:
    yield element
    for child in _bpmn(element):
        if local(child) not in _OWNERS and local(child) != "extensionElements":
            yield from _parts(child)


def _part(owner: etree._Element, part: etree._Element) -> Iterator[Fault]:
    name = local(part)
    if name in _PEOPLE:
        zh = f"不读取 {name}：由谁办理请写 shuzhi:office、shuzhi:roles"
        en = f"{name} is not read: say who does it by shuzhi:office and shuzhi:roles"
        yield _at(owner, part, "people-not-read", zh, en)
    if name.endswith("Association") and any(
        local(each) in ("assignment", "transformation") for each in _bpmn(part)
    ):
        zh = f"{name} 中的赋值和转换不会执行：请写 shuzhi:input、shuzhi:output"
        en = f"assignments and transformations of a {name} don't run: write shuzhi:input and shuzhi:output"
        yield _at(owner, part, "data-not-moved", zh, en)
    if name in ("loopDataInputRef", "loopDataOutputRef") and not _VARIABLE.fullmatch(
        (part.text or "").strip()
    ):
        zh = f"{name} 所指的数据不会读取：请写 shuzhi:collection、shuzhi:output"
        en = f"the data of {name} is not read: write shuzhi:collection and shuzhi:output"
        yield _at(owner, part, "data-not-moved", zh, en)
    if name == "correlationSubscription":
        yield _at(owner, part, "correlation-not-read", *_CORRELATION)
    yield from _numbers(owner, part)


_CORRELATION = (
    "不按相关键（correlationKey）对应消息：请在消息事件上写 shuzhi:key",
    "messages are not matched by correlation keys: write shuzhi:key at the event",
)


def _numbers(owner: etree._Element, part: etree._Element) -> Iterator[Fault]:
    for key in ("startQuantity", "completionQuantity"):
        if part is owner and part.get(key, "1").strip() != "1":
            zh = f"{key}={part.get(key)} 不会执行，只按 1 运行：请用并行网关或会签"
            en = f"{key}={part.get(key)} doesn't run, only 1 does: use a parallel gateway or a joint review"
            yield _at(owner, part, "quantity", zh, en)
    behavior = part.get("behavior", "All").strip()
    if local(part) == "multiInstanceLoopCharacteristics" and behavior != "All":
        zh = f"会签的 behavior={behavior} 不会执行：请在办结后用事件另画"
        en = f"behavior={behavior} of a joint review doesn't run: draw the event after it"
        yield _at(owner, part, "many-behavior", zh, en)
    if (
        local(owner) == "receiveTask"
        and part is owner
        and part.get("instantiate", "").strip() in ("true", "1")
    ):
        zh, en = (
            "接收任务不能启动流程：请用消息开始事件",
            "a receive task can't begin a process: use a message start event",
        )
        yield _at(owner, part, "event-not-run", zh, en)


def _vendor(owner: etree._Element, parts: list[etree._Element]) -> Iterator[Fault]:
    found: dict[str, str] = {}
    for part in parts:
        for extensions in part.iterchildren(f"{{{BPMN}}}extensionElements"):
            for each in extensions.iterchildren(tag=etree.Element):
                _note(found, each, str(each.tag))
        for key in part.attrib:
            _note(found, part, str(key))
    if not found:
        return
    instead = [
        ours for pattern, ours in _INSTEAD if any(re.fullmatch(pattern, word) for word in found.values())
    ]
    words = "、".join(sorted(found))
    zh = f"{words} 是其他引擎的写法，这里不读：" + (f"请改写 {'、'.join(instead)}" if instead else "请删去")
    en = f"{', '.join(sorted(found))}: words of another engine, not read here: " + (
        f"write {', '.join(instead)}".replace("、", ", ") if instead else "delete them"
    )
    yield _at(owner, owner, "vendor-words", zh, en)


def _note(found: dict[str, str], element: etree._Element, name: str) -> None:
    space, _, word = name.removeprefix("{").rpartition("}")
    if (space in ENGINES and word not in _IDLE) or word in _SAYING.get(space, ()):
        prefixes = [prefix for prefix, bound in element.nsmap.items() if bound == space and prefix]
        found[f"{prefixes[0]}:{word}" if prefixes else word] = word


def _strange(scope: etree._Element) -> Iterator[Fault]:
    """Elements of no known language where activities stand."""
    for child in scope.iterchildren(tag=etree.Element):
        space = etree.QName(child).namespace
        if space not in (BPMN, OWN):
            zh = f"{local(child)} 不是 BPMN 的元素，不会执行：请删去，或改用 BPMN 的活动"
            en = (
                f"{local(child)} is no element of BPMN and doesn't run: delete it, or use an activity of BPMN"
            )
            yield fault("element-not-run", line_of(child), child.get("id") or local(child), zh, en)


def _collaboration(element: etree._Element) -> Iterator[Fault]:
    for child in _bpmn(element):
        name = local(child)
        if name in _TALKS:
            zh = f"{name} 不能运行：请用消息事件画出往来"
            en = f"{name} can't run: draw the exchange by message events"
            yield fault("element-not-run", line_of(child), child.get("id") or name, zh, en)
        elif name == "correlationKey":
            yield fault("correlation-not-read", line_of(child), child.get("id") or name, *_CORRELATION)


def _required(element: etree._Element) -> Fault:
    name = element.get("definition", "")[:80]
    zh = f"文件要求读懂扩展 {name}（mustUnderstand），这里不读：请删去此要求"
    en = f"the file demands that the extension {name} be understood (mustUnderstand), which is not read here: delete it"
    return fault("extension-required", line_of(element), name or "extension", zh, en)


def _at(owner: etree._Element, part: etree._Element, rule: str, zh: str, en: str) -> Fault:
    name = owner.get("id") or local(owner)
    return fault(rule, line_of(part), name, f"{name}：{zh}", f"{name}: {en}")


def _bpmn(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in children(element) if is_bpmn(child))
