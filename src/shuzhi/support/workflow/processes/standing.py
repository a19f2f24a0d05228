"""Where a case stands (现状): its tree in memory, and what in it is waited for."""

# mypy: disable-error-code="misc"
from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from shuzhi.support.workflow.errors import ExpressionFailed, TaskNotOpen
from shuzhi.support.workflow.processes import specs
from shuzhi.support.workflow.processes.building import Built
from shuzhi.support.workflow.processes.events import At, Cycle, Message, Signal
from shuzhi.support.workflow.processes.feel import FeelOnly, value_of
from shuzhi.support.workflow.processes.model import Node

# The engine tells its logs what a task holds, which is nobody's business there, and works out all of it each time.
for _log in ("spiff", "spiff.data", "spiff.task", "spiff.workflow"):
    logging.getLogger(_log).setLevel(logging.WARNING)

Decide = Callable[[str, str, Mapping[str, Any], datetime], Any]


def no_rules(rules: str, decision: str, inputs: Mapping[str, Any], at: datetime) -> Any:
    """For runs that ask no rule."""
    del inputs, at
    raise ExpressionFailed(element=rules, text=decision, why="no rules here", why_zh="没有规则")


@dataclass(frozen=True)
class Open:
    """A task that waits for a person or for a service; `number` is its name within the case."""

    number: int
    node: Node
    instance: int | None  # of a joint review, from 0
    data: Mapping[str, Any]  # what the task sees beyond the case's variables


@dataclass(frozen=True)
class Catch:
    """A message or signal that the case waits for."""

    number: int
    kind: str
    name: str
    key: str


@dataclass(frozen=True)
class Due:
    """A timer."""

    number: int
    element: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """A message or signal that left the case in this step; the payload is stored JSON."""

    kind: str
    name: str
    key: str
    payload: Mapping[str, Any]


@dataclass
class Standing:
    """A case in memory, for the length of one step, as it can be read."""

    built: Built
    variables: dict[str, Any]
    at: datetime
    decide: Decide = no_rules
    subject: str = ""
    sent: list[Sent] = field(default_factory=list)
    failed: tuple[str, str] | None = None
    numbers: dict[Any, int] = field(default_factory=dict)
    next_number: int = 1

    def __post_init__(self) -> None:
        self.engine = FeelOnly(self.variables, self.at)
        self.engine.run = self
        self.steps = 0
        self.workflow: Any = None

    @property
    def ended(self) -> bool:
        """Whether the case is over."""
        return bool(self.workflow.completed)

    def open(self) -> list[Open]:
        """Tasks for people and services, in the order in which they came."""
        return [
            Open(
                self.numbers[task.id],
                task.task_spec.node,
                task.internal_data.get("key_or_index"),
                dict(task.data),
            )
            for task in self.tasks()
            if task.state == TaskState.READY and isinstance(task.task_spec, specs.Human)
        ]

    def timers(self) -> list[Due]:
        """Every timer that runs."""
        found = []
        for task in self.catching():
            for definition in _definitions(task):
                if isinstance(definition, (At, Cycle)):
                    due = task.internal_data.get("due", {}).get(definition.name)
                    if due:
                        number = self.numbers.get(task.id, 0)
                        found.append(Due(number, definition.name, datetime.fromisoformat(due)))
        return found

    def catches(self) -> list[Catch]:
        """Every message and signal that is waited for."""
        found = []
        for task in self.catching():
            for definition in _definitions(task):
                if isinstance(definition, (Message, Signal)):
                    kind = "message" if isinstance(definition, Message) else "signal"
                    key = self.key(task, definition.key) if isinstance(definition, Message) else ""
                    found.append(Catch(self.numbers[task.id], kind, definition.name, key))
        return found

    def standing(self) -> list[str]:
        """Where the case stands: `scope/element` of all that is open, each once."""
        live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        return sorted({where(task) for task in self.tasks() if task.has_state(live) and _drawn(task)})

    def passed(self) -> list[str]:
        """What the case has finished, each once."""
        return sorted(
            {where(task) for task in self.tasks() if task.state == TaskState.COMPLETED and _drawn(task)}
        )

    def inputs(self, task: Open) -> dict[str, Any]:
        """What a task is given: its mapping, or nothing but its own data."""
        seen = {**self.variables, **task.data}
        return {name: self.value(text, seen, task.node.id) for name, text, _ in task.node.inputs}

    def task(self, number: int) -> Any:
        """An open task by its number."""
        for task in self.tasks():
            if self.numbers.get(task.id) == number and task.state == TaskState.READY:
                if isinstance(task.task_spec, specs.Human):
                    return task
        raise TaskNotOpen(task=number)

    def key(self, task: Any, text: str) -> str:
        """What a message is told apart by."""
        if not text:
            return self.subject
        value = self.value(text, self.engine.scope_of(task), task.task_spec.name[2:])
        return str(value)[:300]

    def value(self, text: str, seen: Mapping[str, Any], element: str) -> Any:
        """The value of an expression of an element."""
        return value_of(text, seen, at=self.at, element=element)[0]

    def tasks(self) -> Iterator[Any]:
        """Every task of the case and of what is within it."""
        for flow in (self.workflow, *self.workflow.subprocesses.values()):
            yield from flow.tasks.values()

    def catching(self) -> Iterator[Any]:
        """Whatever waits for an event."""
        return (
            task
            for task in self.tasks()
            if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
        )


def _definitions(task: Any) -> list[Any]:
    definition = task.task_spec.event_definition
    return (
        list(definition.event_definitions)
        if isinstance(definition, MultipleEventDefinition)
        else [definition]
    )


def _drawn(task: Any) -> bool:
    return str(task.task_spec.name).startswith("n:")


def where(task: Any) -> str:
    """Its place on the drawing, `scope/element`."""
    name = str(task.task_spec.name).removeprefix("n:").removesuffix(".one")
    return f"{task.workflow.spec.name}/{name}"
