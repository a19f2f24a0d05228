"""A scenario is a name and a function; a suite is run over real HTTP and says which of its scenarios pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from jsonschema import Draft7Validator

MEMBER = {"Information-Mediator-Client": "eGovStack/GOV/90000009/digitalregistries"}
SECONDS = 15.0


class Unmet(AssertionError):
    """What a scenario expects and did not get."""


@dataclass
class Service:
    """A building block at its address."""

    url: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=SECONDS))

    def __call__(
        self, method: str, path: str, status: int, body: Any = None, headers: Any = MEMBER, **more: Any
    ) -> Any:
        """Ask, and hold the answer to its status and to being JSON; returns what it tells."""
        sent = {"json": body} if body is not None else {}
        answer = self.client.request(method, self.url + path, headers=headers or {}, **sent, **more)
        if answer.status_code != status:
            raise Unmet(f"{method} {path}: {answer.status_code}, not {status}: {answer.text[:300]}")
        if status == 204:
            return None
        kind = answer.headers.get("content-type", "")
        if not kind.startswith("application/json"):
            raise Unmet(f"{method} {path}: {kind}")
        self.last = answer
        return answer.json()


def fits(told: Any, schema: dict[str, Any]) -> None:
    """Hold an answer to a schema."""
    Draft7Validator(schema).validate(told)


def holds(condition: object, what: str = "") -> None:
    """Hold a scenario to something that it says."""
    if not condition:
        raise Unmet(what)


Scenario = tuple[str, Callable[[Service], None]]


def run(service: Service, scenarios: Iterator[Scenario]) -> tuple[list[str], dict[str, str]]:
    """Every scenario, each by itself: the names of those that pass, and why the others did not."""
    passed, failed = [], {}
    for name, steps in scenarios:
        try:
            steps(service)
        except Exception as error:  # noqa: BLE001 - a suite goes on after a failure, as theirs do
            failed[name] = f"{type(error).__name__}: {error}"[:400]
        else:
            passed.append(name)
    return passed, failed


def obj(*required: str, closed: bool = False, **properties: Any) -> dict[str, Any]:
    """A schema of an object."""
    told: dict[str, Any] = {"type": "object", "properties": properties, "required": list(required)}
    return told | ({"additionalProperties": False} if closed else {})


TEXT, NUMBER, TRUTH = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}


def listof(items: Any) -> dict[str, Any]:
    """A schema of a list."""
    return {"type": "array", "items": items}
