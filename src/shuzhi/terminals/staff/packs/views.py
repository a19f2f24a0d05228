"""The installed packs; asked to check, every pack of the node is read again and all findings are listed."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse

from shuzhi.foundation.parts import Finding
from shuzhi.packs import queries, services
from shuzhi.packs.queries import Installed
from shuzhi.packs.types import PackGrade
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Column, Demo, Row, Said, Table
from shuzhi.terminals.staff.shell import Titles, name_of, page, said

COLUMNS = (
    Column("pack", Said("应用包", "Pack")),
    Column("grade", Said("等级", "Grade"), "chips"),
    Column("owner", Said("主管部门", "Owner")),
    Column("systems", Said("对应系统", "Systems"), "number"),
    Column("version", Said("版本", "Version"), "code"),
    Column("at", Said("安装时间", "Installed"), "date"),
)
FINDINGS = (
    Column("file", Said("文件", "File"), "code"),
    Column("line", Said("行", "Line"), "number"),
    Column("message", Said("问题", "Finding")),
)
GRADES = {
    PackGrade.DRAFT: Said("草稿：未作承诺", "Draft: claims nothing"),
    PackGrade.BRONZE: Said("铜：能装，场景通过", "Bronze: installs, scenarios pass"),
    PackGrade.SILVER: Said("银：拒绝、期限、双语", "Silver: refusals, deadlines, both languages"),
    PackGrade.GOLD: Said("金：无障碍、负荷、驾驶舱", "Gold: access, load, cockpit"),
}


@requires("packs.read")
def listing(request: HttpRequest) -> HttpResponse:
    """All installed packs."""
    offices = organization.office_titles()
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
            caption=Said("已安装", "Installed"),
            columns=COLUMNS,
            rows=[_row(pack, offices) for pack in queries.installed_packs()],
            empty=Said("还没有安装应用包。", "No pack is installed."),
        ),
    )


def _row(pack: Installed, offices: Titles) -> Row:
    manifest = pack.manifest
    return Row(
        {
            "pack": Cell(
                said(manifest.title), under=[manifest.pack, Demo()] if manifest.synthetic else manifest.pack
            ),
            "grade": Chip(GRADES[manifest.grade]),
            "owner": name_of(offices, manifest.owner.removeprefix("office/")),
            "systems": Cell(len(manifest.systems), under="、".join(manifest.systems)),
            "version": manifest.version,
            "at": pack.installed_at,
        }
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
    return Row({"file": Cell(shown, under=each.rule), "line": each.line, "message": said(each.message)})
