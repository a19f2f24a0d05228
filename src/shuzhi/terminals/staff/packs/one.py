"""One pack: what it rests on and needs, the systems it makes work, its scenarios' last result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation.settings import settings
from shuzhi.packs import queries
from shuzhi.packs.errors import PackNotInstalled
from shuzhi.packs.queries import Installed
from shuzhi.packs.scenarios.results import last_results
from shuzhi.packs.systems import systems
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Column, Demo, Fact, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff.packs.showing import GRADES, STATES, verdict
from shuzhi.terminals.staff.shell import name_of, page, said

SCENARIOS = (
    Column("title", Said("场景", "Scenario")),
    Column("result", Said("结果", "Result"), "chips"),
    Column("steps", Said("步骤", "Steps"), "number"),
    Column("seconds", Said("用时（秒）", "Seconds"), "number"),
)
SYSTEMS = (Column("id", Said("编号", "Id"), "code"), Column("title", Said("系统", "System")))
PARTS = (
    Column("part", Said("部件", "Part"), "code"),
    Column("count", Said("项数", "Items"), "number"),
    Column("ids", Said("编号", "Ids")),
)
MOST_NAMED = 12


@requires("packs.read")
def show(request: HttpRequest, field: str, pack: str) -> HttpResponse:
    """A pack as it stands on this node."""
    try:
        found = queries.installed_pack(f"{field}/{pack}")
    except PackNotInstalled as error:
        raise Http404(str(error)) from None
    result = last_results(settings().home).get(found.id, {})
    manifest = found.manifest
    return page(
        request,
        "staff/packs/one.html",
        title=said(manifest.title),
        lead=said(manifest.summary),
        trail=[Link(Said("应用包", "Packs"), reverse("staff:packs"))],
        chips=[Chip(GRADES[manifest.grade]), STATES[found.status], *([Demo()] if manifest.synthetic else [])],
        facts=_facts(found, result),
        scenarios=_scenarios(result.get("results", ())),
        systems=_systems(manifest.systems),
        parts=_parts(found.declared or {}),
    )


def _facts(pack: Installed, result: Mapping[str, Any]) -> list[Fact]:
    manifest = pack.manifest
    owner = name_of(organization.office_titles(), manifest.owner.removeprefix("office/"))
    facts = [
        Fact(Said("编号与版本", "Id and version"), f"{manifest.pack} {manifest.version}"),
        Fact(Said("主管部门", "Owner"), owner),
        Fact(Said("法律依据", "Legal basis"), "；".join(each.title for each in manifest.basis)),
        Fact(Said("需要", "Needs"), "、".join(manifest.needs)),
        Fact(Said("安装", "Installed"), pack.installed_at),
        Fact(Said("最近一次验收", "Last verification"), verdict(pack, result).value),
    ]
    if pack.reason:
        facts.append(Fact(Said("停用理由", "Why it is out of use"), pack.reason))
    return facts


def _scenarios(results: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        id="scenarios",
        caption=Said("验收场景的最近结果", "The scenarios' last result"),
        columns=SCENARIOS,
        rows=[_scenario(each) for each in results],
        empty=Said(
            "还没有验收。请运行 shuzhi packs verify。", "Not verified yet: run `shuzhi packs verify`."
        ),
    )


def _scenario(each: Mapping[str, Any]) -> Row:
    title, failure = each["title"], each.get("failure")
    passed = bool(each["passed"])
    why = Said(failure["zh"], failure["en"]) if failure else None
    return Row(
        {
            "title": Cell(Said(title["zh"], title["en"]), under=why or each["scenario"]),
            "result": Chip(
                Said("通过", "Passed") if passed else Said("未通过", "Failed"),
                Tone.SUCCESS if passed else Tone.DANGER,
            ),
            "steps": each["steps"],
            "seconds": round(float(each["seconds"]), 1),
        }
    )


def _systems(ids: Sequence[str]) -> Table:
    known = systems()
    return Table(
        id="systems",
        caption=Said("支撑的系统", "Systems it makes work"),
        columns=SYSTEMS,
        rows=[Row({"id": each, "title": said(known[each].title)}) for each in ids if each in known],
        empty=Said("没有写明支撑哪个系统。", "It names no system."),
    )


def _parts(declared: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = []
    for folder, items in declared.items():
        more = f" … +{len(items) - MOST_NAMED}" if len(items) > MOST_NAMED else ""
        ids = "、".join(list(items)[:MOST_NAMED]) + more
        rows.append(Row({"part": folder, "count": len(items), "ids": ids}))
    return Table(
        id="parts",
        caption=Said("声明的内容", "What it declares"),
        columns=PARTS,
        rows=rows,
        empty=Said("只有数据文件，没有声明。", "Files only, nothing declared."),
    )
