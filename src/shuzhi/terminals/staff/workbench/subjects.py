"""What a dossier is about: the page of its subject (`dataset/x`, `interface/y`)."""

from __future__ import annotations

from django.urls import reverse

ROUTES = {
    "dataset": "staff:dataset",
    "source": "staff:source",
    "batch": "staff:batch",
    "register": "staff:register",
    "interface": "staff:interface",
    "dossier": "staff:dossier",
}


def subject_url(subject: str) -> str:
    """The page of a subject; empty where it has none."""
    kind, _, name = subject.partition("/")
    route = ROUTES.get(kind)
    if route is None or not name or (kind == "dossier" and not name.isdecimal()):
        return ""
    return reverse(route, args=[name])
