"""Services that a process may call (服务): rooms above name theirs here when their app is ready; nothing else is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor


@dataclass(frozen=True)
class ServiceCall:
    """What a service is told: plain values by name, whose case it is, and when."""

    inputs: Mapping[str, Any]
    case: int
    subject: str
    office: str
    by: Actor
    at: datetime
    requester: str | None = None


class ServiceRefused(Exception):
    """A service says no by a business error, which the process may catch by its code."""

    def __init__(self, code: str, message: str = "") -> None:
        """Keep the code."""
        super().__init__(message or code)
        self.code, self.message = code, message


class ServiceUnavailable(PlatformError):
    """The service {service} can't be reached now: {why}."""

    code = "workflow.service_unavailable"
    http_status = 503
    zh = "服务 {service} 暂不可用：{why}。"


ServiceFunction = Callable[[ServiceCall], Any]
_services: dict[str, ServiceFunction] = {}


def offer(name: str, service: ServiceFunction) -> None:
    """Let processes call a service by name. It runs in the step's transaction: what it writes is written once."""
    _services[name] = service


def withdraw(name: str) -> None:
    """Take a service back."""
    _services.pop(name, None)


def offered() -> frozenset[str]:
    """The names of all services."""
    return frozenset(_services)


def call(name: str, told: ServiceCall) -> Any:
    """Call a service.

    Raises:
        ServiceUnavailable: no room offers it now.
        ServiceRefused: it says no.
    """
    service = _services.get(name)
    if service is None:
        raise ServiceUnavailable(service=name, why="no room offers it / 没有部件提供该服务")
    return service(told)
