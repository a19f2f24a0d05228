"""What of a BPMN file can't run (不能运行之处): every element by name, with the line and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shuzhi.support.workflow.processes import groups, structure, tasks
from shuzhi.support.workflow.processes.advice import advised
from shuzhi.support.workflow.processes.foreign import check_foreign
from shuzhi.support.workflow.processes.model import ACTIVITIES, Event, Model, Node, Scope, read_model
from shuzhi.support.workflow.processes.reading import Fault, Unreadable, read_xml
from shuzhi.support.workflow.processes.wording import fault

_NAME = re.compile(r"[\w][\w.-]{0,199}")
MOST_NODES = 400

NOT_RUN = {
    "task": (
        "没有说明由谁办理：请改为人工任务、服务任务或规则任务",
        "says not who does it: make it a user, service or business rule task",
    ),
    "complexGateway": (
        "不支持复杂网关：请改用排他、并行或包容网关",
        "complex gateways don't run: use an exclusive, parallel or inclusive one",
    ),
}
EVENTS_THAT_RUN = {
    "startEvent": {"message", "signal", "timer"},
    "inner-start": set(),
    "event-start": {"message", "signal", "timer", "error", "escalation"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate", "compensate", "cancel"},
    "intermediateCatchEvent": {"message", "signal", "timer", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensate", "link"},
    "boundaryEvent": {"message", "signal", "timer", "error", "escalation", "compensate", "cancel"},
}


def check_file(content: bytes) -> tuple[Model | None, list[Fault]]:
    """The model and everything in it that can't run; never raises, whatever the bytes are."""
    try:
        root = read_xml(content)
    except Unreadable as error:
        return None, [error.fault]
    model = read_model(root)
    found = [*_file(model), *check_foreign(root)]
    if len(model.nodes) <= MOST_NODES:  # beyond that nobody reads thousands of remarks
        found += (each for scope in model.scopes.values() for each in _scope(model, scope))
    told = {advised(model, each) for each in found}
    return model, sorted(told, key=lambda each: (each.line, each.element, each.rule, each.message.en))


def _file(model: Model) -> Iterator[Fault]:
    for tag, name, line in model.odd:
        yield fault(
            "element-not-run",
            line,
            name or tag,
            f"{tag} 不能运行，只运行流程（process）：请改画成流程，或删去",
            f"{tag} can't run, only processes do: draw it as a process, or delete it",
        )
    for name, line in model.twice:
        yield fault("id-twice", line, name, f"编号 {name} 重复", f"the id {name} stands twice")
    for tag, line in model.nameless:
        yield fault("id-missing", line, tag, f"{tag} 没有 id", f"{tag} has no id")
    for language, name, line in model.languages:
        yield fault(
            "expression-language",
            line,
            name,
            f"{name}：表达式语言 {language[:60]} 不能运行：请用 FEEL",
            f"{name}: expressions in {language[:60]} don't run: write FEEL",
        )
    if not model.processes:
        yield fault("process-missing", 1, "", "文件中没有流程（process）", "the file has no process")
    if len(model.nodes) > MOST_NODES:
        yield fault(
            "process-too-large",
            1,
            "",
            f"元素超过 {MOST_NODES} 个：请用调用活动拆成几个流程",
            f"more than {MOST_NODES} nodes: split it by call activities",
        )


def _scope(model: Model, scope: Scope) -> Iterator[Fault]:
    if scope.kind == "process" and not scope.executable:
        yield fault(
            "process-not-executable",
            scope.line,
            scope.id,
            f'流程 {scope.id} 未标为可执行：请写 isExecutable="true"',
            f'the process {scope.id} is not marked executable: write isExecutable="true"',
        )
    for tag, name, line in scope.odd:
        yield fault(
            "element-not-run",
            line,
            name or tag,
            f"{tag} 不能运行：请改用任务、网关或事件，或删去",
            f"{tag} can't run: use a task, a gateway or an event instead, or delete it",
        )
    for node in model.inside(scope.id):
        yield from _node(model, scope, node)
    yield from structure.check_flows(model, scope)
    yield from groups.check_group(model, scope)


