"""What a dossier is about: the page of its subject (`dataset/x`, `interface/y`)."""

from __future__ import annotations

from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.exchange.errors import NoSuchInterface
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.staff.shell import name_of, said

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


def subject_title(subject: str) -> Said:
    """What a subject is called; its id where it has no title."""
    kind, _, name = subject.partition("/")
    if kind == "dataset":
        return name_of(catalog.titles([name]), name)
    if kind == "interface":
        try:
            return said(exchange.interface(name).declaration.title)
        except NoSuchInterface:
            return Said(name, name)
    return Said(subject, subject)
