"""Structured logs (日志) on standard error, as text for people or JSON for collectors."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from shuzhi.foundation.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Send everything that anybody logs through one renderer, with the request's id bound."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                _process_name(settings.process),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(settings.log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Job polling and access lines of servers would drown everything else.
    for noisy in ("procrastinate", "asyncio", "httpx", "httpcore", "pyiceberg"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    # Django would name the path of every page that isn't there; our own line names the route.
    logging.getLogger("django.request").setLevel(logging.ERROR)


def _renderers(log_format: str) -> list[Any]:
    if log_format == "json":
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    # Its own way to print errors shows every local variable: keys and people's data would stand in the log.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _process_name(name: str) -> Any:
    def add(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "process": name}

    return add
