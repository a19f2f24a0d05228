"""A district's towns as tiles: no open boundary of towns exists, so none is invented."""

from __future__ import annotations

from django.urls import reverse

from shuzhi.pillars.organization.divisions import Division
from shuzhi.terminals.design.types import Said, Tile, TileMap
from shuzhi.terminals.staff.cockpit import firms as counting
from shuzhi.terminals.staff.cockpit import frame
from shuzhi.terminals.staff.cockpit.firms import Firms
from shuzhi.terminals.staff.cockpit.moments import Moment
from shuzhi.terminals.staff.cockpit.names import name_of_division
from shuzhi.terminals.staff.cockpit.scales import quantiles

NO_BOUNDARIES = Said(
    "按区划代码排列。镇街没有开放的边界，这里不画。企业按住所写明的镇街计数。",
    "In the order of their codes. No open boundary of towns exists, so none is drawn. Firms count where their address names the town.",
)


def tile_map(district: Division, moment: Moment) -> TileMap:
    """The district's towns with the firms whose address names them."""
    counts = counting.by_place("town", day=moment.day)
    parts = frame.parts_of(district, moment.day)
    values = {town.code: counts[town.code].records if town.code in counts else None for town in parts}
    name = name_of_division(district)
    return TileMap(
        title=Said(f"{name.zh}各镇街登记企业", f"Registered firms by town of {name.en}"),
        tiles=[
            Tile(
                name_of_division(town),
                values[town.code],
                moment.onward(reverse("staff:cockpit_town", args=[town.code])),
            )
            for town in parts
        ],
        bounds=quantiles(values.values()),
        unit=Said("家", "firms"),
        note=NO_BOUNDARIES,
    )


def of_district(district: Division, counts: dict[str | None, Firms]) -> Firms:
    """All firms of the district whose address names one of its towns."""
    named: dict[str | None, Firms] = {
        place: firms for place, firms in counts.items() if place and place.startswith(district.code)
    }
    return counting.total(named)
