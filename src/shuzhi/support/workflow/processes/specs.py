"""The engine's task specs as the room needs them (引擎部件): built by `building`, never parsed from a file."""

# mypy: disable-error-code="misc"
from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BpmnStartTask, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EventSubprocess,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskIterator, TaskState

from shuzhi.support.workflow.processes.model import Many, Node
from shuzhi.support.workflow.processes.values import restored, stored


class Process(BpmnProcessSpec):
    """A process or sub-process that ends although its event sub-processes still wait."""

    def __init__(self, name: str) -> None:
        """Make the parts that every process has."""
        WorkflowSpec.__init__(self, name=name)
        self.start = BpmnStartTask(self, "Start")
        self.end = End(self, f"{name}.EndJoin")
        self.end.connect(SimpleBpmnTask(self, "End"))
        self.svg = self.io_specification = None
        self.description = name
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []


class End(_EndJoin):
    """The end of a process: reached when nobody is waited for but idle event sub-processes."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        tree = my_task.workflow.task_tree
        for task in TaskIterator(tree, state=TaskState.NOT_FINISHED_MASK, end_at_spec=self.name):
            if task is my_task or _is_idle(task) or (task.task_spec is self and _is_idle(task.parent)):
                continue
            return False
        return True

    def _run_hook(self, my_task: Any) -> Any:
        for task in list(my_task.workflow.tasks.values()):
            if _is_idle(task) and not my_task.is_descendant_of(task):
                task.cancel()
        return super()._run_hook(my_task)


def _is_idle(task: Any) -> bool:
    """Whether this is an event sub-process whose event has not come."""
    if not isinstance(task.task_spec, Aside) or task.has_state(TaskState.FINISHED_MASK):
        return False
    inner = task.workflow.top_workflow.subprocesses.get(task.id)
    return inner is None or any(
        isinstance(each.task_spec, AsideStart) and each.state == TaskState.WAITING
        for each in inner.tasks.values()
    )


class Aside(EventSubprocess):
    """An event sub-process (事件子流程), which waits from the beginning of its scope."""


class AsideStart(StartEvent):
    """The event by which an event sub-process begins; an interrupting one ends what else goes on in the scope."""

    interrupting = True

    def _run_hook(self, my_task: Any) -> Any:
        if self.interrupting:
            mine = my_task.workflow.top_workflow.get_task_from_id(my_task.workflow.parent_task_id)
            for child in list(mine.workflow.task_tree.children):
                if child is not mine:
                    child.cancel()
        return super()._run_hook(my_task)


class Alone(SimpleBpmnTask):
    """Before a transaction is undone: whatever else goes on in it ends."""

    def _run_hook(self, my_task: Any) -> Any:
        live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        for task in list(my_task.workflow.tasks.values()):
            if task is not my_task and task.has_state(live) and not my_task.is_descendant_of(task):
                task.cancel()
        return super()._run_hook(my_task)


class AfterBoundary(BoundaryEventJoin):
    """Where an activity and its boundary events meet: what a repeated timer has begun goes on after the activity."""

    def _check_threshold_structured(self, my_task: Any) -> tuple[bool, list[Any]]:
        finished, cancelled = super()._check_threshold_structured(my_task)
        kept = [task for task in cancelled if _has_begun_something(task)] if finished else []
        for task in kept:
            task.internal_data["due"] = {}
            task._set_state(TaskState.COMPLETED)
            task.workflow.top_workflow.event_manager.remove_task(task)
        return finished, [task for task in cancelled if task not in kept]


def _has_begun_something(task: Any) -> bool:
    return isinstance(task.task_spec, BoundaryEvent) and any(
        child.has_state(TaskState.DEFINITE_MASK | TaskState.FINISHED_MASK)
        and not isinstance(child.task_spec, BoundaryEventJoin)
        and child.state != TaskState.FUTURE
        for child in task.children
    )


class Human(BpmnSpecMixin):
    """A task for a person (人工任务)."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        """It stays until somebody completes it."""
        super().__init__(wf_spec, name, manual=True)
        self.node = node


class Service(Human):
    """A task for a service of a room (服务任务), called by the worker in a step of its own."""


class Computed(BpmnSpecMixin):
    """A rule asked or an expression computed, at once (规则任务、脚本任务)."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        """It runs as soon as it is reached."""
        super().__init__(wf_spec, name)
        self.node = node

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.run.compute(my_task, self.node)
        return True


class Gone(BpmnTaskSpec):
    """Stands for a finished element that a new definition no longer has."""

    def test(self) -> None:
        """Nothing leads here any more, which is right."""


class IsDone(Operator):
    """Whether an activity was completed and has not been undone: what a compensation asks."""

    def __init__(self, activity: str, handler: str) -> None:
        """By the names of their specs."""
        super().__init__(activity, handler)
        self.activity, self.handler = activity, handler

    def _matches(self, task: Any) -> bool:
        top = task.workflow.top_workflow
        tasks = [each for flow in (top, *top.subprocesses.values()) for each in flow.tasks.values()]
        finished = {each.task_spec.name for each in tasks if each.state == TaskState.COMPLETED}
        return self.activity in finished and self.handler not in finished


class _Several:
    """What both kinds of joint review share: items once asked for, results gathered by place."""

    many: Many
    node: Node

    def _items(self, my_task: Any) -> list[Any]:
        return my_task.workflow.script_engine.run.items(my_task, self.many)  # type: ignore[no-any-return]

    def begin(self, my_task: Any, index: int, item: Any) -> None:
        """One more instance, with its item and place as variables of its own."""
        spec = my_task.workflow.spec.task_specs[self.task_spec]  # type: ignore[attr-defined]
        child = my_task._add_child(spec, TaskState.WAITING)
        child.triggered = True
        child.internal_data["key_or_index"] = index
        own = {"loopCounter": restored(index + 1)}
        child.data = {**my_task.data, **own, **({self.many.element: item} if self.many.element else {})}
        child.task_spec._update(child)

    def gather(self, my_task: Any, child: Any) -> bool:
        """Keep one instance's result; whether no further are needed."""
        kept = my_task.internal_data
        kept["merged"].append(str(child.id))
        engine = my_task.workflow.script_engine
        if self.many.result:
            value = engine.value(child, self.many.result)
            kept.setdefault("results", {})[str(child.internal_data["key_or_index"])] = stored(value)
        if self.many.output:
            results = [restored(kept["results"][key]) for key in sorted(kept["results"], key=int)]
            engine.run.assign(my_task, {self.many.output: results})
        return bool(self.many.condition) and engine.run.enough(my_task, child, self.many)


