"""Transactions, ad hoc sub-processes and links (事务、自由子流程、链接): what each needs to run."""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.support.workflow.processes.model import Model, Node, Scope
from shuzhi.support.workflow.processes.reading import Fault
from shuzhi.support.workflow.processes.wording import fault, feel_faults

CANCEL = "cancel"
_UNDOING = ("", "##Compensate", "##compensate")


def check_group(model: Model, scope: Scope) -> Iterator[Fault]:
    """What a scope of one of these kinds, and the events that belong to them, leave unsaid."""
    around = model.nodes.get(scope.id)
    if scope.kind == "transaction" and around is not None:
        yield from _transaction(model, scope, around)
    if scope.kind == "adHocSubProcess" and around is not None:
        yield from _free(model, scope, around)
    for node in model.inside(scope.id):
        yield from _cancel(model, scope, node)
        yield from _link(model, scope, node)


def _transaction(model: Model, scope: Scope, around: Node) -> Iterator[Fault]:
    if around.attributes.get("method", "") not in _UNDOING:
        zh = f'{around.id}：事务只能以补偿方式撤销（method="##Compensate"）'
        en = f'{around.id}: a transaction is undone by compensation only (method="##Compensate")'
        yield fault("transaction-method", around.line, around.id, zh, en)
    gives_up = any(_is(node, "endEvent") for node in model.inside(scope.id))
    caught = any(
        _is(node, "boundaryEvent") and node.attributes.get("attachedToRef") == around.id
        for node in model.nodes.values()
    )
    if gives_up and not caught:
        zh = f"{around.id} 中有取消结束事件，须在边界上接住：加一个取消边界事件"
        en = f"{around.id} has a cancel end event: catch it by a cancel event at its boundary"
        yield fault("cancel-uncaught", around.line, around.id, zh, en)


def _cancel(model: Model, scope: Scope, node: Node) -> Iterator[Fault]:
    if _is(node, "endEvent") and scope.kind != "transaction":
        zh, en = (
            f"{node.id}：取消结束事件只能在事务中",
            f"{node.id}: only a transaction ends by a cancel event",
        )
        yield fault("cancel-outside", node.line, node.id, zh, en)
    attached = model.nodes.get(node.attributes.get("attachedToRef", ""))
    if _is(node, "boundaryEvent") and (attached is None or attached.kind != "transaction"):
        zh, en = (
            f"{node.id}：取消边界事件只能附在事务上",
            f"{node.id}: a cancel event stands at a transaction only",
        )
        yield fault("cancel-outside", node.line, node.id, zh, en)


def _is(node: Node, kind: str) -> bool:
    return node.kind == kind and len(node.events) == 1 and node.events[0].kind == CANCEL


def _free(model: Model, scope: Scope, around: Node) -> Iterator[Fault]:
    inside = model.inside(scope.id)
    for node in inside:
        if node.kind in ("startEvent", "endEvent"):
            zh = f"自由子流程 {around.id} 中不能有 {node.id}：它自行开始，条件成立时结束"
            en = f"{node.id} can't stand in the ad hoc sub-process {around.id}: it begins by itself and ends by its condition"
            yield fault("adhoc-event", node.line, node.id, zh, en)
    led_to = {flow.target for flow in scope.flows}
    if not any(node.id not in led_to and node.kind != "boundaryEvent" for node in inside):
        zh, en = (
            f"自由子流程 {around.id} 中没有可办的活动",
            f"nothing can be begun in the ad hoc sub-process {around.id}",
        )
        yield fault("adhoc-empty", around.line, around.id, zh, en)
    if around.attributes.get("ordering", "Parallel") != "Parallel":
        zh = f"{around.id}：自由子流程不能逐个进行：请用普通子流程画出顺序"
        en = f"{around.id}: an ad hoc sub-process doesn't run one by one: draw the order in a sub-process"
        yield fault("adhoc-in-turn", around.line, around.id, zh, en)
    if around.attributes.get("cancelRemainingInstances", "true") != "true":
        zh = f"{around.id}：条件成立后其余活动即结束，不能等待（cancelRemainingInstances）"
        en = f"{around.id}: once its condition holds the rest ends; it can't be waited for (cancelRemainingInstances)"
        yield fault("adhoc-rest", around.line, around.id, zh, en)
    if around.script:
        yield from feel_faults(around.line, around.id, around.script)


def _link(model: Model, scope: Scope, node: Node) -> Iterator[Fault]:
    if not (node.events and node.events[0].kind == "link"):
        return
    ways = model.ways(scope)
    if node.kind == "intermediateThrowEvent":
        targets = [target for source, target in ways if source == node.id]
        paired = len(targets) == 1 and bool(
            model.nodes[targets[0]].links if targets[0] in model.nodes else ""
        )
    else:
        sources = [source for source, target in ways if target == node.id]
        paired = bool(sources) and all(
            source in model.nodes and model.nodes[source].links for source in sources
        )
    if not node.links or not paired:
        zh = f"链接 {node.id} 须与同一流程中同名的一个捕获链接成对"
        en = f"the link {node.id} needs its counterpart of the same name in this process, and one target only"
        yield fault("link-unpaired", node.line, node.id, zh, en)
