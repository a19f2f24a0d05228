"""Every address of the web process: the terminals' pages, the rooms' API, health."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from shuzhi.foundation.telemetry import web
from shuzhi.node.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", web.healthz, name="healthz"),
    path("readyz", web.readyz, name="readyz"),
    path("metrics", web.metrics_page, name="metrics"),
    path("api/", api.urls),
    path("staff/", include("shuzhi.terminals.staff.urls")),
    path("", include("shuzhi.terminals.design.urls")),
    path("", include("shuzhi.terminals.public.urls")),
]

handler403 = "shuzhi.terminals.design.views.permission_denied"
handler404 = "shuzhi.terminals.design.views.page_not_found"
handler500 = "shuzhi.terminals.design.views.server_error"
