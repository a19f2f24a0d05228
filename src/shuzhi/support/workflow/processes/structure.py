"""How the elements hang together (流程结构): what nothing leads to, what leads nowhere, what would be drawn twice."""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.support.workflow.processes.model import ACTIVITIES, SCOPES, Flow, Model, Node, Scope
from shuzhi.support.workflow.processes.reading import Fault
from shuzhi.support.workflow.processes.wording import fault, feel_faults, shown

CHOOSING = ("exclusiveGateway", "inclusiveGateway")
FREE = "adHocSubProcess"  # nothing need lead to what is in it, and it begins by itself


def check_flows(model: Model, scope: Scope) -> Iterator[Fault]:
    """A scope's flows, starts and ends."""
    mine = set(scope.nodes)
    for flow in scope.flows:
        yield from _flow(model, flow, mine)
    yield from _starts(model, scope)
    for node in model.inside(scope.id):
        yield from _node(model, scope, node)


def _flow(model: Model, flow: Flow, mine: set[str]) -> Iterator[Fault]:
    for end in (flow.source, flow.target):
        if end not in mine:
            yield fault(
                "flow-end-unknown",
                flow.line,
                flow.id,
                f"顺序流 {flow.id} 的一端 {end or '（空）'} 不在同一流程中",
                f"the sequence flow {flow.id} ends at {end or 'nothing'}, which is not in this process",
            )
    if flow.condition is not None:
        yield from feel_faults(flow.line, flow.id, flow.condition)
    source, target = model.nodes.get(flow.source), model.nodes.get(flow.target)
    if source is not None and (source.kind == "endEvent" or source.compensates or source.is_event_subprocess):
        yield fault(
            "flow-from-end",
            flow.line,
            flow.id,
            f"{source.id} 之后不能再有顺序流",
            f"nothing may follow {source.id}",
        )
    if target is not None and (
        target.kind in ("startEvent", "boundaryEvent") or target.compensates or target.is_event_subprocess
    ):
        yield fault(
            "flow-to-start",
            flow.line,
            flow.id,
            f"顺序流不能指向 {target.id}",
            f"no flow may lead to {target.id}",
        )


def _starts(model: Model, scope: Scope) -> Iterator[Fault]:
    starts = [node for node in model.inside(scope.id) if node.kind == "startEvent"]
    if not starts and scope.kind != FREE:
        yield fault(
            "start-missing",
            scope.line,
            scope.id,
            f"{scope.id} 没有开始事件",
            f"{scope.id} has no start event",
        )
    for node in starts[1:]:
        yield fault(
            "start-twice",
            node.line,
            node.id,
            f"{scope.id} 只能有一个开始事件",
            f"{scope.id} may have one start event only",
        )


def _node(model: Model, scope: Scope, node: Node) -> Iterator[Fault]:
    out = [flow for flow in scope.flows if flow.source == node.id]
    into = [flow for flow in scope.flows if flow.target == node.id]
    beside = node.kind in ("startEvent", "boundaryEvent") or node.compensates or node.is_event_subprocess
    caught = node.links and node.kind == "intermediateCatchEvent"
    if not into and not beside and not caught and scope.kind != FREE:
        yield fault(
            "unreachable", node.line, node.id, f"没有顺序流通向 {node.id}", f"no flow leads to {node.id}"
        )
    if node.compensates and node.id not in model.undoing.values():
        yield fault(
            "compensation-without-event",
            node.line,
            node.id,
            f"{node.id} 标为补偿，但没有补偿边界事件指向它：请从补偿边界事件画关联线",
            f"{node.id} undoes something, but no compensation event leads to it: draw an association from one",
        )
    if node.kind == "boundaryEvent":
        yield from _boundary(model, scope, node, out)
    yield from _choices(node, out)
    yield from _waiting_for_events(model, node, out)


def _boundary(model: Model, scope: Scope, node: Node, out: list[Flow]) -> Iterator[Fault]:
    attached = node.attributes.get("attachedToRef", "")
    host = model.nodes[attached] if attached in scope.nodes else None
    if host is None or host.kind not in ACTIVITIES or host.is_event_subprocess:
        yield fault(
            "boundary-unattached",
            node.line,
            node.id,
            f"{node.id} 没有附在同一流程的活动上",
            f"{node.id} is attached to no activity of this process",
        )
    undoes = bool(node.events) and node.events[0].kind == "compensate"
    if not out and not undoes:
        yield fault(
            "leads-nowhere", node.line, node.id, f"{node.id} 之后没有顺序流", f"nothing follows {node.id}"
        )
    handler = model.nodes.get(model.undoing.get(node.id, ""))
    if (
        undoes
        and handler is not None
        and (
            handler.scope != node.scope
            or not handler.compensates
            or handler.kind in (*SCOPES, "callActivity")
        )
    ):
        yield fault(
            "compensation-handler",
            node.line,
            node.id,
            f"补偿活动 {handler.id} 须在同一流程中、标有 isForCompensation，且为单个任务",
            f"the activity {handler.id} that undoes must be a task of the same process, marked isForCompensation",
        )


def _choices(node: Node, out: list[Flow]) -> Iterator[Fault]:
    default = node.attributes.get("default", "")
    if default and default not in {flow.id for flow in out}:
        yield fault(
            "default-unknown",
            node.line,
            node.id,
            f"{node.id} 的默认流 {default} 不从它出发",
            f"the default flow {default} doesn't start from {node.id}",
        )
    choosing = node.kind in CHOOSING or node.kind in ACTIVITIES
    zh_node, en_node = shown(node.id, node.name)
    if node.kind in CHOOSING and len(out) > 1:
        for flow in out:
            if flow.condition is None and flow.id != default:
                yield fault(
                    "condition-missing",
                    flow.line,
                    flow.id,
                    f"{flow.id}（在 {zh_node} 之后）没有条件，也不是默认流",
                    f"{flow.id} (after {en_node}) has neither a condition nor is it the default",
                )
    for flow in out:
        if flow.condition is not None and (not choosing or (len(out) == 1 and node.kind not in CHOOSING)):
            yield fault(
                "condition-without-choice",
                flow.line,
                flow.id,
                f"{flow.id} 的条件没有可选的另一条路（在 {zh_node} 之后）：请用排他网关",
                f"the condition of {flow.id} has no alternative (after {en_node}): use an exclusive gateway",
            )


def _waiting_for_events(model: Model, node: Node, out: list[Flow]) -> Iterator[Fault]:
    if node.kind != "eventBasedGateway":
        return
    if node.attributes.get("eventGatewayType", "Exclusive") != "Exclusive":
        yield fault(
            "event-not-run",
            node.line,
            node.id,
            f"{node.id} 只能等一个事件（eventGatewayType 为 Exclusive）：都要等到请用并行网关",
            f"{node.id} waits for one event only (eventGatewayType is Exclusive): to wait for all use a parallel gateway",
        )
    if not out:
        yield fault(
            "leads-nowhere", node.line, node.id, f"{node.id} 之后没有事件", f"nothing follows {node.id}"
        )
    marked = {each.attributes.get("attachedToRef") for each in model.nodes.values()}
    for flow in out:
        target = model.nodes.get(flow.target)
        waits = target is not None and target.kind in ("intermediateCatchEvent", "receiveTask")
        if target is not None and (not waits or target.many is not None or target.id in marked):
            yield fault(
                "event-gateway-target",
                flow.line,
                flow.id,
                f"{node.id} 之后只能是捕获事件（接收任务不得带边界事件或会签）",
                f"only catching events may follow {node.id} (or a receive task without markers and boundary events)",
            )
