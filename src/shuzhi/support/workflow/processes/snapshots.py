"""A case between two steps (快照): the engine's tree as rows of JSON, without the definition and without the variables."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from shuzhi.support.workflow.processes import specs
from shuzhi.support.workflow.processes.running import Run
from shuzhi.support.workflow.processes.values import restored, stored

_KEEP_NOT = ("seen_events",)  # an event-based gateway moves on in the step in which it sees an event


def taken(run: Run) -> dict[str, Any]:
    """The snapshot: for each flow its tasks as `[number, parent, spec, state, triggered, internal, data]`."""
    flows = [_flow(run, run.workflow, None)]
    flows += [_flow(run, flow, run.numbers[key]) for key, flow in run.workflow.subprocesses.items()]
    return {"next": run.next_number, "flows": flows}


def _flow(run: Run, flow: Any, parent: int | None) -> dict[str, Any]:
    last = flow.last_task
    return {
        "of": parent,
        "done": flow.completed,
        "last": run.numbers.get(last.id) if last is not None else None,
        "tasks": [_row(run, task) for task in flow.tasks.values()],
    }


def _row(run: Run, task: Any) -> list[Any]:
    kept = {key: value for key, value in task.internal_data.items() if key not in _KEEP_NOT}
    if "merged" in kept:
        kept["merged"] = [run.numbers.get(UUID(each), 0) for each in kept["merged"]]
    return [
        run.numbers[task.id],
        run.numbers.get(task._parent, 0),
        task.task_spec.name,
        task.state,
        int(task.triggered),
        kept,
        stored(task.data) if task.data else {},
    ]


def put_back(run: Run, snapshot: dict[str, Any]) -> None:
    """Make a run go on from a snapshot."""
    run.next_number = snapshot["next"]
    top = BpmnWorkflow(run.built.spec, dict(run.built.inner), script_engine=run.engine, deserializing=True)
    run.workflow = top
    for flow in snapshot["flows"]:
        into = top if flow["of"] is None else _inner(top, flow["of"])
        _fill(run, into, flow)


def _inner(top: Any, parent: int) -> Any:
    task = top.get_task_from_id(UUID(int=parent))
    inner = BpmnSubWorkflow(top.subprocess_specs[task.task_spec.spec], task.id, top, deserializing=True)
    top.subprocesses[task.id] = inner
    inner.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
    return inner


def _fill(run: Run, into: Any, flow: dict[str, Any]) -> None:
    for number, parent, name, state, triggered, kept, data in flow["tasks"]:
        task = Task(into, _spec(into, name), state=state, id=UUID(int=number))
        task._parent = UUID(int=parent) if parent else None
        if parent:
            into.tasks[task._parent]._children.append(task.id)
        else:
            into.task_tree = task
        task.triggered = bool(triggered)
        task.internal_data = kept
        if "merged" in kept:
            kept["merged"] = [str(UUID(int=each)) for each in kept["merged"]]
        task.data = restored(data) if data else {}
        run.numbers[task.id] = number
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            into.top_workflow.event_manager.add_task(task)
    into.completed = flow["done"]
    into.last_task = into.tasks.get(UUID(int=flow["last"])) if flow["last"] else None


def _spec(into: Any, name: str) -> Any:
    found = into.spec.task_specs.get(name)
    return found if found is not None else specs.Gone(into.spec, name)


def realign(run: Run) -> None:
    """After a change of definition: what comes next is foreseen anew, what is open stays as it is."""
    from SpiffWorkflow.util.task import TaskState as State

    live = State.READY | State.WAITING | State.STARTED
    for flow in (run.workflow, *run.workflow.subprocesses.values()):
        for task in [each for each in flow.tasks.values() if each.has_state(live)]:
            foreseen = [each for each in task.children if each.has_state(State.PREDICTED_MASK | State.FUTURE)]
            for child in foreseen:
                if not child.triggered and child.id in flow.tasks:
                    flow._remove_task(child.id)
            task._sync_children(task.task_spec.outputs, State.FUTURE)
            for child in task.children:
                if child.state == State.FUTURE and not child.triggered:
                    child.task_spec._predict(child, mask=State.PREDICTED_MASK | State.FUTURE)
    run.go()
