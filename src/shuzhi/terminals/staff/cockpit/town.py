"""A town: its villages by name, and the firms whose address names it, down to the record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.types import GoldenRecord, RegisterDeclaration
from shuzhi.pillars.organization.divisions import Division
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.data_policy import Channel
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Column, Figure, Pages, Row, Said, Share, Table
from shuzhi.terminals.staff.cockpit import firms as counting
from shuzhi.terminals.staff.cockpit import frame, towns
from shuzhi.terminals.staff.cockpit.firms import REGISTER, Firms
from shuzhi.terminals.staff.cockpit.moments import Moment, moment_of
from shuzhi.terminals.staff.cockpit.names import name_of_division, source_title
from shuzhi.terminals.staff.registers.reading import Sight, field_of, shown, sight
from shuzhi.terminals.staff.shell import actor_of, asked_for, page_number, said

SHOWN = ("uscc", "founded_on", "capital", "address")


@requires("indicators.read")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One town of a district."""
    moment = moment_of(request)
    town = frame.division_or_404(code, moment.day)
    district = frame.division_or_404(code[:6], moment.day)
    actor, villages = actor_of(request), frame.parts_of(town, moment.day)
    return frame.page(
        request,
        "staff/cockpit/town.html",
        title=name_of_division(town),
        moment=moment,
        captain=frame.captain(),
        trail=frame.way(moment, district),
        figures=_figures(town, district, moment),
        villages=[village.name for village in villages],
        village_source=source_title(villages[0].source) if villages else "",
        siblings=frame.siblings(frame.parts_of(district, moment.day), code, "staff:cockpit_town", moment),
        siblings_label=Said(f"{district.name}的镇街", f"Towns of {name_of_division(district).en}"),
        table=_table(request, town) if _may_read(actor) else None,
    )


def _may_read(actor: Actor) -> bool:
    return policy.allows("registers.read", by=actor, office=actor.office)


def _figures(town: Division, district: Division, moment: Moment) -> list[Figure]:
    counts = counting.by_place("town", day=moment.day)
    here, named = counts.get(town.code, Firms()), towns.of_district(district, counts)
    name = name_of_division(district)
    part = f"{here.records / named.records:.1%}" if named.records else "—"
    return [
        Figure(
            label=Said("登记企业", "Registered firms"),
            value=here.records,
            unit=Said("家", "firms"),
            of=Said(
                f"占{name.zh}写明镇街的 {named.records:,} 家的 {part}；其中演示数据 {here.synthetic:,} 家",
                f"{part} of the {named.records:,} in {name.en} whose address names a town; {here.synthetic:,} synthetic",
            ),
            url="#firms",
            day=moment.day,
        ),
        Figure(
            label=Said("来源不一致", "Sources differ"),
            value=Share(here.disputed, here.records),
            unit=Said("家", "firms"),
            url=reverse("staff:register_conflicts", args=[REGISTER]),
            day=moment.day,
        ),
    ]


def _table(request: HttpRequest, town: Division) -> Table:
    declared = registers.declaration(REGISTER)
    number = page_number(request)
    cleared = sight(request, declared, Channel.COCKPIT)
    found = registers.in_town(REGISTER, town.code, page=number, rows_of=cleared.rows)
    fields = [field for name in SHOWN if (field := field_of(declared, name))]
    return Table(
        id="firms",
        caption=Said(
            "住所在本镇街的企业（现在的登记）", "Firms whose address names this town (as registered now)"
        ),
        columns=(
            Column("label", Said("名称", "Name")),
            *(Column(field.id, said(field.name), "code" if field.identifier else "text") for field in fields),
        ),
        rows=[_row(record, declared, cleared) for record in found.records],
        query=asked_for(request, "day"),
        pages=Pages(number, registers.PAGE, found.total),
        empty=Said("没有住所写明在这里的企业。", "No firm’s address names this town."),
    )


def _row(record: GoldenRecord, declared: RegisterDeclaration, cleared: Sight) -> Row:
    fields = {name: field_of(declared, name) for name in SHOWN}
    values = {
        name: shown(record.values.get(name), field, cleared=cleared, row=record.values)
        for name, field in fields.items()
        if field
    }
    return Row(
        {"label": cleared.label(record), **values},
        url=reverse("staff:entity", args=[record.register, record.id]),
    )
