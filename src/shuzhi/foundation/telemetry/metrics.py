"""Metrics (指标计量) in Prometheus' format: what each process counted since it started."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter(
    "shuzhi_http_requests_total",
    "Requests answered, by route name and status; never by path, which could hold a person's number.",
    ["process", "method", "route", "status"],
)
latency = Histogram(
    "shuzhi_http_request_seconds",
    "Time from the request's arrival to its answer.",
    ["process", "method", "route"],
    buckets=BUCKETS,
)
in_flight = Gauge("shuzhi_http_requests_in_flight", "Requests being answered now.", ["process"])
jobs = Gauge("shuzhi_jobs", "Jobs by status, from the job table at the time of the scrape.", ["status"])
messages = Gauge("shuzhi_outbox_messages", "Undelivered events: waiting, or dead letters.", ["status"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(*, process: str, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    # An invented method must not make a new time series.
    method = method if method in METHODS else "OTHER"
    requests.labels(process, method, route, str(status)).inc()
    latency.labels(process, method, route).observe(seconds)


def exposition() -> bytes:
    """All metrics of this process as text."""
    return generate_latest()
