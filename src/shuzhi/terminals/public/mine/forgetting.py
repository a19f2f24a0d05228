"""The use statement (使用对账单), what offices still have to delete, and having everything forgotten (遗忘)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.business.market import queries, services
from shuzhi.business.market.kept import KEPT
from shuzhi.business.market.types import Duty, Statement, UseLine
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.forms import queries as forms
from shuzhi.terminals.design.types import Cell, Chip, Column, Confirm, Crumbs, Row, Said, Table, Tone, say
from shuzhi.terminals.public.mine.consents import MINE, WHY, labelled, titled, whoever_asks
from shuzhi.terminals.public.mine.sights import act_title

SPAN = timedelta(days=365)
DONE = {
    "open": Chip(Said("等待该部门删除", "To be deleted"), Tone.WARNING),
    "deleted": Chip(Said("已确认删除", "Deleted"), Tone.SUCCESS),
    "kept": Chip(Said("依法保留", "Kept by law")),
}


@open_to_public(WHY)
def statement(request: HttpRequest) -> HttpResponse:
    """Who used my data in the last year, by which consent, how often; what it brought in; what is being deleted."""
    _, holder = whoever_asks(request)
    at, offices = now(), organization.office_titles()
    lines = queries.use_statement(holder, since=at - SPAN, until=at)
    revenue = queries.revenue_of(holder.id)
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MINE),
        "uses": _uses(lines, offices),
        "duties": duties_table(queries.duties(individual=holder.id), offices),
        "revenue": _revenue(revenue, offices) if revenue else None,
        "total": yuan(sum(fen for _, fen in revenue)),
    }
    return render(request, "public/my_statement.html", context)


@open_to_public(WHY)
def forget(request: HttpRequest) -> HttpResponse:
    """What will be gone, what stays and by which law, and the button."""
    by, holder = whoever_asks(request)
    if request.method == "POST":
        services.forget_me(by=by, at=now())
        messages.success(request, say(Said("已遗忘，不能恢复。", "Forgotten. It can't be brought back.")))
        return HttpResponseRedirect(reverse("public:my-forgetting"))
    given = sum(one.is_given for one in queries.grants_of(holder.id))
    drafts = sum(one.state == "draft" for one in forms.fillings(by=by))
    confirm = Confirm(
        title=Said("删除我在平台上自己留下的数据", "Delete what I left here myself"),
        consequences=(
            Said(f"{given} 项授权全部撤回，即刻生效。", f"All consents ({given}) are withdrawn, at once."),
            Said(f"{drafts} 份没有提交的表单和其中的附件删除，密钥销毁。", f"Forms not submitted ({drafts}) and their files are deleted, their keys are destroyed."),
            Said("留下的邮箱、手机号和关注的数据集删除。", "Mail address, telephone number and what you follow are deleted."),
            Said("凭授权取得过您数据的部门会收到删除通知，须在 5 个工作日内确认。", "Offices that were given your data by consent are told to delete them and confirm within five working days."),
            Said("删除后不能恢复，我们也恢复不了。", "It can't be undone, by us neither."),
        ),
        verb=Said("全部删除", "Delete all of it"),
        action_url=reverse("public:my-forgetting"),
        back_url=reverse("public:my"),
        danger=True,
    )  # fmt: skip
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MINE),
        "confirm": confirm,
        "kept": KEPT,
        "earlier": [
            {"day": day_of(one.at), "told": _receipt(one)} for one in queries.forgettings_of(holder.id)
        ],
    }
    return render(request, "public/my_forgetting.html", context)


def _receipt(one: object) -> Said:
    consents, drafts, files, others = (
        getattr(one, name) for name in ("consents", "drafts", "files", "others")
    )
    return Said(
        f"撤回授权 {consents} 项，删除未提交的表单 {drafts} 份、附件 {files} 个、联系方式和关注 {others} 项",
        f"{consents} consents withdrawn; {drafts} drafts, {files} files, {others} addresses and followings deleted",
    )


def _uses(lines: list[UseLine], offices: dict[str, Words]) -> Table:
    return Table(
        id="uses",
        caption=Said("近一年", "The last year"),
        columns=(
            Column("who", Said("谁", "Who")),
            Column("times", Said("次数", "Times"), "number"),
            Column("why", Said("用途", "Purpose")),
            Column("by", Said("凭哪项授权", "By which consent")),
            Column("last", Said("最近一次", "Last"), "date"),
        ),
        rows=[
            Row(
                {
                    "who": Cell(titled(offices, (one.office,)), under=act_title(one.action)),
                    "times": one.times,
                    "why": one.purpose or "—",
                    "by": Cell(
                        said(one.title) if one.title else Said("依法，无须授权", "By law, without consent")
                    ),
                    "last": one.last_at,
                }
            )
            for one in lines
        ],
        empty=Said("近一年没有部门查过。", "No office looked in the last year."),
        stacks=True,
    )


def duties_table(found: list[Duty], offices: dict[str, Words]) -> Table:
    """What offices have to delete after consents have ended."""
    return Table(
        id="duties",
        caption=Said("授权终止后的删除", "Deletions after a consent has ended"),
        columns=(
            Column("who", Said("部门", "Office")),
            Column("what", Said("删除什么", "What")),
            Column("state", Said("进展", "State"), "chips"),
            Column("due", Said("期限", "Due"), "date"),
            Column("note", Said("答复", "Answer")),
        ),
        rows=[
            Row(
                {
                    "who": titled(offices, (one.office,)),
                    "what": Cell(labelled(dict(one.labels), one.fields), under=said(one.title)),
                    "state": DONE[one.outcome],
                    "due": one.due_on,
                    "note": one.note or "—",
                }
            )
            for one in found
        ],
        empty=Said("没有需要删除的。", "There is nothing to delete."),
        stacks=True,
    )


def _revenue(found: list[tuple[Statement, int]], offices: dict[str, Words]) -> Table:
    return Table(
        id="revenue",
        caption=Said("您的份额", "Your part"),
        columns=(
            Column("month", Said("月份", "Month")),
            Column("product", Said("数据产品", "Product")),
            Column("buyer", Said("购买方", "Buyer")),
            Column("fen", Said("金额（元）", "Amount (yuan)"), "number"),
            Column("number", Said("结算单", "Statement"), "code"),
        ),
        rows=[
            Row(
                {
                    "month": Said(f"{one.month.year} 年 {one.month.month} 月", f"{one.month:%Y-%m}"),
                    "product": said(one.title),
                    "buyer": titled(offices, (one.buyer,)),
                    "fen": yuan(fen),
                    "number": one.number,
                }
            )
            for one, fen in found
        ],
        stacks=True,
    )


def yuan(fen: int) -> str:
    """An amount as it is read, to the fen."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def said(words: Words) -> Said:
    """Words of a declaration on a page."""
    return Said(words.zh, words.en)
