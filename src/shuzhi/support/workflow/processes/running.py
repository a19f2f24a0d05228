"""One case on the engine (运行): a step in, what it waits for out. No clock, no table, no network is reached from here."""

# mypy: disable-error-code="misc"
from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from shuzhi.support.workflow.errors import ExpressionFailed, ProcessRunsAway
from shuzhi.support.workflow.processes.events import Cancel, Error, Escalation, Message, Signal
from shuzhi.support.workflow.processes.feel import MOST_AT_ONCE
from shuzhi.support.workflow.processes.model import Many, Node
from shuzhi.support.workflow.processes.standing import Sent, Standing, where
from shuzhi.support.workflow.processes.throwing import climb
from shuzhi.support.workflow.processes.values import restored, stored, weigh

MOST_STEPS = 500  # without anybody being waited for; instances of a joint review beyond that count too
MOST_TASKS = 20_000


class Run(Standing):
    """A case in memory that takes a step."""

    # --- what may be done

    def start(self) -> None:
        """Begin, and go on until somebody is waited for."""
        self.workflow = BpmnWorkflow(self.built.spec, dict(self.built.inner), script_engine=self.engine)
        self.go()

    def complete(self, number: int, outputs: Mapping[str, Any]) -> None:
        """A person or a service is done; outputs are FEEL values.

        Raises:
            TaskNotOpen: the task is not waiting.
        """
        task = self.task(number)
        node: Node = task.task_spec.node
        if node.outputs:
            seen = {**self.engine.scope_of(task), **outputs}
            given = {name: self.value(text, seen, node.id) for name, text, _ in node.outputs}
        else:
            given = {node.own["result"]: dict(outputs)} if node.own.get("result") else dict(outputs)
        self.assign(task, given)
        task.run()
        self.go()

    def answer(self, number: int, value: Any) -> None:
        """A service has answered; its value goes where the task says."""
        node: Node = self.task(number).task_spec.node
        if node.outputs:
            self.complete(number, {"result": value})
        else:
            task = self.task(number)
            if node.own.get("result"):
                self.assign(task, {node.own["result"]: value})
            task.run()
            self.go()

    def fail(self, number: int, code: str, message: str) -> None:
        """A service refuses by a business error."""
        self.raise_error(self.task(number), code, message=message)
        self.go()

    def fire(self) -> None:
        """Everything that is due."""
        for _ in range(MOST_STEPS):
            self.go()
            if not any(due.at <= self.at for due in self.timers()):
                return
        raise ProcessRunsAway(most=MOST_STEPS)

    def receive(self, kind: str, name: str, payload: Mapping[str, Any], number: int | None = None) -> bool:
        """A message for one waiting place, or a signal for all of the case; whether anything waited."""
        definition = Message(name) if kind == "message" else Signal(name)
        caught = False
        for task in list(self.catching()):
            wanted = number is None or self.numbers.get(task.id) == number
            if wanted and task.task_spec.event_definition.catches(task, BpmnEvent(definition)):
                caught = True
                self.catch(task, definition, payload)
                if kind == "message":
                    break
        self.go()
        return caught

    def cancel(self) -> None:
        """End everything."""
        self.workflow.cancel()

    def go(self) -> None:
        """Whatever needs nobody.

        Raises:
            ProcessRunsAway: it never comes to rest.
        """
        while True:
            while self._once():
                pass
            if self.failed is not None and not self.workflow.completed:
                self.workflow.cancel()
            self.workflow.refresh_timers()
            if self.workflow.completed or not any(self._moving()):
                break
        self._number()

    # --- what the engine's specs ask

    def assign(self, task: Any, given: Mapping[str, Any]) -> None:
        """Set variables: the instance's own within a joint review, else the case's."""
        values = {name: restored(value) for name, value in given.items()}
        if "loopCounter" in task.data:
            task.data.update(values)
        else:
            self.variables.update(values)

    def compute(self, task: Any, node: Node) -> None:
        """Ask the rule, or compute the script."""
        seen = self.engine.scope_of(task)
        if node.kind == "scriptTask":
            value = self.value(node.script, seen, node.id)
        else:
            mapped = {name: self.value(text, seen, node.id) for name, text, _ in node.inputs}
            value = restored(
                stored(self.decide(node.own["rules"], node.own["decision"], mapped or seen, self.at))
            )
        if node.outputs:
            seen = {**seen, "result": value}
            self.assign(task, {name: self.value(text, seen, node.id) for name, text, _ in node.outputs})
        else:
            self.assign(task, {node.own["result"]: value})

    def items(self, task: Any, many: Many) -> list[Any]:
        """Whom or what a joint review is over.

        Raises:
            ExpressionFailed: neither a number nor a list, or too many.
        """
        text = many.collection or many.cardinality
        value = self.engine.value(task, text)
        if (
            not many.collection
            and isinstance(value, Decimal)
            and value == value.to_integral_value()
            and value >= 0
        ):
            value = [restored(number + 1) for number in range(min(int(value), MOST_AT_ONCE + 1))]
        if not isinstance(value, list) or len(value) > MOST_AT_ONCE:
            why = f"at most {MOST_AT_ONCE} items" if isinstance(value, list) else "no list and no number"
            raise ExpressionFailed(
                element=task.task_spec.name[2:],
                text=text[:80],
                why=why,
                why_zh=f"应为名单或人数，至多 {MOST_AT_ONCE}",
            )
        return value

    def enough(self, task: Any, child: Any, many: Many) -> bool:
        """Whether a joint review is decided."""
        kept = task.internal_data
        done = len(kept["merged"])
        numbers = {
            "numberOfInstances": kept["count"],
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": kept["count"] - done if many.kind == "parallel" else 0,
        }
        seen = {**self.engine.scope_of(child), **self.engine.scope_of(task)}
        value = self.value(
            many.condition, seen | {k: restored(v) for k, v in numbers.items()}, task.task_spec.name
        )
        if isinstance(value, bool):
            return value
        raise ExpressionFailed(
            element=task.task_spec.name[2:],
            text=many.condition[:80],
            why="neither true nor false",
            why_zh="结果不是真或假",
        )

    def send(self, kind: str, name: str, task: Any, key: str) -> None:
        """Something leaves the case; a signal reaches the case itself at once."""
        seen = self.engine.scope_of(task)
        weigh([seen, *(each.payload for each in self.sent)])
        payload = stored(seen)
        self.sent.append(Sent(kind, name, self.key(task, key) if kind == "message" else "", payload))
        if kind == "signal":
            for waiting in list(self.catching()):
                definition = Signal(name)
                if waiting.task_spec.event_definition.catches(waiting, BpmnEvent(definition)):
                    self.catch(waiting, definition, {})

    def raise_error(self, task: Any, code: str, *, message: str) -> None:
        """Give an error to its nearest catcher; without one the case fails."""
        thrown = Error("", code)
        if not climb(self, task, thrown, {"errorCode": code, "errorMessage": message}):
            self.failed = (code, message)

    def give_up(self, task: Any) -> None:
        """Leave a transaction by its cancel event."""
        climb(self, task, Cancel("", ""), {})

    def escalate(self, task: Any, code: str) -> None:
        """Give an escalation to its nearest catcher, if there is one."""
        if not climb(self, task, Escalation("", code), {"escalationCode": code}):
            self.sent.append(Sent("escalation", code, self.subject, {}))

    # --- within

    def _once(self) -> bool:
        """Run what is ready, the innermost first; whether anything was."""
        moving = sorted(self._moving(), key=lambda task: -task.workflow.depth)
        for task in moving:
            if task.state == TaskState.READY and task.id in task.workflow.tasks:
                self.steps += 1
                if self.steps > MOST_STEPS or len(self.workflow.tasks) > MOST_TASKS:
                    raise ProcessRunsAway(most=MOST_STEPS)
                _run_one(task)
        for inner in list(self.workflow.subprocesses.values()):
            around = self.workflow.get_task_from_id(inner.parent_task_id)
            if around is not None and around.state == TaskState.STARTED and inner.completed:
                around.task_spec._update(around)
        return bool(moving)

    def _moving(self) -> Iterator[Any]:
        return (each for each in self.tasks() if each.state == TaskState.READY and not each.task_spec.manual)

    def _number(self) -> None:
        for task in self.tasks():
            if task.id not in self.numbers:
                self.numbers[task.id] = self.next_number
                self.next_number += 1

    def catch(self, task: Any, definition: Any, payload: Mapping[str, Any]) -> None:
        """Let a waiting place have what it waits for."""
        task.task_spec.catch(task, BpmnEvent(definition, payload=dict(payload)))
        task.task_spec._update(task)


def _run_one(task: Any) -> None:
    try:
        task.run()
    except WorkflowException as error:
        raise ExpressionFailed(
            element=where(task).rpartition("/")[2],
            text="—",
            why=f"no way leads on from here ({error})",
            why_zh="没有一条路的条件成立，也没有默认流",
        ) from error
