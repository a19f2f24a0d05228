"""From the model to the engine's specs (建模): only what the checker has passed, and by our own hand.

A node's spec is named `n:<id>`. Where the file leaves something unsaid (several flows out of a task, no end event)
the meaning that BPMN gives it is put in: `s:<id>` splits, `e:<id>` ends, `c:<id>` undoes.
"""

# mypy: disable-error-code="misc"
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition

from shuzhi.support.workflow.processes import specs
from shuzhi.support.workflow.processes.events import At, Cycle, Error, Escalation, Message, Signal
from shuzhi.support.workflow.processes.model import Event, Flow, Model, Node, Scope


@dataclass(frozen=True)
class Built:
    """A process ready to run: its spec, those of its sub-processes, and how it begins."""

    spec: Any
    inner: Mapping[str, Any]
    begins_by: tuple[str, str] | None  # ("message", name), ("form", form), or None: somebody starts it


def build(model: Model, process: str, others: Mapping[str, Model]) -> Built:
    """A process of the file; those that it calls are looked for in the file, then among the others by process id."""
    inner: dict[str, Any] = {}
    spec = _Building(model, others, inner).scope(process)
    start = next(node for node in model.inside(process) if node.kind == "startEvent")
    begins_by = ("form", start.own["form"]) if start.own.get("form") else None
    if start.events:
        event = start.events[0]
        begins_by = (event.kind, _named(model, event.ref)["name"])
    return Built(spec, inner, begins_by)


def _named(model: Model, ref: str) -> dict[str, str]:
    return model.named.get(ref) or model.named.get(ref.rpartition(":")[2], {})


@dataclass
class _Building:
    model: Model
    others: Mapping[str, Model]
    inner: dict[str, Any]

    def scope(self, name: str) -> Any:
        """The spec of a process or sub-process."""
        scope = self.model.scopes[name]
        spec = specs.Process(name)
        one = _One(self, scope, spec)
        for node in self.model.inside(name):
            if not node.compensates and not _undoes_boundary(node):
                one.make(node)
        one.join()
        return spec

    def called(self, process: str) -> None:
        """The spec of a called process, once."""
        if process in self.inner:
            return
        model = self.model if process in self.model.scopes else self.others[process]
        self.inner[process] = None  # a process may call itself
        self.inner[process] = _Building(model, self.others, self.inner).scope(process)


def _undoes_boundary(node: Node) -> bool:
    return node.kind == "boundaryEvent" and node.events[0].kind == "compensate"


