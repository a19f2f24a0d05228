"""Third parties' access: who may use what until when, who answers for it, and ending it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.secops import services, third_parties
from shuzhi.business.secops.types import Access
from shuzhi.foundation.clock import CHINA, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Role
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Field, Row, Said, Table, Tone
from shuzhi.terminals.staff.secops.sides import Form, done, moment_of, number_of, sides, text_of
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, refusal_above

USUAL = timedelta(days=7)
COLUMNS = (
    Column("vendor", Said("厂商", "Vendor")),
    Column("holder", Said("账号或订阅", "Account or subscription"), "code"),
    Column("purpose", Said("用途与范围", "Purpose and scope")),
    Column("sponsor", Said("担保人", "Sponsor"), "code"),
    Column("until", Said("截止", "Until"), "date"),
    Column("reviewed", Said("复核", "Reviewed"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)
TEXTS = {
    "username": Said("账号", "Account"),
    "person": Said("使用人姓名", "Person"),
    "vendor": Said("厂商", "Vendor"),
    "contact": Said("联系方式", "Contact"),
    "purpose": Said("用途", "Purpose"),
    "scope": Said("范围", "Scope"),
    "sponsor": Said("担保人账号", "Sponsor's account"),
}


@requires("secops.read")
def listing(request: HttpRequest) -> HttpResponse:
    """All accesses, those still open first."""
    return _page(request)


@requires("secops.grant_access")
@require_POST
def admit(request: HttpRequest) -> HttpResponse:
    """Open a vendor's account for a time; its password is shown once."""
    texts = {name: text_of(request, name, 200) for name in TEXTS}
    texts["sponsor"] = f"account/{texts['sponsor'].removeprefix('account/')}"
    try:
        _, password = services.open_vendor_account(
            **texts, roles=frozenset({Role.DATA_OFFICER}), office=text_of(request, "office", 100),
            until=moment_of(request, "until"), by=actor_of(request), at=now(),
        )  # fmt: skip
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, refusal)
    return _page(request, given=password)


@requires("secops.grant_access")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End an access at once."""
    return done(
        request,
        lambda: services.end_access(
            access=number_of(request, "access"), why=text_of(request, "why", 500), by=actor_of(request), at=now()
        ),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops_access"),
        told=Said("已终止，会话和密钥立即失效。", "Ended; sessions and keys are dead."),
    )  # fmt: skip


@requires("secops.grant_access")
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """The access is still needed."""
    return done(
        request,
        lambda: services.review_access(access=number_of(request, "access"), by=actor_of(request), at=now()),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops_access"),
        told=Said("复核已登记。", "The review is kept."),
    )


def _page(request: HttpRequest, refusal: PlatformError | None = None, given: str = "") -> HttpResponse:
    found, at = third_parties.accesses(), now()
    offices = organization.office_titles()
    may = policy.allows("secops.grant_access", by=actor_of(request))
    return page(
        request,
        "staff/secops/side.html",
        title=Said("第三方访问", "Third parties' access"),
        lead=Said(
            "厂商的账号和订阅必须写明用途、范围、担保人和截止时间；到点即失效，会话和密钥同时作废。",
            "A vendor's account or subscription states its purpose, scope, sponsor and end; at that minute it is void, with its sessions and keys.",
        ),
        sides=sides("secops_access"),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        given=given,
        tables=[
            Table(
                id="access",
                caption=Said("第三方访问", "Accesses"),
                columns=COLUMNS,
                rows=[_row(one, at) for one in found],
                empty=Said("没有第三方访问。", "There is no third-party access."),
            )
        ],
        forms=_forms(request, found, offices, at) if may else [],
    )


def _row(one: Access, at: datetime) -> Row:
    return Row(
        {
            "vendor": Cell(one.vendor, under=one.contact),
            "holder": one.holder,
            "purpose": Cell(one.purpose, under=one.scope),
            "sponsor": one.sponsor,
            "until": one.until,
            "reviewed": one.reviewed_at,
            "state": [_state(one, at)],
        }
    )


def _state(one: Access, at: datetime) -> Chip:
    if one.ended_at is not None:
        return Chip(Said("已终止", "Ended"))
    if one.until <= at:
        return Chip(Said("已到期", "Over"), Tone.WARNING)
    if one.reviewed_at < at - third_parties.REVIEWED_EVERY:
        return Chip(Said("待复核", "To be reviewed"), Tone.WARNING)
    return Chip(Said("有效", "Open"), Tone.SUCCESS)


def _forms(request: HttpRequest, found: list[Access], offices: Titles, at: datetime) -> list[Form]:
    ends = (at + USUAL).astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")
    admitting = [
        Field(name=name, label=label, value=text_of(request, name, 200)) for name, label in TEXTS.items()
    ] + [
        Field(
            name="office", label=Said("所在部门", "Office"), control="select",
            choices=[Choice(each, name_of(offices, each)) for each in offices], value=text_of(request, "office", 100),
        ),
        Field(
            name="until", label=Said("截止时间", "Until"), value=ends, short=True,
            hint=Said("格式 2026-11-22T18:00，最长一年。", "As 2026-11-22T18:00, within a year."),
        ),
    ]  # fmt: skip
    forms = [
        Form(
            Said("开通厂商账号", "Open a vendor's account"), reverse("staff:secops_admit"), Said("开通", "Open"), admitting
        )
    ]  # fmt: skip
    live = [Choice(str(one.id), f"{one.vendor} · {one.holder}") for one in found if one.ended_at is None]
    if live:
        which = Field(name="access", label=Said("访问", "Access"), control="select", choices=live)
        why = Field(name="why", label=Said("理由", "Reason"))
        forms += [
            Form(
                Said("提前终止", "End it now"), reverse("staff:secops_access_end"), Said("终止", "End"),
                (which, why), is_danger=True,
            ),
            Form(Said("登记复核", "Note a review"), reverse("staff:secops_access_review"), Said("仍需要", "Still needed"), (which,)),
        ]  # fmt: skip
    return forms
