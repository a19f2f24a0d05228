"""Every address of the web process: the terminals' pages, the rooms' API, health."""

from __future__ import annotations

from django.urls import include, path

from shuzhi.node.api import api

urlpatterns = [
    path("api/", api.urls),
    path("staff/", include("shuzhi.terminals.staff.urls")),
    path("", include("shuzhi.terminals.public.urls")),
]
