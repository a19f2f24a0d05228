"""What people said: an office reads its own, the bureau and leaders read all and see the offices side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.ratings import queries
from shuzhi.support.ratings.subjects import titled
from shuzhi.support.ratings.types import SCORE_TITLES, OfficeRatings, Rating
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import (
    Titles,
    actor_of,
    asked_for,
    name_of,
    office_filter,
    page,
    said,
    select_filter,
    turn,
)

COLUMNS = (
    Column("score", Said("评价", "Rating")),
    Column("words", Said("说了什么", "In words")),
    Column("office", Said("部门", "Office")),
    Column("at", Said("评价时间", "When"), "date"),
)
OFFICES = (
    Column("office", Said("部门", "Office")),
    Column("share", Said("满意率", "Satisfied"), "number"),
    Column("rated", Said("评价数", "Ratings"), "number"),
    Column("low", Said("差评", "Low"), "number"),
)
TONES = {5: Tone.SUCCESS, 4: Tone.SUCCESS, 3: Tone.NEUTRAL, 2: Tone.WARNING, 1: Tone.DANGER}
LOW = (Choice("", Said("全部评价", "All ratings")), Choice("low", Said("只看差评", "Low ones only")))


@requires("ratings.read")
def listing(request: HttpRequest) -> HttpResponse:
    """The offices, for whoever oversees them; then the ratings, the newest first."""
    by, asked = actor_of(request), asked_for(request, "office", "which")
    sees_all = by.has(Role.BUREAU, Role.LEADER)
    office = asked.get("office") if sees_all else by.office or "-"
    low_only = asked.get("which") == "low"
    pages = turn(request, queries.count_ratings(office=office, low_only=low_only), queries.PAGE)
    found = queries.ratings(office=office, low_only=low_only, page=pages.number)
    offices = organization.office_titles()
    whole = queries.by_office(day_of(now()))
    filters = [select_filter(asked, "which", Said("哪些", "Which"), LOW)]
    if sees_all:
        filters.insert(0, office_filter(asked, offices, [one.office for one in whole]))
    return page(
        request,
        "staff/ratings/list.html",
        title=Said("好差评", "Ratings"),
        lead=Said(
            "办结后由当事人评价，不满意的 1 个工作日内回访。满意率：评为满意、非常满意的占全部评价。",
            "Given by whoever was served. Low ones are called back within a working day. Satisfied: 4 and 5 of all.",
        ),
        offices=_offices([one for one in whole if sees_all or one.office == by.office], offices),
        table=Table(
            id="ratings",
            caption=Said("评价", "Ratings"),
            columns=COLUMNS,
            rows=[_row(one, offices, by, sees_all=sees_all) for one in found],
            pages=pages,
            query=asked,
            filters=filters,
            empty=Said("还没有评价。", "There are no ratings."),
        ),
    )


def _offices(found: list[OfficeRatings], titles: Titles) -> Table:
    rows = [
        Row(
            {
                "office": name_of(titles, one.office),
                "share": f"{one.satisfied / one.rated:.1%}（{one.satisfied}／{one.rated}）",
                "rated": one.rated,
                "low": one.low,
            }
        )
        for one in found
    ]
    return Table(
        id="offices",
        caption=Said("各部门满意率", "Satisfaction by office"),
        columns=OFFICES,
        rows=rows,
        empty=Said("还没有评价。", "There are no ratings."),
        tall=False,
    )


def _row(one: Rating, titles: Titles, by: Actor, *, sees_all: bool) -> Row:
    title = SCORE_TITLES[one.score]
    reads = one.dossier is not None and (sees_all or by.office == one.office)
    url = reverse("staff:dossier", args=[one.dossier]) if reads else ""
    number = one.dossier
    back = Said(f"差评整改 · 案卷 {number}", f"Low rating · dossier {number}") if number else ""
    words = Cell(one.words or Said("没有留言", "Nothing in words"), url, back)
    return Row(
        {
            "score": Chip(Said(title.zh, title.en), TONES[one.score]),
            "words": words,
            "office": Cell(name_of(titles, one.office), "", said(titled(one.subject))),
            "at": one.changed_at,
        }
    )
