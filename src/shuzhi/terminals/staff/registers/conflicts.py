"""Where the sources of a register disagree, unplaced addresses included."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.registers import queries
from shuzhi.data.registers.types import Disagreement, RegisterDeclaration
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Column, Link, Pages, Row, Said, Table, Tag, Tags
from shuzhi.terminals.staff.registers.entity import NOT_DERIVED
from shuzhi.terminals.staff.registers.places import named_place, place_said
from shuzhi.terminals.staff.registers.reading import Sight, derived_in_sight, field_of, quotable, shown, sight
from shuzhi.terminals.staff.shell import Titles, asked_for, name_of, page, page_number, said

NOT_TOLD = Said("—", "—")
COLUMNS = (
    Column("label", Said("主体", "Record")),
    Column("field", Said("字段", "Field")),
    Column("chosen", Said("取用", "Taken")),
    Column("others", Said("各方说法或原因", "Who says what, or why")),
)


@requires("registers.read")
def listing(request: HttpRequest, register: str) -> HttpResponse:
    """Disagreements a page at a time, by field."""
    declared = queries.declaration(register)
    asked = asked_for(request, "field")
    number = page_number(request)
    cleared, quoted = sight(request, declared), quotable(request, declared)
    found, total = queries.conflicts(register, field=asked.get("field"), page=number, rows_of=cleared.rows)
    named = catalog.titles([source.dataset for source in declared.sources])
    return page(
        request,
        "staff/registers/conflicts.html",
        title=Said("不一致清单", "Disagreements"),
        lead=Said(
            "各部门对同一字段说法不一的，按优先次序取值；推不出来的（例如地址定不到现行区县）写明原因。",
            "Where offices differ on a field the precedence decides; what could not be derived, such as an address in no present district, says why.",
        ),
        trail=(
            Link(Said("基础库", "Registers"), reverse("staff:registers")),
            Link(said(declared.title), reverse("staff:register", args=[register])),
        ),
        fields=_fields(register, declared, asked.get("field")),
        table=Table(
            id="conflicts",
            caption=Said("不一致", "Disagreements"),
            columns=COLUMNS,
            rows=[_row(each, named, cleared, quoted) for each in found],
            query=asked,
            pages=Pages(number, queries.PAGE, total),
            empty=Said("各来源说法一致。", "All sources agree."),
        ),
    )


def _fields(register: str, declared: RegisterDeclaration, on: str | None) -> Tags:
    tags = []
    for name, count in queries.conflict_counts(register).items():
        field = field_of(declared, name)
        url = "?" if name == on else "?" + urlencode({"field": name})
        tags.append(Tag(said(field.name) if field else Said(name, name), url, count, on=name == on))
    return Tags(Said("按字段", "By field"), tags)


def _row(each: Disagreement, named: Titles, cleared: Sight, quoted: frozenset[str]) -> Row:
    field = field_of(cleared.declared, each.field)
    if set(each.values) <= NOT_DERIVED:
        others, written = derived_in_sight(each, field, cleared, quoted)
        chosen: Cell | str | None = written
    else:
        said_by = [
            (
                name_of(named, dataset),
                (place_said(shown(value, field, cleared=cleared), field) if field else None) or NOT_TOLD,
            )
            for dataset, value in each.values.items()
        ]
        others = Said(
            "；".join(f"{n.zh}：{v.zh}" for n, v in said_by),
            "; ".join(f"{n.en}: {v.en}" for n, v in said_by),
        )
        chosen = named_place(shown(each.chosen, field, cleared=cleared), field) if field else None
    return Row(
        {
            "label": Cell(cleared.named(each.label, each.entity)),
            "field": said(field.name) if field else each.field,
            "chosen": chosen or "",
            "others": others,
        },
        url=reverse("staff:entity", args=[cleared.declared.id, each.entity]),
    )
