"""What every process of a node does first (启动): logs, traces, Django."""

from __future__ import annotations

import os

from shuzhi.foundation.settings import settings


def start_django() -> None:
    """Make this process ready to use the rooms; safe to call twice."""
    import django

    from shuzhi.foundation.telemetry.logs import configure_logs
    from shuzhi.foundation.telemetry.traces import configure_traces

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.node.django")
    configure_logs(settings())
    configure_traces(settings())
    django.setup()
