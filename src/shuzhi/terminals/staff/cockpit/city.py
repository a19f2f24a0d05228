"""The city's cockpit: indicators against target, the map of its districts, what is off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.pillars.organization import places
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.divisions import Division
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Said, TileMap
from shuzhi.terminals.staff.cockpit import firms as counting
from shuzhi.terminals.staff.cockpit import frame, layers, towns
from shuzhi.terminals.staff.cockpit.alerts import alerts
from shuzhi.terminals.staff.cockpit.extras import tiles
from shuzhi.terminals.staff.cockpit.moments import Moment, moment_of
from shuzhi.terminals.staff.cockpit.names import name_of_division
from shuzhi.terminals.staff.cockpit.readings import readings, tile, urgency
from shuzhi.terminals.staff.shell import actor_of

IN_DEPTH = "330110"
"""The district that a wide wall shows beside the city."""


@requires("indicators.read")
def show(request: HttpRequest) -> HttpResponse:
    """One screen: left the indicators, in the middle the map, right what is off."""
    layer = layers.LAYERS.get(request.GET.get("layer", ""), layers.LAYERS[layers.FIRST])
    moment = moment_of(request, layer="" if layer.id == layers.FIRST else layer.id)
    actor, offices = actor_of(request), organization.office_titles()
    city = frame.division_or_404(organization.this_node().division, moment.day)
    districts = frame.parts_of(city, moment.day)
    boundaries = places.newest_boundaries(city.code) or ""
    areas = places.square_kilometres(boundaries)
    firms = counting.by_place("division", day=moment.day)
    read = sorted(readings(day=moment.day), key=urgency)
    name = name_of_division(city)
    return frame.page(
        request,
        "staff/cockpit/city.html",
        title=Said(f"{name.zh}数据资源驾驶舱", f"{name.en} data resources cockpit"),
        moment=moment,
        captain=frame.captain(offices),
        city=name,
        count=len(districts),
        figures=[tile(each, moment) for each in read],
        extras=tiles(actor=actor, moment=moment, firms=counting.total(firms)),
        layers=layers.switch(moment, layer),
        map=layers.city_map(
            districts,
            firms,
            areas,
            layer,
            boundaries=boundaries,
            moment=moment,
        ),
        districts=layers.comparison(districts, firms, areas, moment),
        unplaced=firms.get(None),
        issues_url=reverse("staff:issues"),
        depth=_in_depth(districts, moment),
        alerts=alerts(actor=actor, moment=moment, readings=read, offices=offices),
    )


def _in_depth(districts: list[Division], moment: Moment) -> TileMap | None:
    """The tile map of the district shown in depth, where it is one of this city's."""
    district = next((each for each in districts if each.code == IN_DEPTH), None)
    return towns.tile_map(district, moment) if district else None
