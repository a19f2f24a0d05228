"""The asset list: what there is, whose, how graded, who reaches it, and who looked at it last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.secops import queries, services
from shuzhi.business.secops.types import Asset, AssetKind, Exposure, GapKind
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    Fact,
    Field,
    Link,
    Row,
    Said,
    Table,
    Tone,
)
from shuzhi.terminals.staff.secops.sides import Form, done, sides, text_of
from shuzhi.terminals.staff.shell import (
    Titles,
    actor_of,
    asked_for,
    name_of,
    office_filter,
    page,
    refusal_above,
    said,
    select_filter,
    turn,
)

KINDS = {
    AssetKind.DATASET: Said("数据集", "Data set"),
    AssetKind.INTERFACE: Said("接口", "Interface"),
    AssetKind.RELEASE: Said("开放数据", "Open data"),
    AssetKind.PROCESS: Said("流程", "Process"),
    AssetKind.ACCOUNTS: Said("账号", "Accounts"),
    AssetKind.KEY: Said("密钥", "Key"),
    AssetKind.SUBSCRIPTION: Said("订阅", "Subscription"),
    AssetKind.CONNECTION: Said("外部连接", "Connection"),
}
EXPOSURES = {
    Exposure.INSIDE: Chip(Said("平台内部", "Inside")),
    Exposure.OFFICES: Chip(Said("其他部门", "Offices")),
    Exposure.OUTSIDE: Chip(Said("外部系统", "Outside"), Tone.WARNING),
    Exposure.PUBLIC: Chip(Said("社会公众", "Public"), Tone.WARNING),
}
GAPS = {
    GapKind.OWNER: Chip(Said("无主", "No owner"), Tone.WARNING),
    GapKind.GRADE: Chip(Said("未定级", "No grade"), Tone.WARNING),
    GapKind.REVIEW: Chip(Said("超期未复核", "Not reviewed"), Tone.WARNING),
}
COLUMNS = (
    Column("asset", Said("资产", "Asset")),
    Column("kind", Said("类别", "Kind")),
    Column("owner", Said("主管部门", "Owner")),
    Column("grade", Said("级别", "Grade")),
    Column("exposure", Said("可触达", "Reached by"), "chips"),
    Column("reviewed", Said("最近复核", "Last review"), "date"),
    Column("gaps", Said("缺项", "Gaps"), "chips"),
)


@requires("secops.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Assets by page, filtered by kind, office and gaps."""
    return _page(request)


@requires("secops.take_stock")
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take the list anew."""
    return done(
        request,
        lambda: services.take_stock(by=actor_of(request), at=now()),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops_assets"),
        told=Said("资产清单已按各登记更新。", "The list was taken anew from the registers."),
    )


@requires("secops.review")
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """Somebody looked at an asset."""
    return done(
        request,
        lambda: services.review_asset(
            asset=text_of(request, "asset", 240), note=text_of(request, "note", 500), by=actor_of(request), at=now()
        ),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops_assets"),
        told=Said("复核已登记。", "The review is kept."),
    )  # fmt: skip


def _page(request: HttpRequest, refusal: PlatformError | None = None) -> HttpResponse:
    at, asked = now(), asked_for(request, "kind", "office", "gaps")
    kind = AssetKind(asked["kind"]) if asked.get("kind") in set(AssetKind) else None
    wanted = {"kind": kind, "owner": asked.get("office", ""), "gaps_only": asked.get("gaps") == "yes"}
    pages = turn(request, queries.count_assets(at=at, **wanted), queries.PAGE)  # type: ignore[arg-type]
    offices = organization.office_titles()
    rows = queries.assets(at=at, page=pages.number, **wanted)  # type: ignore[arg-type]
    gaps = queries.open_gaps()
    return page(
        request,
        "staff/secops/side.html",
        title=Said("资产清单", "Assets"),
        lead=Said(
            "由平台各项登记自动汇总，不手工填报；缺主管部门、级别或复核的，立为问题由所属部门补全。",
            "Taken from the platform's own registers, never typed in; what lacks an owner, a grade or a review becomes an issue of its office.",
        ),
        doors=tuple(
            Link(Said(f"缺项问题：{name}", f"Issue: {name}"), reverse("staff:dossier", args=[dossier]))
            for name, dossier in list(gaps.items())[:3]
        ),
        sides=sides("secops_assets"),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        facts=_facts(len(gaps)),
        tables=[
            Table(
                id="assets",
                caption=Said("资产", "Assets"),
                columns=COLUMNS,
                filters=_filters(asked, offices),
                rows=[_row(one, offices) for one in rows],
                pages=pages,
                empty=Said("没有符合条件的资产；尚未盘点的先盘点。", "No asset fits; take stock first."),
            )
        ],
        forms=_forms(request, rows),
    )


def _facts(gaps: int) -> tuple[Fact, ...]:
    kinds = queries.asset_kinds()
    return (
        Fact(Said("最近盘点", "Taken"), queries.stock_taken_at()),
        *(Fact(KINDS[kind], count) for kind, count in kinds.items()),
        Fact(Said("未补全的问题", "Open issues"), gaps),
    )


def _filters(asked: dict[str, str], offices: Titles) -> list[Field]:
    every = Choice("", Said("全部", "All"))
    kinds = [Choice(kind.value, title) for kind, title in KINDS.items()]
    return [
        select_filter(asked, "kind", Said("类别", "Kind"), (every, *kinds)),
        office_filter(asked, offices),
        select_filter(
            asked,
            "gaps",
            Said("缺项", "Gaps"),
            (every, Choice("yes", Said("只看有缺项的", "With gaps only"))),
        ),
    ]


def _row(one: Asset, offices: Titles) -> Row:
    return Row(
        {
            "asset": Cell(said(one.title), under=one.id),
            "kind": KINDS[one.kind],
            "owner": name_of(offices, one.owner),
            "grade": one.grade or "—",
            "exposure": [EXPOSURES[one.exposure]],
            "reviewed": one.reviewed_at,
            "gaps": [GAPS[gap] for gap in one.gaps],
        }
    )


def _forms(request: HttpRequest, rows: list[Asset]) -> list[Form]:
    actor, forms = actor_of(request), []
    if policy.allows("secops.take_stock", by=actor):
        forms.append(
            Form(
                Said("重新盘点", "Take stock"), reverse("staff:secops_take"), Said("盘点", "Take stock"),
                text=Said("每日凌晨自动盘点；现在要看最新的，可手动盘点一次。", "It is taken every night; take it now to see what is new."),
            )
        )  # fmt: skip
    if rows and policy.allows("secops.review", by=actor, office=actor.office):
        choices = [
            Choice(one.id, Said(f"{one.title.zh}（{one.id}）", f"{one.title.en} ({one.id})")) for one in rows
        ]
        fields = (
            Field(name="asset", label=Said("资产", "Asset"), control="select", choices=choices),
            Field(name="note", label=Said("复核意见", "What was found"), required=False),
        )
        forms.append(
            Form(
                Said("登记复核", "Note a review"),
                reverse("staff:secops_review"),
                Said("登记", "Keep"),
                fields,
            )
        )
    return forms