def _node(model: Model, scope: Scope, node: Node) -> Iterator[Fault]:
    if not _NAME.fullmatch(node.id):
        yield fault(
            "id-not-a-name",
            node.line,
            node.id[:60],
            "id 只能由字母、数字、点和连字符组成",
            "an id consists of letters, digits, dots and hyphens",
        )
    if node.kind in NOT_RUN:
        zh, en = NOT_RUN[node.kind]
        yield fault(
            "element-not-run",
            node.line,
            node.id,
            f"{node.id}（{node.kind}）{zh}",
            f"{node.id} ({node.kind}) {en}",
        )
    if node.kind.endswith("Event"):
        yield from _events(model, scope, node)
    elif node.kind in ACTIVITIES:
        yield from tasks.check_activity(model, node)
    elif node.kind == "eventBasedGateway" and node.attributes.get("instantiate") == "true":
        yield fault(
            "event-not-run", node.line, node.id, f"{node.id} 不能启动流程", f"{node.id} can't begin a process"
        )


def _events(model: Model, scope: Scope, node: Node) -> Iterator[Fault]:
    allowed = EVENTS_THAT_RUN[_place(model, scope, node)]
    if len(node.events) > 1:
        yield fault(
            "event-multiple",
            node.line,
            node.id,
            f"{node.id} 有多个事件定义，只能有一个",
            f"{node.id} has several event definitions; one runs",
        )
        return
    yield from tasks.check_start(node, begins=scope.kind == "process")
    if not node.events:
        if (
            node.kind in ("intermediateCatchEvent", "boundaryEvent")
            or _place(model, scope, node) == "event-start"
        ):
            yield fault(
                "event-without-kind",
                node.line,
                node.id,
                f"{node.id} 没有说明等待什么事件",
                f"{node.id} says not what it waits for",
            )
        return
    event = node.events[0]
    if event.kind not in allowed:
        yield fault(
            "event-not-run",
            event.line,
            node.id,
            f"{node.id}：{event.kind} 事件在此处不能运行，可用：{'、'.join(sorted(allowed)) or '无'}",
            f"{node.id}: the event {event.kind} doesn't run here; possible: {', '.join(sorted(allowed)) or 'none'}",
        )
        return
    yield from _reference(model, node, event)
    is_schedule = event.kind == "timer" and _place(model, scope, node) == "startEvent"
    yield from (tasks.check_schedule if is_schedule else tasks.check_event)(node, event)


def _place(model: Model, scope: Scope, node: Node) -> str:
    if node.kind != "startEvent" or scope.kind == "process":
        return node.kind
    return "event-start" if model.nodes[scope.id].is_event_subprocess else "inner-start"


def _reference(model: Model, node: Node, event: Event) -> Iterator[Fault]:
    if event.kind in ("timer", "terminate", "cancel", "link"):
        return
    if event.kind == "compensate":
        if event.ref and event.ref not in model.nodes:
            yield fault(
                "reference-unknown",
                event.line,
                node.id,
                f"{node.id}：没有活动 {event.ref}",
                f"{node.id}: there is no activity {event.ref}",
            )
        if node.kind == "boundaryEvent" and model.undoing.get(node.id) not in model.nodes:
            yield fault(
                "compensation-without-handler",
                event.line,
                node.id,
                f"{node.id} 没有用关联线指向补偿活动",
                f"no association leads from {node.id} to the activity that undoes",
            )
        return
    found = model.named.get(event.ref.rpartition(":")[2] if event.ref not in model.named else event.ref)
    if found is None or found["kind"] != event.kind:
        if event.ref or (event.kind in ("message", "signal")):
            missing = f"{event.kind} {event.ref}"
            yield fault(
                "reference-unknown",
                event.line,
                node.id,
                f"{node.id}：" + (f"没有定义 {missing}" if event.ref else f"没有写 {event.kind}Ref"),
                f"{node.id}: " + (f"there is no {missing}" if event.ref else f"it names no {event.kind}Ref"),
            )
        return
    if event.kind in ("message", "signal") and not found.get("name"):
        yield fault(
            "reference-nameless",
            event.line,
            node.id,
            f"{node.id}：{event.kind} {event.ref} 没有名称",
            f"{node.id}: the {event.kind} {event.ref} has no name",
        )
