"""Traces (链路追踪) to an OpenTelemetry collector, when `otlp_endpoint` is set; otherwise they cost nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Protocol

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import Settings


class TracingNotInstalled(PlatformError):
    """Setting otlp_endpoint is set, but OpenTelemetry is not installed; run `pip install 'shuzhi[otel]'`."""

    code = "telemetry.not_installed"
    http_status = 500
    zh = "已设置 otlp_endpoint，但未安装 OpenTelemetry：请运行 pip install 'shuzhi[otel]'。"


class Span(Protocol):
    """One piece of work in a trace."""

    def note(self, name: str, value: str | float) -> None:
        """Keep a fact about this piece of work."""


class _NoSpan:
    def note(self, name: str, value: str | float) -> None:
        """Nobody listens."""


class _RealSpan:
    def __init__(self, span: Any) -> None:
        self._span = span

    def note(self, name: str, value: str | float) -> None:
        self._span.set_attribute(name, value)


_NOTHING = _NoSpan()
_tracer: list[Any] = []


def configure_traces(settings: Settings) -> None:
    """Send spans to the collector at `otlp_endpoint` (OTLP over HTTP); does nothing when none is set.

    Raises:
        TracingNotInstalled: the optional packages are missing.
    """
    if settings.otlp_endpoint is None or _tracer:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingNotInstalled from error
    resource = Resource.create({"service.name": f"shuzhi-{settings.process}"})
    provider = TracerProvider(resource=resource)
    endpoint = settings.otlp_endpoint.rstrip("/") + "/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _tracer.append(provider.get_tracer("shuzhi"))


@contextlib.contextmanager
def span(name: str, **facts: str | float) -> Iterator[Span]:
    """A piece of work in the current trace."""
    if not _tracer:
        yield _NOTHING
        return
    with _tracer[0].start_as_current_span(name, attributes=facts) as current:
        yield _RealSpan(current)
