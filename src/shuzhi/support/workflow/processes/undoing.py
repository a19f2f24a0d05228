"""What undoes what (补偿): the handlers of a scope as a sub-process of their own, the latest activity first."""

# mypy: disable-error-code="misc"
from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from shuzhi.support.workflow.processes import specs
from shuzhi.support.workflow.processes.model import Model, Node, Scope


def within(model: Model, scope: str, outer: str) -> bool:
    """Whether a scope is another one, or inside it."""
    while scope != outer and model.scopes[scope].parent:
        scope = model.scopes[scope].parent
    return scope == outer


def pairs_of(model: Model, scope: str) -> list[tuple[str, Node]]:
    """The activities of a scope, and of what is within it, that can be undone, each with what undoes it."""
    return [
        (node.attributes["attachedToRef"], model.nodes[model.undoing[node.id]])
        for node in model.nodes.values()
        if node.undoes and within(model, node.scope, scope)
    ]


def latest_first(model: Model, pairs: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
    """What comes later in the flow is undone earlier."""
    return sorted(pairs, key=lambda pair: _distance(model, pair[0]), reverse=True)


def _distance(model: Model, node: str) -> tuple[int, ...]:
    """How far a node lies from the start of each scope it is in, the outermost first."""
    own, name = [], node
    while True:
        scope = model.scopes[model.nodes[name].scope]
        own.append(_steps(model, scope).get(name, 0))
        if not scope.parent:
            return tuple(reversed(own))
        name = scope.id


def _steps(model: Model, scope: Scope) -> dict[str, int]:
    far = {name: 0 for name in scope.nodes if model.nodes[name].kind == "startEvent"}
    edges = model.ways(scope)
    edges += [
        (node.attributes["attachedToRef"], node.id)
        for node in model.inside(scope.id)
        if node.kind == "boundaryEvent"
    ]
    for _ in scope.nodes:  # the longest way; circles end after as many rounds as there are nodes
        changed = False
        for source, target in edges:
            if source in far and far.get(target, -1) < far[source] + 1 <= len(scope.nodes):
                far[target], changed = far[source] + 1, True
        if not changed:
            break
    return far


def undoing_spec(key: str, pairs: list[tuple[str, Node]], building: Any) -> Any:
    """A process that undoes, of these activities, those that were completed; `building` makes the handlers."""
    spec = specs.Process(key)
    one = building.one(pairs[0][1].scope, spec) if pairs else None
    start = defaults.StartEvent(spec, "n:start", NoneEventDefinition())
    spec.start.connect(start)
    end = defaults.EndEvent(spec, "n:end", NoneEventDefinition())
    end.connect(spec.end)
    gates = [defaults.ExclusiveGateway(spec, f"q:{index}") for index, _ in enumerate(pairs)]
    start.connect(gates[0] if gates else end)
    for index, (activity, node) in enumerate(pairs):
        assert one is not None
        one.make(node)
        following = gates[index + 1] if index + 1 < len(gates) else end
        gates[index].connect_if(specs.IsDone(f"n:{activity}", f"n:{node.id}"), one.first[node.id])
        gates[index].connect(following)
        one.last[node.id].connect(following)
    return spec
