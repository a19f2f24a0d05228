"""The gallery of packs; asked to check, every pack of the node is read again and all findings are listed."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.parts import Finding
from shuzhi.foundation.settings import settings
from shuzhi.packs import queries, services
from shuzhi.packs.queries import Installed
from shuzhi.packs.scenarios.results import last_results
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Column, Demo, Row, Said, Table
from shuzhi.terminals.staff.packs.showing import GRADES, STATES, Result, verdict
from shuzhi.terminals.staff.shell import Titles, name_of, page, said

COLUMNS = (
    Column("pack", Said("应用包", "Pack")),
    Column("grade", Said("等级", "Grade"), "chips"),
    Column("scenarios", Said("验收场景", "Scenarios"), "chips"),
    Column("owner", Said("主管部门", "Owner")),
    Column("systems", Said("对应系统", "Systems"), "number"),
    Column("state", Said("状态", "State"), "chips"),
    Column("at", Said("安装", "Installed"), "date"),
)
FINDINGS = (
    Column("file", Said("文件", "File"), "code"),
    Column("line", Said("行", "Line"), "number"),
    Column("message", Said("问题与改法", "Finding and what to do")),
)


@requires("packs.read")
def listing(request: HttpRequest) -> HttpResponse:
    """All packs that were ever installed."""
    offices = organization.office_titles()
    results = last_results(settings().home)
    return page(
        request,
        "staff/packs/list.html",
        title=Said("应用包", "Packs"),
        lead=Said(
            "应用是数据，不是程序：每个应用包只有声明，引擎是公用的。",
            "Applications are data, not programs: a pack only declares, the engines are shared.",
        ),
        checked=_findings() if request.method == "POST" else None,
        table=Table(
            id="packs",
            caption=Said("应用包", "Packs"),
            columns=COLUMNS,
            rows=[_row(pack, offices, results.get(pack.id)) for pack in queries.installed_packs()],
            empty=Said("还没有安装应用包。", "No pack is installed."),
        ),
    )


def _row(pack: Installed, offices: Titles, result: Result | None) -> Row:
    manifest = pack.manifest
    named = f"{manifest.pack} {manifest.version}"
    field, _, name = manifest.pack.partition("/")
    return Row(
        {
            "pack": Cell(said(manifest.title), under=[named, Demo()] if manifest.synthetic else named),
            "grade": Chip(GRADES[manifest.grade]),
            "scenarios": verdict(pack, result),
            "owner": name_of(offices, manifest.owner.removeprefix("office/")),
            "systems": Cell(len(manifest.systems), under="、".join(manifest.systems)),
            "state": STATES[pack.status],
            "at": day_of(pack.installed_at),
        },
        url=reverse("staff:pack", args=[field, name]),
    )


def _findings() -> Table:
    _, findings = services.load_node_packs()
    return Table(
        id="findings",
        caption=Said("检查结果", "Findings"),
        columns=FINDINGS,
        rows=[_finding(each) for each in findings],
        empty=Said("每个应用包都通过检查。", "Every pack passes its checks."),
    )


def _finding(each: Finding) -> Row:
    # The folder above the packs is the machine's business.
    parts = Path(each.file).parts
    shown = "/".join(parts[parts.index("packs") :]) if "packs" in parts else Path(each.file).name
    advice = said(each.advice)
    return Row(
        {
            "file": Cell(shown, under=each.rule),
            "line": each.line,
            "message": Cell(said(each.message), under=Said(f"→ {advice.zh}", f"→ {advice.en}")),
        }
    )
