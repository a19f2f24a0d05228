"""Structured logs (日志) on standard error, as text for people or JSON for collectors."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from io import StringIO
from typing import Any

import structlog

from shuzhi.foundation.settings import Settings

# What ends a line, moves a terminal's cursor or turns the order of letters: whoever can put words into a log must
# not write lines of their own, nor hide others' (CWE-117).
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


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
                _as_plain_text,
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
            _as_plain_traceback,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=_plain),
        ]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_write_indented)]


def plain_text(text: str) -> str:
    """A text as it may stand in a line: characters that act instead of being seen are written as their codes."""
    return _ACTING.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def _plain(value: object) -> Any:
    """A value for a line; what is no simple value is shown as `repr` shows it."""
    if isinstance(value, str):
        return plain_text(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return plain_text(str(value))


def _as_plain_text(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> dict[str, Any]:
    """Nothing that input said acts in the line; errors are taken care of where they are written out."""
    return {name: value if name in _ERRORS else _plain(value) for name, value in entry.items()}


def _indented(text: str) -> str:
    """A traceback below its line: no line of it, whatever an error's message says, begins as an entry does."""
    return "\n".join(f"  | {plain_text(line)}" for line in _LINE_ENDS.split(text.strip("\n")))


def _as_plain_traceback(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    for name in ("exception", "stack"):
        if isinstance(entry.get(name), str):
            entry[name] = "\n".join(plain_text(line) for line in _LINE_ENDS.split(entry[name]))
    return entry


def _write_indented(out: Any, error: Any) -> None:
    # structlog's richer way to print errors shows every local variable: keys and people's data would stand there.
    written = StringIO()
    structlog.dev.plain_traceback(written, error)
    out.write("\n" + _indented(written.getvalue()))


_ERRORS = frozenset({"exc_info", "exception", "stack", "stack_info"})


def _process_name(name: str) -> Any:
    def add(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "process": name}

    return add
