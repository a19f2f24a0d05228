"""A district in depth: its figures, its towns as tiles, what is off in its offices."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.pillars.organization import places
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.divisions import Division
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Fact, Figure, Said, Share, Why
from shuzhi.terminals.staff.cockpit import firms as counting
from shuzhi.terminals.staff.cockpit import frame, towns
from shuzhi.terminals.staff.cockpit.alerts import alerts
from shuzhi.terminals.staff.cockpit.firms import Firms
from shuzhi.terminals.staff.cockpit.moments import Moment, moment_of
from shuzhi.terminals.staff.cockpit.names import name_of_division, source_title
from shuzhi.terminals.staff.shell import actor_of


@requires("indicators.read")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One district of the city."""
    moment = moment_of(request)
    district = frame.division_or_404(code, moment.day)
    if district.level != "county" or not district.parent:
        raise Http404
    name = name_of_division(district)
    offices = organization.offices()
    own = frozenset(office.id for office in offices if office.division.startswith(code))
    siblings = frame.parts_of(frame.division_or_404(district.parent, moment.day), moment.day)
    return frame.page(
        request,
        "staff/cockpit/district.html",
        title=name,
        moment=moment,
        captain=frame.captain(),
        trail=frame.way(moment),
        figures=_figures(district, moment),
        towns=towns.tile_map(district, moment),
        siblings=frame.siblings(siblings, code, "staff:cockpit_district", moment),
        siblings_label=Said("换一个区县", "Another district"),
        reckoning=_reckoning(frame.parts_of(district, moment.day)),
        offices=[office.title for office in offices if office.id in own],
        alerts=alerts(
            actor=actor_of(request),
            moment=moment,
            readings=(),
            offices={office.id: office.title for office in offices},
            only=own,
        ),
    )


def _reckoning(towns_listed: list[Division]) -> Why:
    return Why(
        title=Said("怎么算", "How it is reckoned"),
        facts=(
            Fact(Said("企业", "Firms"), Said("法人库的记录，按住所推定现行区县和镇街；登记代码里的区划不作数", "records of the legal entity register by the district and town of their address today; the division inside a code counts for nothing")),
            Fact(Said("镇街", "Towns"), Said("住所写明镇街、村社区的才计入镇街", "a firm counts in a town where its address names the town or a village of it")),
            Fact(Said("镇街名称", "Names of towns"), source_title(towns_listed[0].source) if towns_listed else None),
            Fact(Said("演示数据", "Synthetic data"), Said("名称出自演示部门文件的企业，逐格注明", "firms named by a demonstration file; every figure says how many")),
        ),
    )  # fmt: skip


def _figures(district: Division, moment: Moment) -> list[Figure]:
    everywhere = counting.by_place("division", day=moment.day)
    here = everywhere.get(district.code, Firms())
    named = towns.of_district(district, counting.by_place("town", day=moment.day))
    url = moment.onward(reverse("staff:cockpit"))
    found = [
        _count(here, counting.total(everywhere), moment, url),
        Figure(
            label=Said("住所写明镇街的", "Whose address names a town"),
            value=Share(min(named.records, here.records), here.records),
            unit=Said("家", "firms"),
            url="#towns",
            day=moment.day,
        ),
        Figure(
            label=Said("来源不一致", "Sources differ"),
            value=Share(here.disputed, here.records),
            unit=Said("家", "firms"),
            url=reverse("staff:register_conflicts", args=[counting.REGISTER]),
            day=moment.day,
        ),
    ]
    area = places.square_kilometres(places.newest_boundaries(district.parent or "") or "").get(district.code)
    return [*found, _density(here, area, moment)] if area else found


def _count(here: Firms, city: Firms, moment: Moment, url: str) -> Figure:
    part = f"{here.records / city.records:.1%}" if city.records else "—"
    return Figure(
        label=Said("登记企业", "Registered firms"),
        value=here.records,
        unit=Said("家", "firms"),
        of=Said(
            f"占全市 {city.records:,} 家的 {part}；其中演示数据 {here.synthetic:,} 家",
            f"{part} of the city’s {city.records:,}; {here.synthetic:,} of them synthetic",
        ),
        url=url,
        day=moment.day,
    )


def _density(here: Firms, area: float, moment: Moment) -> Figure:
    return Figure(
        label=Said("企业密度", "Density of firms"),
        value=round(here.records / area, 2),
        unit=Said("家/平方公里", "per km²"),
        of=Said(
            f"面积约 {area:,.0f} 平方公里，按边界计算", f"about {area:,.0f} km², reckoned from the boundary"
        ),
        url=moment.onward(reverse("staff:cockpit")) + ("&" if not moment.live else "?") + "layer=density",
        day=moment.day,
    )
