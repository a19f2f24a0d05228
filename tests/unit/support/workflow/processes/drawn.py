"""Processes for tests, written short: `drawn(body, top=…)` is a whole BPMN file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from shuzhi.support.workflow.processes import snapshots
from shuzhi.support.workflow.processes.building import build
from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.running import Run
from shuzhi.support.workflow.processes.standing import no_rules
from shuzhi.support.workflow.processes.values import restored, stored

AT = datetime(2026, 9, 18, 2, tzinfo=UTC)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:shuzhi="urn:shuzhi:bpmn:1" '
    'targetNamespace="urn:test">'
)


def drawn(body: str, *, top: str = "", name: str = "p", more: str = "") -> bytes:
    return f'{HEAD}{top}<process id="{name}" name="测试" isExecutable="true">{body}</process>{more}</definitions>'.encode()


def flows(*pairs: str) -> str:
    """`a>b` or `a>b?condition`."""
    made = []
    for index, pair in enumerate(pairs):
        way, _, condition = pair.partition("?")
        source, target = way.split(">")
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        made.append(
            f'<sequenceFlow id="f_{source}_{target}_{index}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
    return "".join(made)


def users(*names: str) -> str:
    return "".join(f'<userTask id="{name}" name="{name}"/>' for name in names)


SE = '<startEvent id="start"/><endEvent id="end"/>'


def built(content: bytes, process: str = "p", others: dict[str, bytes] | None = None):
    model, faults = check_file(content)
    assert not faults, [(f.rule, f.message.en) for f in faults]
    more = {}
    for other in (others or {}).values():
        found, wrong = check_file(other)
        assert not wrong, wrong
        more |= {scope.id: found for scope in found.processes}
    return build(model, process, more)


class Case:
    """A run that is put away as JSON and taken out again between any two steps."""

    def __init__(self, content: bytes, variables=None, *, at=AT, decide=no_rules, others=None):
        self.built, self.at, self.decide = built(content, others=others), at, decide
        self.variables = stored(variables or {})
        self.snapshot, self.failed, self.sent = None, None, []
        run = self.run()
        run.start()
        self.keep(run)

    def run(self) -> Run:
        run = Run(
            self.built,
            restored(json.loads(json.dumps(self.variables))),
            self.at,
            self.decide,
            subject="subject/1",
        )
        if self.snapshot is not None:
            snapshots.put_back(run, json.loads(self.snapshot))
        return run

    def keep(self, run: Run) -> None:
        self.snapshot = json.dumps(snapshots.taken(run))
        self.variables, self.ended, self.failed = stored(run.variables), run.ended, run.failed or self.failed
        self.sent += run.sent
        self.standing, self.passed = run.standing(), run.passed()

    def do(self, element: str, instance=None, **outputs) -> Case:
        run = self.run()
        task = next(
            t for t in run.open() if t.node.id == element and (instance is None or t.instance == instance)
        )
        run.complete(task.number, restored(stored(outputs)))
        self.keep(run)
        return self

    def at_(self, at) -> Case:
        self.at = at
        run = self.run()
        run.fire()
        self.keep(run)
        return self

    def get(self, kind: str, name: str, payload=None) -> bool:
        run = self.run()
        caught = run.receive(kind, name, stored(payload or {}))
        self.keep(run)
        return caught

    def refuse(self, element: str, code: str) -> Case:
        run = self.run()
        run.fail(next(t for t in run.open() if t.node.id == element).number, code, "no")
        self.keep(run)
        return self

    @property
    def open(self) -> list[str]:
        return sorted(task.node.id for task in self.run().open())