@dataclass
class _One:
    building: _Building
    scope: Scope
    spec: Any

    def __post_init__(self) -> None:
        self.first: dict[str, Any] = {}  # what flows into a node lead to
        self.last: dict[str, Any] = {}  # what flows out of a node start from

    def make(self, node: Node) -> None:
        """A node's spec, with what its markers put around it."""
        made = self._bare(node)
        made.bpmn_name = node.name
        if node.many is not None:
            made = self._marked(node, made)
        self.first[node.id] = self.last[node.id] = made

    def join(self) -> None:
        """Boundaries, flows, starts and ends."""
        model = self.building.model
        nodes = [node for node in model.inside(self.scope.id) if node.id in self.first]
        for node in nodes:
            attached = [
                e for e in nodes if e.kind == "boundaryEvent" and e.attributes["attachedToRef"] == node.id
            ]
            if attached:
                self._bounded(node, attached)
        for node in nodes:
            self._flows(node, [flow for flow in self.scope.flows if flow.source == node.id])
        for node in nodes:
            if node.kind == "startEvent":
                self.spec.start.connect(self.first[node.id])
        for node in nodes:
            if node.is_event_subprocess:
                self.spec.start.connect(self.first[node.id])
                self.last[node.id].connect(self.spec.end)

    # --- single nodes

    def _bare(self, node: Node) -> Any:
        name, kind, spec = f"n:{node.id}", node.kind, self.spec
        if kind in ("userTask", "manualTask"):
            return specs.Human(spec, name, node)
        if kind == "serviceTask":
            return specs.Service(spec, name, node)
        if kind in ("businessRuleTask", "scriptTask"):
            return specs.Computed(spec, name, node)
        if kind in ("exclusiveGateway", "inclusiveGateway", "parallelGateway"):
            return {
                "exclusiveGateway": defaults.ExclusiveGateway,
                "inclusiveGateway": defaults.InclusiveGateway,
                "parallelGateway": defaults.ParallelGateway,
            }[kind](spec, name)
        if kind == "eventBasedGateway":
            return defaults.EventBasedGateway(spec, name, event_definition=MultipleEventDefinition())
        if kind in ("subProcess", "callActivity"):
            return self._inner(node, name)
        return self._event(node, name)

    def _inner(self, node: Node, name: str) -> Any:
        if node.kind == "callActivity":
            called = node.attributes["calledElement"].rpartition(":")[2]
            self.building.called(called)
            return defaults.CallActivity(self.spec, name, called)
        key = f"{self.building.model.process_of(self.scope.id)}/{node.id}"
        self.building.inner[key] = self.building.scope(node.id)
        make = specs.Aside if node.is_event_subprocess else defaults.SubWorkflowTask
        return make(self.spec, name, subworkflow_spec=key)

    def _event(self, node: Node, name: str) -> Any:
        if node.events and node.events[0].kind == "compensate":
            return self._undoing(node, name)
        definition = self._definition(node)
        kind = node.kind
        if kind == "startEvent":
            if self.scope.kind == "process":  # who starts the case has seen to the event
                return defaults.StartEvent(self.spec, name, NoneEventDefinition())
            made = specs.AsideStart if node.events else defaults.StartEvent
            start = made(self.spec, name, definition)
            if node.events:
                start.interrupting = node.attributes.get("isInterrupting", "true") != "false"
            return start
        if kind == "boundaryEvent":
            stops = node.attributes.get("cancelActivity", "true") != "false"
            return defaults.BoundaryEvent(self.spec, name, definition, stops)
        return {
            "endEvent": defaults.EndEvent,
            "intermediateCatchEvent": defaults.IntermediateCatchEvent,
            "intermediateThrowEvent": defaults.IntermediateThrowEvent,
            "sendTask": defaults.SendTask,
            "receiveTask": defaults.ReceiveTask,
        }[kind](self.spec, name, definition)

    def _definition(self, node: Node) -> Any:
        if node.kind in ("sendTask", "receiveTask"):
            message = _named(self.building.model, node.attributes["messageRef"])
            return Message(message["name"], node.own.get("key", ""))
        if not node.events:
            return NoneEventDefinition()
        event = node.events[0]
        if event.kind == "terminate":
            return TerminateEventDefinition()
        if event.kind == "timer":
            return _timer(node, event)
        found = _named(self.building.model, event.ref)
        if event.kind == "message":
            return Message(found["name"], event.own.get("key", node.own.get("key", "")))
        if event.kind == "signal":
            return Signal(found["name"])
        code = found.get("errorCode") or found.get("escalationCode") or found.get("name") or None
        return {"error": Error, "escalation": Escalation}[event.kind](found.get("name", ""), code)

    def _undoing(self, node: Node, name: str) -> Any:
        """A throwing compensation: a sub-process that undoes what was done, the last first."""
        model, event = self.building.model, node.events[0]
        scope = self.scope
        while scope.kind != "process" and model.nodes[scope.id].is_event_subprocess:
            scope = model.scopes[scope.parent]
        pairs = [
            (boundary.attributes["attachedToRef"], model.nodes[model.undoing[boundary.id]])
            for boundary in model.nodes.values()
            if _undoes_boundary(boundary) and _within(model, boundary.scope, scope.id)
        ]
        if event.ref:
            pairs = [each for each in pairs if event.ref in (each[0], model.nodes[each[0]].scope)]
        key = f"c:{self.scope.id}/{node.id}"
        self.building.inner[key] = _undoing_spec(key, _latest_first(model, pairs), self.building)
        return defaults.SubWorkflowTask(self.spec, name, subworkflow_spec=key)

    # --- what surrounds a node

    def _marked(self, node: Node, child: Any) -> Any:
        many = node.many
        assert many is not None
        child.name = f"{child.name}.one"
        self.spec.task_specs[child.name] = self.spec.task_specs.pop(f"n:{node.id}")
        if many.kind == "loop":
            made = specs.Again(
                self.spec,
                f"n:{node.id}",
                child.name,
                int(many.maximum) if many.maximum else 1000,
                many.condition or None,
                many.test_before,
            )
        else:
            kind = specs.InTurn if many.kind == "sequential" else specs.Jointly
            made = kind(self.spec, f"n:{node.id}", child.name)
            made.many = many
        made.node = node
        made.bpmn_name = node.name
        child._connect_notify(made)
        child.completed_event.connect(made.merge_child)
        return made

    def _bounded(self, node: Node, attached: list[Node]) -> None:
        main = self.first[node.id]
        split = BoundaryEventSplit(self.spec, f"b:{node.id}")
        after = specs.AfterBoundary(self.spec, f"a:{node.id}", split_task=split.name, cancel=True)
        split.connect(main)
        main.connect(after)
        for event in attached:
            split.connect(self.first[event.id])
            self.first[event.id].connect(after)
        self.first[node.id] = split

    def _flows(self, node: Node, out: list[Flow]) -> None:
        if node.is_event_subprocess:
            return
        source, default = self.last[node.id], node.attributes.get("default", "")
        if node.kind == "endEvent":
            source.connect(self.spec.end)
        elif not out:
            end = defaults.EndEvent(self.spec, f"e:{node.id}", NoneEventDefinition())
            source.connect(end)
            end.connect(self.spec.end)
        elif node.kind in ("exclusiveGateway", "inclusiveGateway"):
            self._choose(source, out, default)
        elif len(out) == 1 or node.kind in ("parallelGateway", "eventBasedGateway"):
            for flow in out:
                source.connect(self.first[flow.target])
        else:
            self._split(node, source, out, default)

    def _split(self, node: Node, source: Any, out: list[Flow], default: str) -> None:
        choosing = any(flow.condition is not None for flow in out)
        kind = defaults.InclusiveGateway if choosing else defaults.ParallelGateway
        gate = kind(self.spec, f"s:{node.id}")
        source.connect(gate)
        if choosing:
            self._choose(gate, out, default)
        else:
            for flow in out:
                gate.connect(self.first[flow.target])

    def _choose(self, gate: Any, out: list[Flow], default: str) -> None:
        for flow in out:
            target = self.first[flow.target]
            if flow.id == default or (len(out) == 1 and flow.condition is None):
                gate.connect(target)
            else:
                gate.connect_outgoing_if(flow.condition if flow.condition is not None else "true", target)


def _timer(node: Node, event: Event) -> Any:
    if "workingDays" in event.own:
        return At(node.id, "workingDays", event.own["workingDays"])
    if event.texts.get("timeCycle"):
        return Cycle(node.id, event.texts["timeCycle"])
    kind = "timeDate" if event.texts.get("timeDate") else "timeDuration"
    return At(node.id, kind, event.texts[kind])


def _within(model: Model, scope: str, outer: str) -> bool:
    while scope != outer and model.scopes[scope].parent:
        scope = model.scopes[scope].parent
    return scope == outer


def _latest_first(model: Model, pairs: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
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
    edges = [(flow.source, flow.target) for flow in scope.flows]
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


def _undoing_spec(key: str, pairs: list[tuple[str, Node]], building: _Building) -> Any:
    spec = specs.Process(key)
    one = _One(building, building.model.scopes[pairs[0][1].scope], spec) if pairs else None
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
