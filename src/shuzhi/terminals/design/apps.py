"""The design system as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Static files, templates and template tags; no tables."""

    name = "shuzhi.terminals.design"
    label = "design"
    verbose_name = "设计体系"
