"""All addresses of a node (地址)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from shuzhi.foundation.telemetry import web

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", web.healthz, name="healthz"),
    path("readyz", web.readyz, name="readyz"),
    path("metrics", web.metrics_page, name="metrics"),
]
