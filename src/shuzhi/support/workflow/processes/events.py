"""Events as the engine sees them (事件): time is passed in, what leaves a case is handed to the room.

`task.workflow.script_engine.run` is the run that a task belongs to.
"""

# mypy: disable-error-code="misc"
from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition

from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.workflow.errors import ExpressionFailed
from shuzhi.support.workflow.processes import moments


class _Named:
    name: str

    def __eq__(self, other: object) -> bool:
        return self.__class__ is other.__class__ and self.name == getattr(other, "name", None)

    def __hash__(self) -> int:
        return hash((self.__class__.__name__, self.name))

    def update_task_data(self, my_task: Any) -> None:
        """What came with the event becomes the case's variables."""
        payload = my_task.internal_data.get(self.name)
        if payload:
            my_task.workflow.script_engine.run.assign(my_task, payload)


class Message(_Named, MessageEventDefinition):
    """A message from or to another case; which case is said by `key`."""

    def __init__(self, name: str, key: str = "") -> None:
        """`key` is an expression; without one the case's subject is the key."""
        super().__init__(name)
        self.key = key

    def catches(self, my_task: Any, event: Any) -> bool:
        """By name; the key was compared by whoever brought it."""
        del my_task
        return bool(self == event.event_definition)

    def catch(self, my_task: Any, event: Any = None) -> None:
        """Keep what came with it."""
        my_task.internal_data[self.name] = event.payload
        my_task.internal_data["event_fired"] = True

    def throw(self, my_task: Any) -> None:
        """Hand it to the room, which delivers it in a transaction of its own."""
        my_task.workflow.script_engine.run.send("message", self.name, my_task, self.key)


class Signal(_Named, SignalEventDefinition):
    """A signal to every case that waits for it."""

    def catch(self, my_task: Any, event: Any = None) -> None:
        """Keep what came with it."""
        my_task.internal_data[self.name] = event.payload
        my_task.internal_data["event_fired"] = True

    def throw(self, my_task: Any) -> None:
        """Hand it to the room."""
        my_task.workflow.script_engine.run.send("signal", self.name, my_task, "")


class Error(_Named, ErrorEventDefinition):
    """An error by its code: the nearest place that catches it gets it, else the case ends as failed."""

    def throw(self, my_task: Any) -> None:
        """Look for a catcher, outwards."""
        my_task.workflow.script_engine.run.raise_error(my_task, self.code or "", message="")


class Cancel(Error):
    """A transaction is given up: what was done in it has been undone, its boundary event goes on."""

    def throw(self, my_task: Any) -> None:
        """To the boundary of the transaction."""
        my_task.workflow.script_engine.run.give_up(my_task)


class Escalation(_Named, EscalationEventDefinition):
    """An escalation by its code: the nearest catcher gets it; nobody need catch it."""

    def throw(self, my_task: Any) -> None:
        """Look for a catcher, outwards."""
        my_task.workflow.script_engine.run.escalate(my_task, self.code or "")


class At(_Named, TimerEventDefinition):
    """A day, a span or a number of working days, counted from when the waiting began."""

    def __init__(self, name: str, kind: str, text: str) -> None:
        """`kind` is timeDate, timeDuration or workingDays."""
        super().__init__(name, text)
        self.kind = kind

    def has_fired(self, my_task: Any) -> bool:
        """Whether the passed moment has reached the due one."""
        if my_task.internal_data.get("event_fired"):
            return True
        if my_task.workflow.script_engine.at >= self.due(my_task):
            my_task.internal_data["event_fired"] = True
            return True
        return False

    def due(self, my_task: Any) -> datetime:
        """When; computed once, when the waiting begins."""
        kept = my_task.internal_data.setdefault("due", {})
        if self.name not in kept:
            kept[self.name] = self._computed(my_task).isoformat()
        return datetime.fromisoformat(kept[self.name])

    def reset(self, my_task: Any) -> None:
        """Begin anew the next time."""
        my_task.internal_data.pop("due", None)
        my_task.internal_data["event_fired"] = False

    def update_task_data(self, my_task: Any) -> None:
        """A timer brings nothing."""

    def _computed(self, my_task: Any) -> datetime:
        engine, text = my_task.workflow.script_engine, self.expression
        if self.kind == "workingDays":
            return moments.in_working_days(engine.at, int(text))
        value = engine.value(my_task, text) if text.startswith("=") else text
        try:
            if self.kind == "timeDate":
                return moments.moment(value)
            return moments.after(engine.at, value if isinstance(value, str) else str(feel.text_of(value)))
        except (ValueError, TypeError, OverflowError) as error:
            raise ExpressionFailed(
                element=self.name, text=text[:80], why=f"no time: {value!r}"[:200], why_zh="不是时间"
            ) from error


class Cycle(_Named, CycleTimerEventDefinition):
    """So often, at such intervals, beside an activity that goes on."""

    def cycle_complete(self, my_task: Any) -> bool:
        """Whether a turn has come; counts it."""
        at, kept = my_task.workflow.script_engine.at, my_task.internal_data
        times, span = moments.cycle(self.expression)
        if "turns" not in kept:
            kept["turns"], kept["due"] = times, {self.name: moments.after(at, span).isoformat()}
        due = datetime.fromisoformat(kept["due"][self.name]) if kept["due"] else None
        if due is None or at < due:
            return False
        kept["turns"] -= 1
        kept["due"] = {self.name: moments.after(due, span).isoformat()} if kept["turns"] > 0 else {}
        return True

    def has_fired(self, my_task: Any) -> bool:
        """Never by itself: each turn makes a branch, and the activity's end takes the timer away."""
        del my_task
        return False

    def update_task_data(self, my_task: Any) -> None:
        """A timer brings nothing."""
