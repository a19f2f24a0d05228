"""Contests of open data (大赛) for everyone: what is asked for, how long, what was made, who won what."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata.requests import contests
from shuzhi.data.opendata.requests.types import Contest
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Chip, Crumbs, Fact, Link, Said, Tone
from shuzhi.terminals.public.requests.asking_for import CRUMBS

WHY = "contests and their listed entries are for everyone"


@open_to_public(WHY)
def listing(request: HttpRequest) -> HttpResponse:
    """All contests, those that end last first."""
    today = day_of(now())
    found = [(one, chip_of(one, today)) for one in contests.contests()]
    return render(
        request, "public/contests.html", {"place_now": "data", "crumbs": Crumbs(CRUMBS), "contests": found}
    )


@open_to_public(WHY)
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One contest with its entries; prizes first."""
    found, today = contests.contest(name), day_of(now())
    said = found.announced
    titles = catalog.titles(said.datasets)
    entries = [(case, found.prize(case.prize)) for case in contests.entries(name)]
    context = {
        "place_now": "data",
        "crumbs": Crumbs((*CRUMBS, Link(Said("大赛", "Contests"), reverse("public:data-contests")))),
        "contest": found,
        "chip": chip_of(found, today),
        "facts": (
            Fact(Said("报名", "Entries"), f"{said.since} – {said.until}"),
            *(
                Fact(Said(each.title.zh, each.title.en), Said(f"{each.count} 名", str(each.count)))
                for each in said.prizes
            ),
        ),
        "datasets": [(each, titles[each]) for each in said.datasets if each in titles],
        "entries": entries,
        "takes_entries": found.takes_entries(today),
    }
    return render(request, "public/contest.html", context)


def chip_of(contest: Contest, today: date) -> Chip:
    """Where a contest stands."""
    if contest.awarded_at:
        return Chip(Said("已评奖", "Awarded"), Tone.SUCCESS)
    if contest.takes_entries(today):
        return Chip(Said("正在报名", "Takes entries"), Tone.PRIMARY)
    return Chip(Said("评审中", "Being judged") if contest.is_over(today) else Said("即将开始", "Begins soon"))
