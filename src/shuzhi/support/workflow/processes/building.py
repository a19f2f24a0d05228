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
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition

from shuzhi.support.workflow.processes import specs
from shuzhi.support.workflow.processes.events import At, Cancel, Cycle, Error, Escalation, Message, Signal
from shuzhi.support.workflow.processes.model import Event, Flow, Model, Node, Scope
from shuzhi.support.workflow.processes.undoing import latest_first, pairs_of, undoing_spec


@dataclass(frozen=True)
class Built:
    """A process ready to run: its spec, those of its sub-processes, and how it begins."""

    spec: Any
    inner: Mapping[str, Any]
    begins_by: (
        tuple[str, str] | None
    )  # ("message", name), ("signal", name), ("timer", start), ("form", form); None: somebody starts it


def build(model: Model, process: str, others: Mapping[str, Model]) -> Built:
    """A process of the file; those that it calls are looked for in the file, then among the others by process id."""
    inner: dict[str, Any] = {}
    spec = _Building(model, others, inner).scope(process)
    start = next(node for node in model.inside(process) if node.kind == "startEvent")
    begins_by = ("form", start.own["form"]) if start.own.get("form") else None
    if start.events:
        event = start.events[0]
        name = start.id if event.kind == "timer" else _named(model, event.ref)["name"]
        begins_by = (event.kind, name)
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
            if not node.compensates and not node.undoes:
                one.make(node)
        one.join()
        return spec

    def one(self, scope: str, spec: Any) -> _One:
        """What makes the nodes of a scope, into this spec."""
        return _One(self, self.model.scopes[scope], spec)

    def called(self, process: str) -> None:
        """The spec of a called process, once."""
        if process in self.inner:
            return
        model = self.model if process in self.model.scopes else self.others[process]
        self.inner[process] = None  # a process may call itself
        self.inner[process] = _Building(model, self.others, self.inner).scope(process)


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
        if node.events and node.events[0].kind == "cancel" and node.kind == "endEvent":
            self.first[node.id], self.last[node.id] = self._before_giving_up(node, made), made
            return
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
        if self.scope.kind == "adHocSubProcess":
            self._in_any_order(nodes)
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
        if kind in ("subProcess", "transaction", "adHocSubProcess", "callActivity"):
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
        if node.links:
            return SimpleBpmnTask(self.spec, name)
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
        if event.kind == "cancel":
            return Cancel("", None)
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
        pairs = pairs_of(model, scope.id)
        if event.ref:
            pairs = [each for each in pairs if event.ref in (each[0], model.nodes[each[0]].scope)]
        return self._undo(node, name, pairs)

    def _undo(self, node: Node, name: str, pairs: list[tuple[str, Node]]) -> Any:
        key = f"c:{self.scope.id}/{node.id}"
        self.building.inner[key] = undoing_spec(key, latest_first(self.building.model, pairs), self.building)
        return defaults.SubWorkflowTask(self.spec, name, subworkflow_spec=key)

    def _before_giving_up(self, node: Node, end: Any) -> Any:
        """A transaction that is given up: the rest of it ends, what was done is undone, then it is left."""
        alone = specs.Alone(self.spec, f"o:{node.id}")
        undo = self._undo(node, f"u:{node.id}", pairs_of(self.building.model, self.scope.id))
        alone.connect(undo)
        undo.connect(end)
        return alone

    def _in_any_order(self, nodes: list[Node]) -> None:
        """An ad hoc sub-process: all that nothing leads to may be done at once."""
        led_to = {flow.target for flow in self.scope.flows}
        start = defaults.StartEvent(self.spec, "s:any", NoneEventDefinition())
        gate = defaults.ParallelGateway(self.spec, "s:order")
        self.spec.start.connect(start)
        start.connect(gate)
        for node in nodes:
            if node.id not in led_to and node.kind != "boundaryEvent":
                gate.connect(self.first[node.id])

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
        elif node.links and node.kind == "intermediateThrowEvent":
            pairs = self.building.model.ways(self.scope)
            source.connect(self.first[next(target for origin, target in pairs if origin == node.id)])
        elif not out:
            self._ends(node, source)
        elif node.kind in ("exclusiveGateway", "inclusiveGateway"):
            self._choose(source, out, default)
        elif len(out) == 1 or node.kind in ("parallelGateway", "eventBasedGateway"):
            for flow in out:
                source.connect(self.first[flow.target])
        else:
            self._split(node, source, out, default)

    def _ends(self, node: Node, source: Any) -> None:
        """Nothing follows: an end, in an ad hoc sub-process of all of it once its condition holds."""
        end = defaults.EndEvent(self.spec, f"e:{node.id}", NoneEventDefinition())
        end.connect(self.spec.end)
        around = self.building.model.nodes.get(self.scope.id)
        if around is None or around.kind != "adHocSubProcess" or not around.script:
            source.connect(end)
            return
        enough = defaults.ExclusiveGateway(self.spec, f"q:{node.id}")
        over = defaults.EndEvent(self.spec, f"t:{node.id}", TerminateEventDefinition())
        over.connect(self.spec.end)
        source.connect(enough)
        enough.connect_outgoing_if(around.script, over)
        enough.connect(end)

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
