"""What every page of the cockpit shows around its middle: captain, moment, days, the way here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.divisions import Division, shipped_tree
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import queries as identity
from shuzhi.terminals.design.types import Crumbs, Link, Said, Words
from shuzhi.terminals.staff.cockpit.moments import Moment
from shuzhi.terminals.staff.cockpit.names import name_of_division
from shuzhi.terminals.staff.shell import BENCH, Titles, name_of, said

COUNTY_DIGITS = 6
COCKPIT = Said("驾驶舱", "Cockpit")
NOBODY = Said("暂缺", "vacant")


@dataclass(frozen=True)
class Captain:
    """Who flies the cockpit (机长): the holder of the leader's post."""

    title: Words
    name: Words
    office: Words


def captain(offices: Titles | None = None) -> Captain | None:
    """The captain of this node's cockpit, or None where no office has a leader's post."""
    post = next(iter(organization.posts(role=Role.LEADER)), None)
    if post is None:
        return None
    names = [said(name) for name in identity.holders(office=post.office, role=Role.LEADER)]
    return Captain(
        title=said(post.title),
        name=names[0] if names else NOBODY,
        office=name_of(offices or organization.office_titles(), post.office),
    )


def division_or_404(code: str, day: date) -> Division:
    """A division of that day.

    Raises:
        Http404: the code meant nothing then.
    """
    found = shipped_tree(lower=len(code) > COUNTY_DIGITS).as_of(code, day)
    if found is None:
        raise Http404
    return found


def parts_of(division: Division, day: date) -> list[Division]:
    """What lies directly below a division on a day, by code."""
    lower = not division.code.endswith("00")  # a city's parts are counties, which the short tree knows
    return shipped_tree(lower=lower).children(division.code, day)


def page(
    request: HttpRequest,
    template: str,
    *,
    title: Words,
    moment: Moment,
    captain: Captain | None,
    trail: Sequence[Link] = (),
    **parts: object,
) -> HttpResponse:
    """A page of the cockpit with its frame."""
    frame = {
        "title": title,
        "moment": moment,
        "captain": captain,
        "crumbs": Crumbs(trail) if trail else None,
    }
    return render(request, template, {**frame, **parts})


def way(moment: Moment, *divisions: Division) -> list[Link]:
    """The way from the workbench through the city and these districts."""
    here = [Link(BENCH, reverse("staff:home")), Link(COCKPIT, moment.onward(reverse("staff:cockpit")))]
    districts = [
        Link(name_of_division(each), moment.onward(reverse("staff:cockpit_district", args=[each.code])))
        for each in divisions
    ]
    return [*here, *districts]


def siblings(divisions: Sequence[Division], here: str, route: str, moment: Moment) -> list[tuple[Link, bool]]:
    """Divisions beside each other, to go on from one to the next; the one we are in is marked."""
    return [
        (Link(name_of_division(each), moment.onward(reverse(route, args=[each.code]))), each.code == here)
        for each in divisions
    ]
