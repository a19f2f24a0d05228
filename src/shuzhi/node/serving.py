"""The processes that serve (服务进程): the web under granian, the gateway by its own front, and the worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

from shuzhi.foundation.processes.launcher import die_with_parent
from shuzhi.foundation.settings import Settings, settings

SECONDS_FOR_A_HEAD = 10
GRACE_SECONDS = 5


def serve(name: Literal["web", "gateway"]) -> None:
    """Serve the web or the gateway until told to end."""
    from shuzhi.foundation.telemetry.logs import configure_logs

    configure_logs(settings())
    if name == "web":
        _serve_web(settings())
    else:
        from shuzhi.node.front.serving import serve_gateway

        serve_gateway(settings())


def _serve_web(chosen: Settings) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.server import Server

    from shuzhi.foundation import buckets
    from shuzhi.foundation.telemetry import metering
    from shuzhi.node.web import BUCKETS

    buckets.clear(chosen.home / BUCKETS)
    metering.clear(chosen.home / metering.WEB)
    server = Server(
        "shuzhi.node.web:make_front",
        address=chosen.web_host,
        port=chosen.web_port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=SECONDS_FOR_A_HEAD * 1000),
        websockets=False,
        workers=chosen.web_workers,
        workers_kill_timeout=GRACE_SECONDS,
        # The others answer meanwhile; one alone is the supervisor's to start again.
        respawn_failed_workers=chosen.web_workers > 1,
        log_dictconfig={"loggers": {"_granian": {"level": "INFO"}, "granian.access": {"level": "INFO"}}},
    )
    server.serve(target_loader=load)


def load(target: str) -> Callable[..., Any]:
    """Load an application inside granian's own child, which then can't outlive granian."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with_parent(parent.pid, signal.SIGKILL)
    module, _, attribute = target.partition(":")
    make: Callable[[], Callable[..., Any]] = getattr(import_module(module), attribute)
    return make()


def work() -> None:
    """Run background jobs until told to end."""
    from django.core.management import call_command

    from shuzhi.node.starting import start_django

    start_django()
    import_module("shuzhi.node.jobs")  # the node is no room: nobody else would find its jobs
    os.environ.setdefault("PROCRASTINATE_WORKER_NAME", settings().process)
    call_command("procrastinate", "worker", "--concurrency", "3", "--shutdown-graceful-timeout", "8")
