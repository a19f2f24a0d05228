"""Errors and escalations on their way up (抛出): each goes to its nearest catcher."""

# mypy: disable-error-code="misc"
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from shuzhi.support.workflow.processes import specs

if TYPE_CHECKING:
    from shuzhi.support.workflow.processes.running import Run


def climb(run: Run, task: Any, thrown: Any, payload: Mapping[str, Any]) -> bool:
    """Give it to the nearest catcher around a task; whether there was one."""
    top = run.workflow
    while task is not None:
        around = task.parent
        if around is not None and isinstance(around.task_spec, BoundaryEventSplit):
            if _give(
                run,
                [each for each in around.children if isinstance(each.task_spec, BoundaryEvent)],
                thrown,
                payload,
            ):
                return True
        if around is not None and not {"key_or_index", "iteration"}.isdisjoint(task.internal_data):
            task = around  # an instance of a joint review: the review's own boundary
            continue
        if _give(run, _beside(task), thrown, payload):
            return True
        inner = task.workflow.parent_task_id
        task = top.get_task_from_id(inner) if inner is not None else None
    return False


def _give(run: Run, places: list[Any], thrown: Any, payload: Mapping[str, Any]) -> bool:
    waiting = [
        each
        for each in places
        if each.state == TaskState.WAITING
        and each.task_spec.event_definition.__class__ is thrown.__class__
        and each.task_spec.event_definition.code in (None, "", thrown.code)
    ]
    if not waiting:
        return False
    exact = [each for each in waiting if each.task_spec.event_definition.code == thrown.code]
    chosen = (exact or waiting)[0]
    run.catch(chosen, chosen.task_spec.event_definition, payload)
    return True


def _beside(task: Any) -> list[Any]:
    """The starts of the event sub-processes of a task's scope."""
    found = []
    for each in task.workflow.task_tree.children:
        if isinstance(each.task_spec, specs.Aside):
            inner = task.workflow.top_workflow.subprocesses.get(each.id)
            if inner is not None:
                found += [one for one in inner.tasks.values() if isinstance(one.task_spec, specs.AsideStart)]
    return found
