"""Interfaces whose owners let everybody read how they are called (接口文档); calling them still needs an approval."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.data.exchange import queries
from shuzhi.data.exchange.documenting.snippets import gateway_address, snippets
from shuzhi.data.exchange.errors import NoSuchInterface
from shuzhi.data.exchange.openapi import interface_openapi
from shuzhi.data.exchange.types import InterfaceStatus, InterfaceVersion
from shuzhi.data.registers import queries as registers
from shuzhi.foundation.settings import settings
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs, Link, Said

HOME = Link(Said("首页", "Home"), "/")
WHY = "how a documented interface is called is for everyone to know; what it answers is not"


def documented() -> list[InterfaceVersion]:
    """The newest version of each interface that may be read about."""
    published = queries.interfaces(status=InterfaceStatus.PUBLISHED)
    newest = [each.versions[0] for each in published if each.versions]
    return [version for version in newest if version.declaration.documented == "public"]


@open_to_public(WHY)
def interface(request: HttpRequest, name: str) -> HttpResponse:
    """How one interface is called; values are of its sandbox."""
    version = _public(name)
    declared = version.declaration
    known = {field.id: field for field in registers.declaration(declared.register_).fields}
    context = {
        "place_now": "developers",
        "crumbs": Crumbs((HOME, Link(Said("开发者", "Developers"), reverse("public:developers")))),
        "title": Said(declared.title.zh, declared.title.en),
        "summary": Said(declared.summary.zh, declared.summary.en) if declared.summary else "",
        "version": version,
        "office": _office(declared.owner),
        "asked": [known[each] for each in declared.by if each in known],
        "answered": [known[each] for each in declared.fields if each in known],
        "calls": snippets(declared, gateway=gateway_address(settings())),
        "openapi": reverse("public:interface-openapi", args=[name]),
    }
    return render(request, "public/interface.html", context)


@open_to_public(WHY)
def openapi(request: HttpRequest, name: str) -> HttpResponse:
    """The same as an OpenAPI document."""
    del request
    return JsonResponse(interface_openapi(_public(name), gateway=gateway_address(settings())))


def _public(name: str) -> InterfaceVersion:
    """One that may be read about; of any other it is not even told that it exists."""
    try:
        found = queries.interface(name)
    except NoSuchInterface:
        raise Http404 from None
    if found.status is not InterfaceStatus.PUBLISHED or not found.versions:
        raise Http404
    if found.versions[0].declaration.documented != "public":
        raise Http404
    return found.versions[0]


def _office(owner: str) -> Said:
    title = organization.office_titles().get(owner)
    return Said(title.zh, title.en) if title else Said(owner, owner)