class Jointly(_Several, ParallelMultiInstanceTask):
    """Several at once (并行会签)."""

    def create_children(self, my_task: Any) -> None:
        """All instances."""
        items = self._items(my_task)
        my_task.internal_data["count"] = len(items)
        for index, item in enumerate(items):
            self.begin(my_task, index, item)

    def merge_child(self, workflow: Any, child: Any) -> None:
        """One is done."""
        del workflow
        my_task = child.parent
        if self.gather(my_task, child):
            for each in list(self._instances(my_task)):
                each.cancel()
            my_task._set_state(TaskState.READY)
        elif self.children_complete(my_task):
            my_task._set_state(TaskState.READY)


class InTurn(_Several, SequentialMultiInstanceTask):
    """One after the other (顺序会签)."""

    def _update_hook(self, my_task: Any) -> bool | None:
        BpmnTaskSpec._update_hook(self, my_task)
        items = self._items(my_task)
        my_task.internal_data |= {"merged": [], "count": len(items), "items": stored(items)}
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        self.begin(my_task, 0, items[0])
        return None

    def merge_child(self, workflow: Any, child: Any) -> None:
        """One is done: the next, or the end."""
        del workflow
        my_task = child.parent
        enough = self.gather(my_task, child)
        following = len(my_task.internal_data["merged"])
        if enough or following >= my_task.internal_data["count"]:
            my_task._set_state(TaskState.READY)
        else:
            self.begin(my_task, following, restored(my_task.internal_data["items"][following]))


class Again(StandardLoopTask):
    """One activity as long as its condition holds (循环)."""

    node: Node
