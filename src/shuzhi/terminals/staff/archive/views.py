"""The archive's catalogue, and one record with its four checks, its package and its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Role
from shuzhi.support.archive import queries, services
from shuzhi.support.archive.types import CHECK_TITLES, Check, Record
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Column,
    Fact,
    Field,
    Figure,
    Link,
    Row,
    Said,
    Share,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff.shell import actor_of, name_of, page, said, turn

ARCHIVE = Link(Said("电子档案", "Archive"), "/staff/archive/")
COLUMNS = (
    Column("title", Said("档案", "Record")),
    Column("office", Said("部门", "Office")),
    Column("until", Said("保管至", "Keep until")),
    Column("checks", Said("四性检测", "Four checks"), "chips"),
    Column("at", Said("归档日期", "Filed"), "date"),
)
FOR_GOOD = Said("永久", "For good")
DONE = {
    "check": Said("已重新检测。", "Checked again."),
    "propose": Said("已提出销毁，须由另一人批准。", "Proposed; somebody else has to approve."),
    "destroy": Said("已销毁，目录与日志保留。", "Destroyed; the catalogue and the log keep what it was."),
}


@requires("archive.list")
def listing(request: HttpRequest) -> HttpResponse:
    """How much is archived, and the office's records."""
    by = actor_of(request)
    office = None if by.has(Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR) else by.office
    filed, closed = queries.archived(day_of(now()))
    pages = turn(request, queries.count_records(office=office), queries.PAGE)
    offices = organization.office_titles()
    rows = [
        Row(
            {
                "title": Cell(said(one.title), url=reverse("staff:archive_record", args=[one.number]), under=one.number),
                "office": name_of(offices, one.office),
                "until": one.keep_until or FOR_GOOD,
                "checks": _checks(one),
                "at": one.filed_at,
            }
        )
        for one in queries.records(office=office, page=pages.number)
    ]  # fmt: skip
    figure = Figure(
        label=Said("电子归档率", "Archived"), value=Share(len(filed), len(closed)), url=reverse("staff:archive"),
        of=Said("已办结应归档的办件", "of closed cases that are to be archived"),
    )  # fmt: skip
    table = Table(
        id="records", caption=Said("档案目录", "Catalogue"), columns=COLUMNS, rows=rows, pages=pages,
        empty=Said("还没有档案。", "Nothing is archived yet."),
    )  # fmt: skip
    return page(
        request,
        "staff/archive/listing.html",
        title=Said("电子档案", "Archive"),
        lead=Said("办结即归档：一件一包，签名留存，随时可离线核验。", "Closed is archived: one signed package a case, verified anywhere."),
        figure=figure,
        table=table,
    )  # fmt: skip


@requires("archive.list")
def show(request: HttpRequest, record: str) -> HttpResponse:
    """One record, for its office."""
    found, by = queries.record(record), actor_of(request)
    policy.require("archive.read", by=by, office=found.office)
    is_over = found.keep_until is not None and day_of(now()) > found.keep_until and found.destroyed_at is None
    return page(
        request,
        "staff/archive/record.html",
        title=said(found.title),
        lead=found.number,
        trail=(ARCHIVE,),
        chips=_checks(found),
        facts=_facts(found),
        faults=[said(each) for some in found.checked.faults.values() for each in some],
        record=record,
        purpose=Field(name="purpose", label=Said("利用目的", "For what")) if found.destroyed_at is None else None,
        may_propose=is_over and not found.proposed_by,
        may_destroy=is_over and bool(found.proposed_by) and policy.allows("archive.destroy", by=by, office=found.office),
    )  # fmt: skip


@requires("archive.list")
@require_POST
def act(request: HttpRequest, record: str, what: str) -> HttpResponse:
    """Hand out the package, check again, propose to destroy, destroy."""
    by, at = actor_of(request), now()
    acts = {
        "check": services.check_record,
        "propose": services.propose_destruction,
        "destroy": services.destroy,
    }
    try:
        if what == "read":
            purpose = request.POST.get("purpose", "").replace("\0", "")
            return _package(record, services.read_package(record=record, purpose=purpose, by=by, at=at))
        if what not in acts:
            raise Http404
        acts[what](record=record, by=by, at=at)
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(DONE[what]))
    return HttpResponseRedirect(reverse("staff:archive_record", args=[record]))


def _package(record: str, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{record}.zip"'
    return answer


def _checks(found: Record) -> list[Chip]:
    if found.destroyed_at is not None:
        return [Chip(Said("已销毁", "Destroyed"), Tone.NEUTRAL)]
    if found.checked.holds:
        return [Chip(Said("四性合格", "All four hold"), Tone.SUCCESS)]
    return [
        Chip(Said(f"{CHECK_TITLES[each].zh}不合格", f"{CHECK_TITLES[each].en}: no"), Tone.DANGER)
        for each in Check
        if found.checked.faults.get(each)
    ]


def _facts(found: Record) -> list[Fact]:
    return [
        Fact(Said("事由", "About"), found.subject),
        Fact(Said("部门", "Office"), name_of(organization.office_titles(), found.office)),
        Fact(Said("数据分级", "Grade"), found.grade),
        Fact(Said("办结", "Closed"), found.closed_at),
        Fact(Said("归档", "Filed"), found.filed_at),
        Fact(Said("检测", "Checked"), found.checked_at),
        Fact(Said("保管至", "Keep until"), found.keep_until or FOR_GOOD),
        Fact(Said("大小（字节）", "Bytes"), found.size),
        Fact("SHA-256", found.sha256),
        Fact(Said("销毁", "Destroyed"), found.destroyed_at),
    ]
