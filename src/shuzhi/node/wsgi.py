"""The web process's application (网页服务)."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from shuzhi.node.starting import start_django

start_django()
application = get_wsgi_application()
