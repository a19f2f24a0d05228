"""Workflow: processes and their instances. Three of the suite's negative scenarios ask what its positive ones ask, and want 400."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.suites.govstack.asking import Scenario, Service, holds

DEFINITION = {"name", "type", "version", "isExecutable", "isClosed", "description", "processBody"}
INSTANCE = {"id", "processRef", "initTime", "state", "lastChangeTime"}
STARTED = {"id", "processRef", "suspended", "ended", "state"}


def scenarios() -> Iterator[Scenario]:
    """The suite's scenarios that can be passed."""

    def first(ask: Service) -> str:
        return str(ask("GET", "/processes", 200, headers=None)[0]["id"])

    def begin(ask: Service, body: Any = None) -> Any:
        return ask("POST", f"/processes/{first(ask)}/start", 201, body or {"name": "Test"}, headers=None)

    def processes(ask: Service) -> None:
        told = ask("GET", "/processes", 200, headers=None)
        holds(set(next(each for each in told if each["id"])) >= DEFINITION)

    def process(ask: Service) -> None:
        holds(set(ask("GET", f"/processes/{first(ask)}", 200, headers=None)) >= DEFINITION)

    def started(ask: Service) -> None:
        told = begin(ask, {"processStartedBy": "ann", "InstanceValues": [{"code": "amount", "value": "100"}, {"creditor": "Niall"}]})  # fmt: skip
        holds(set(told) == STARTED)
        holds(told["state"] == "running")
        holds(not told["ended"])

    def instances(path: str) -> Any:
        def steps(ask: Service) -> None:
            begin(ask)
            holds(set(ask("GET", path, 200, headers=None)[0]) == INSTANCE)

        return steps

    def instance(ask: Service) -> None:
        begin(ask)
        number = ask("GET", "/instances", 200, headers=None)[0]["id"]
        holds(isinstance(number, int))
        holds(set(ask("GET", f"/instances/{number}", 200, headers=None)) == INSTANCE)

    def stopped(ask: Service) -> None:
        number = begin(ask)["id"]
        told = ask("POST", f"/instances/{number}/stop", 201, headers=None)
        holds(set(told) == STARTED)
        holds(told["ended"])
        holds(told["state"] == "stopped")

    yield "processes: smoke", processes
    yield "processes", processes
    yield "process: smoke", process
    yield "process", process
    yield "start: smoke", lambda ask: holds(set(begin(ask)) == STARTED)
    yield "start", started
    yield "instances: smoke", instances("/instances")
    yield "instances", instances("/instances/")
    yield "instance: smoke", instance
    yield "instance", instance
    yield "stop: smoke", stopped
    yield "stop", stopped
    yield "process: none", lambda ask: ask("GET", "/processes/none", 404, headers=None)
    yield "start: none", lambda ask: ask("POST", "/processes/none/start", 404, {}, headers=None)
    yield "instance: none", lambda ask: ask("GET", "/instances/999999", 404, headers=None)
    yield "stop: none", lambda ask: ask("POST", "/instances/999999/stop", 404, headers=None)
