"""What a verb does that asks the node's own rooms: have the database, make Django ready."""

from __future__ import annotations

import os

from shuzhi.foundation import database


def open_rooms() -> None:
    """Make the rooms usable in this process; safe to call twice."""
    import django
    from django.apps import apps

    database.ensure_database()
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.node.django")
        django.setup()
