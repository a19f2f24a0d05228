"""How an interface is called (接口文档): one page a version, written from its declaration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from shuzhi.data.exchange import queries
from shuzhi.data.exchange.documenting.snippets import gateway_address
from shuzhi.data.exchange.openapi import interface_openapi
from shuzhi.data.exchange.types import InterfaceVersion
from shuzhi.data.registers import queries as registers
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Column, Fact, Link, Row, Said, Table
from shuzhi.terminals.staff import acts, titles
from shuzhi.terminals.staff.exchange.calls import sample_calls
from shuzhi.terminals.staff.shell import page, said

DIGITS = 6
NAMED = (Column("name", Said("名称", "Name"), "code"), Column("says", Said("含义", "Meaning")))
REFUSALS = (
    Column("status", Said("状态码", "Status"), "code"),
    Column("says", Said("何时", "When")),
    Column("rules", Said("规则", "Rules")),
)
RULES_OF = {
    "400": ("format", "parameters"),
    "401": ("key", "timestamp", "signature", "nonce"),
    "403": ("subscription", "period", "purpose"),
    "404": ("query",),
    "410": ("version",),
    "429": ("rate", "quota"),
    "503": ("service",),
}


@requires("exchange.read")
def show(request: HttpRequest, interface: str) -> HttpResponse:
    """What it is asked, what it answers, how it refuses, and examples that run."""
    found = queries.interface(interface)
    version = queries.version(found, _number(request))
    declared, operation = version.declaration, _operation(version)
    return page(
        request,
        "staff/exchange/documents.html",
        title=Said(f"怎么调用：{declared.title.zh}", f"How to call: {declared.title.en}"),
        lead=Said(f"第 {version.number} 版", f"Version {version.number}"),
        trail=(
            Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),
            Link(said(declared.title), reverse("staff:interface", args=[interface])),
        ),
        facts=_facts(version),
        parameters=_table(
            "parameters",
            Said("参数", "Parameters"),
            {one["name"]: one["description"] for one in operation.get("parameters", ())},
            empty=Said("没有参数。", "It takes none."),
        ),
        answers=_table("answers", Said("返回字段", "Fields of the answer"), _fields(version)),
        refusals=_refusals(operation),
        calls=sample_calls(declared),
        openapi=reverse("staff:interface_openapi", args=[interface]) + f"?version={version.number}",
    )


@requires("exchange.read")
def openapi(request: HttpRequest, interface: str) -> HttpResponse:
    """The same as an OpenAPI document."""
    version = queries.version(queries.interface(interface), _number(request))
    return JsonResponse(interface_openapi(version, gateway=gateway_address(settings())))


def _number(request: HttpRequest) -> int | None:
    asked = request.GET.get("version", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= DIGITS else None


def _operation(version: InterfaceVersion) -> dict[str, Any]:
    document = interface_openapi(version, gateway="")
    (place,) = document["paths"].values()
    (operation,) = place.values()
    return dict(operation)


def _facts(version: InterfaceVersion) -> list[Fact]:
    declared = version.declaration
    return [
        Fact(Said("地址", "Address"), f"{gateway_address(settings())}/v1/interfaces/{declared.interface}"),
        Fact(Said("给什么", "What it gives"), titles.INTERFACE_KINDS[declared.kind]),
        Fact(Said("签名", "Signature"), "HMAC-SM3 · HMAC-SHA256 · SM2"),
        Fact(
            Said("速率", "Rate"),
            Said(f"每秒 {declared.rate.per_second:g} 次", f"{declared.rate.per_second:g} calls a second"),
        ),
        Fact(Said("即将停用，自", "Going to end, since"), version.deprecated_at),
        Fact(Said("最后一天", "Last day"), version.sunset_on),
        Fact(
            Said("改用", "Use instead"),
            Said(f"第 {version.successor} 版", f"version {version.successor}") if version.successor else None,
        ),
    ]


def _fields(version: InterfaceVersion) -> dict[str, str]:
    """The register's fields that it answers, by their names there."""
    declared = version.declaration
    known = {field.id: field for field in registers.declaration(declared.register_).fields}
    named = [known[name] for name in (*declared.fields, *declared.group_by, *declared.sums) if name in known]
    return {field.id: f"{field.name.zh} {field.name.en}" for field in named}


def _table(name: str, caption: Said, rows: dict[str, str], *, empty: Said | None = None) -> Table:
    return Table(
        id=name,
        tall=False,
        caption=caption,
        columns=NAMED,
        rows=[Row({"name": Cell(key), "says": _both(text)}) for key, text in rows.items()],
        empty=empty or Said("没有字段。", "It answers no field."),
    )


def _refusals(operation: dict[str, Any]) -> Table:
    rows = [
        Row(
            {
                "status": Cell(status),
                "says": _both(told["description"]),
                "rules": Said(
                    "、".join(acts.RULES[rule].zh for rule in RULES_OF.get(status, ())),
                    ", ".join(acts.RULES[rule].en for rule in RULES_OF.get(status, ())),
                ),
            }
        )
        for status, told in sorted(operation["responses"].items())
        if status >= "400"
    ]
    return Table(id="refusals", tall=False, caption=Said("拒绝", "Refusals"), columns=REFUSALS, rows=rows)


def _both(text: str) -> Said:
    """A text of the document, whose Chinese stands before its English."""
    chinese, _, english = text.partition(" ")
    return Said(chinese, english or chinese)
