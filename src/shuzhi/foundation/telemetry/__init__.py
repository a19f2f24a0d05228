"""Telemetry (可观测性): structured logs, request ids, health, metrics, and traces where a collector is set."""
