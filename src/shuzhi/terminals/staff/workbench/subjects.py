"""What a dossier is about: the page of its subject (`dataset/x`, `interface/y`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.exchange.errors import NoSuchInterface
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.foundation.words import Words
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


def fields_said(subject: str, fields: Sequence[object]) -> Said:
    """The fields that an interface gives, by name; by id where its register is not known here."""
    kind, _, name = subject.partition("/")
    named: dict[str, Words] = {}
    if kind == "interface":
        try:
            declared = registers.declaration(exchange.interface(name).declaration.register_)
            named = {field.id: field.name for field in declared.fields}
        except (NoSuchInterface, NoSuchRegister):
            named = {}
    told = [name_of(named, str(field)) for field in fields]
    return Said("、".join(each.zh for each in told), ", ".join(each.en for each in told))
