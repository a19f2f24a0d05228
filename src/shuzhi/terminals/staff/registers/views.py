"""The registers, and one register with its search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.registers import jobs, queries
from shuzhi.data.registers.queries import RegisterSummary
from shuzhi.data.registers.types import BuildState, GoldenRecord, RegisterDeclaration
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Column,
    Fact,
    Field,
    Figure,
    Link,
    Pages,
    Row,
    Said,
    Table,
)
from shuzhi.terminals.staff.registers import building
from shuzhi.terminals.staff.registers.reading import Sight, field_of, shown, sight
from shuzhi.terminals.staff.shell import actor_of, asked_for, name_of, page, page_number, said

LIST = (
    Column("register", Said("基础库", "Register")),
    Column("owner", Said("主管部门", "Owner")),
    Column("entities", Said("记录", "Records"), "number"),
    Column("sources", Said("来源数据集", "Data sets"), "number"),
    Column("fields", Said("字段", "Fields"), "number"),
    Column("built", Said("最近生成", "Built"), "date"),
)
COLUMNS_SHOWN = 5


@requires("registers.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Every register of the node."""
    offices = organization.office_titles()
    counts = queries.entity_counts()
    rows = [
        Row(
            {
                "register": Cell(said(each.declaration.title), under=each.declaration.id),
                "owner": name_of(offices, each.declaration.owner),
                "entities": counts.get(each.declaration.id, 0),
                "sources": len(each.declaration.sources),
                "fields": len(each.declaration.fields),
                "built": each.built_at,
            },
            url=reverse("staff:register", args=[each.declaration.id]),
        )
        for each in queries.registers()
    ]
    return page(
        request,
        "staff/registers/list.html",
        title=Said("基础库", "Registers"),
        lead=Said(
            "同一个主体在各部门的记录合为一条，每个值只认一个来源（一数一源）。",
            "All offices' records of one thing become one record, and every value has one source that answers for it.",
        ),
        table=Table(
            id="registers",
            caption=Said("基础库", "Registers"),
            columns=LIST,
            rows=rows,
            empty=Said(
                "应用包里声明了基础库之后，会列在这里。", "Registers that packs declare are listed here."
            ),
        ),
    )


@requires("registers.read")
def show(request: HttpRequest, register: str) -> HttpResponse:
    """One register: its figures, and a search by name or identifier."""
    summary = queries.register_summary(register)
    declared = summary.declaration
    asked = asked_for(request, "q")
    number = page_number(request)
    cleared = sight(request, declared)
    found = queries.search(register, asked.get("q", ""), page=number, reach=cleared.reach)
    latest = jobs.latest_build(register)
    return page(
        request,
        "staff/registers/register.html",
        title=said(declared.title),
        lead=said(declared.summary),
        trail=(Link(Said("基础库", "Registers"), reverse("staff:registers")),),
        doors=[
            Link(Said("不一致清单", "Disagreements"), reverse("staff:register_conflicts", args=[register]))
        ],
        figures=_figures(summary, found.total if not asked else None),
        under_way=building.running(summary, latest),
        failed=building.FAILED if latest and latest.state is BuildState.FAILED else None,
        built=building.facts(summary, latest),
        build_url=reverse("staff:register_build", args=[register])
        if policy.allows("registers.build", by=actor_of(request), office=declared.owner)
        else "",
        sources=_sources(declared),
        table=_table(declared, found, asked, number, cleared),
    )


def _figures(summary: RegisterSummary, total: int | None) -> list[Figure]:
    declared, register = summary.declaration, summary.declaration.id
    report = summary.report or {}
    conflicts = sum(queries.conflict_counts(register).values())
    day = summary.built_at.date() if summary.built_at else None
    here = reverse("staff:register", args=[register])
    entities = total if total is not None else queries.entity_counts().get(register, 0)
    return [
        Figure(
            label=Said("记录", "Records"),
            value=entities,
            of=Said(
                f"由 {report.get('records', 0):,} 条部门记录合成",
                f"made of {report.get('records', 0):,} offices' records",
            ),
            url=here,
            day=day,
        ),
        Figure(
            label=Said("来源不一致", "Disagreements"),
            value=conflicts,
            unit=Said("处", "places"),
            of=Said("按优先次序取值，逐条可查", "settled by precedence, each can be looked up"),
            url=reverse("staff:register_conflicts", args=[register]),
            day=day,
        ),
        Figure(
            label=Said("字段", "Fields"),
            value=len(declared.fields),
            of=Said(f"来自 {len(declared.sources)} 个数据集", f"from {len(declared.sources)} data sets"),
            url=here + "#sources",
            day=day,
        ),
    ]


def _sources(declared: RegisterDeclaration) -> list[Fact]:
    named = catalog.titles([source.dataset for source in declared.sources])
    return [
        Fact(
            name_of(named, source.dataset),
            Said(
                f"第 {place} 优先，提供 {len(source.says)} 个字段",
                f"precedence {place}, says {len(source.says)} fields",
            ),
            reverse("staff:dataset", args=[source.dataset]),
        )
        for place, source in enumerate(declared.sources, start=1)
    ]


def _table(
    declared: RegisterDeclaration, found: queries.Page, asked: dict[str, str], number: int, cleared: Sight
) -> Table:
    named = [field for field in declared.fields if field.id != declared.label][:COLUMNS_SHOWN]
    words = Field(
        name="q",
        label=Said("名称或代码", "Name or code"),
        control="search",
        in_filter=True,
        required=False,
        value=asked.get("q", ""),
    )
    return Table(
        id="records",
        caption=Said("记录", "Records"),
        columns=(
            Column("label", _label(declared)),
            *(Column(field.id, said(field.name), "code" if field.identifier else "text") for field in named),
        ),
        rows=[_row(record, declared, [field.id for field in named], cleared) for record in found.records],
        query=asked,
        pages=Pages(number, queries.PAGE, found.total),
        filters=(words,),
        empty=Said("没有符合的记录。", "No record fits.")
        if asked
        else Said(
            "归集数据后由大数据局生成，记录会列在这里。", "The bureau builds it from what is collected."
        ),
    )


def _label(declared: RegisterDeclaration) -> Said:
    field = field_of(declared, declared.label)
    return said(field.name) if field else Said("名称", "Name")


def _row(record: GoldenRecord, declared: RegisterDeclaration, names: list[str], cleared: Sight) -> Row:
    values: dict[str, object] = {}
    for name in names:
        field = field_of(declared, name)
        values[name] = (
            shown(record.values.get(name), field, cleared=cleared, row=record.values) if field else None
        )
    return Row(
        {"label": cleared.label(record), **values},
        url=reverse("staff:entity", args=[record.register, record.id]),
    )
