"""Every address of the web process: the terminals' pages, the rooms' API, health."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from shuzhi.foundation.telemetry import web
from shuzhi.node.api import api, no_such_operation
from shuzhi.pillars.security.guard import open_to_public

operators = open_to_public(
    "monitoring has no account; the answers hold counts and states, nothing about anybody"
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", operators(web.healthz), name="healthz"),
    path("readyz", operators(web.readyz), name="readyz"),
    path("metrics", operators(web.metrics_page), name="metrics"),
    re_path(r"^api/?$", no_such_operation),
    path("api/", api.urls),
    re_path(r"^api/", no_such_operation),
    path("govstack/consent/", include("shuzhi.business.market.govstack.urls")),
    path("ogc/", include("shuzhi.data.opendata.ogc.urls")),
    path("", include("shuzhi.support.credentials.urls")),
    path("", include("shuzhi.support.identity.urls")),
    path("govstack/registries/", include("shuzhi.data.ledgers.govstack.urls")),
    path("govstack/registration/", include("shuzhi.business.registration.govstack.urls")),
    path("govstack/workflow/", include("shuzhi.support.workflow.govstack.urls")),
    path("govstack/messaging/", include("shuzhi.support.messages.govstack.urls")),
    path("messages/receipts/", include("shuzhi.support.messages.urls")),
    path("payments/", include("shuzhi.support.payments.urls")),
    path("staff/", include("shuzhi.terminals.staff.urls")),
    path("", include("shuzhi.terminals.design.urls")),
    path("", include("shuzhi.terminals.public.urls")),
]

handler403 = "shuzhi.terminals.design.views.permission_denied"
handler404 = "shuzhi.terminals.design.views.page_not_found"
handler500 = "shuzhi.terminals.design.views.server_error"
