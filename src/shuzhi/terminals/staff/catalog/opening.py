"""Opening a data set to the public, and taking it back: checks first, consequences in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.catalog.types import Access, Entry
from shuzhi.data.opendata import jobs, queries, services
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.licences import LICENCES
from shuzhi.data.opendata.types import OpeningCheck, OpeningPlan, Release
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Choice, Confirm, Fact, Field, Running, Said, say
from shuzhi.terminals.staff.catalog import opening_turn
from shuzhi.terminals.staff.catalog.opening_turn import NotOpened
from shuzhi.terminals.staff.shell import actor_of, name_of, said


@dataclass(frozen=True)
class Opening:
    """The last stop of a data set's life, as its page shows it."""

    facts: list[Fact]
    checks: tuple[OpeningCheck, ...] = ()
    form: Confirm | None = None
    withdraw: Confirm | None = None
    public_url: str = ""
    under_way: Running | None = None
    not_opened: NotOpened | None = None


@requires("opendata.open")
@require_POST
def open_it(request: HttpRequest, dataset: str) -> HttpResponse:
    """Ask for it to be opened, or released anew; the data set's page shows how far it is and what became of it."""
    licence = request.POST.get("licence", "")
    try:
        jobs.ask_for_opening(
            dataset=dataset, by=actor_of(request), at=now(), licence=licence if licence in LICENCES else None
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    return _back(dataset)


@requires("opendata.open")
@require_POST
def withdraw(request: HttpRequest, dataset: str) -> HttpResponse:
    """Take it back; the public page says from now on that it is not open."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, say(Said("撤回要写明理由。", "Say why it is withdrawn.")))
        return _back(dataset)
    try:
        services.withdraw_release(dataset=dataset, by=actor_of(request), at=now(), reason=reason)
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said("已撤回，不再对外提供。", "Withdrawn; it is no longer served.")))
    return _back(dataset)


def _back(dataset: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("staff:dataset", args=[dataset]) + "#open")


def opening_of(entry: Entry, *, actor: Actor) -> Opening:
    """The release, if there is one; the checks and the forms for those who may."""
    release = _release(entry)
    may = policy.allows("opendata.open", by=actor, office=entry.owner)
    if not may or entry.opening is Access.NONE:
        return Opening(
            facts=_facts(release), public_url=_public(release), withdraw=_withdraw(entry, release, may=may)
        )
    plan, turn = queries.opening_plan(entry, at=now()), queries.latest_opening(entry.id)
    under_way = opening_turn.running(entry.id, turn)
    return Opening(
        facts=_facts(release),
        checks=plan.checks,
        form=_form(entry, plan, release) if plan.possible and not under_way else None,
        under_way=under_way,
        not_opened=opening_turn.not_opened(entry.id, turn),
        withdraw=_withdraw(entry, release, may=may),
        public_url=_public(release),
    )


def _release(entry: Entry) -> Release | None:
    try:
        if entry.opening is Access.CONDITIONAL:  # released to those who agree, on no public path
            return queries.conditional_release(entry.id)
        return queries.release(entry.id)
    except NotOpen:
        return None


def _public(release: Release | None) -> str:
    return reverse("public:dataset", args=[release.dataset]) if release else ""


def _facts(release: Release | None) -> list[Fact]:
    if release is None:
        return []
    return [
        Fact(Said("第几次发布", "Release"), release.number),
        Fact(Said("行数", "Rows"), release.rows),
        Fact(Said("字段", "Fields"), len(release.columns)),
        Fact(Said("脱敏字段", "Masked fields"), len(release.masked)),
        Fact(Said("格式", "Formats"), "、".join(file.format.upper() for file in release.files)),
        Fact(
            Said("许可", "Licence"),
            _licence(release.licence),
        ),
        Fact(Said("开放时间", "Opened"), release.released_at),
    ]


def _licence(licence: str) -> Said:
    """A licence by its title; what the catalog does not say is said to be missing."""
    if licence in LICENCES:
        return said(LICENCES[licence].title)
    return (
        Said("目录没有写明", "not stated in the catalog")
        if licence == "unspecified"
        else Said(licence, licence)
    )


def _form(entry: Entry, plan: OpeningPlan, release: Release | None) -> Confirm:
    names = {field.id: field.name for field in entry.schema_.fields}
    masked_zh = "、".join(name_of(names, field).zh for field in plan.masked)
    masked_en = ", ".join(name_of(names, field).en for field in plan.masked)
    total = len(entry.schema_.fields)
    lines = [
        Said(
            f"{total} 个字段中，对外给出 {len(plan.fields)} 个。",
            f"{len(plan.fields)} of its {total} fields go out.",
        ),
        Said(
            "任何人都能预览、下载、用接口取，收回后也可能已有人存下。",
            "Anyone may preview, download and call it; what is withdrawn later may have been kept.",
        ),
    ]
    if plan.masked:
        lines.insert(1, Said(f"脱敏后给出：{masked_zh}。", f"Masked: {masked_en}."))
    if release:
        lines.append(
            Said(
                f"第 {release.number} 次发布由现在的数据取代。",
                f"Release {release.number} is replaced by the rows of now.",
            )
        )
    return Confirm(
        title=Said("重新发布", "Release anew") if release else Said("向社会开放", "Open to the public"),
        consequences=lines,
        verb=Said("重新发布", "Release") if release else Said("开放", "Open"),
        action_url=reverse("staff:dataset_open", args=[entry.id]),
        back_url=reverse("staff:dataset", args=[entry.id]),
        fields=(_licence_field(entry, release),),
    )


def _licence_field(entry: Entry, release: Release | None) -> Field:
    now_used = release.licence if release else entry.schema_.licence or ""
    return Field(
        name="licence",
        label=Said("授权许可", "Licence"),
        control="select",
        short=True,
        value=now_used,
        choices=[
            *([Choice("", Said("按目录所写", "As the catalog says"))] if now_used not in LICENCES else []),
            *(Choice(id_, said(licence.title)) for id_, licence in LICENCES.items()),
        ],
    )


def _withdraw(entry: Entry, release: Release | None, *, may: bool) -> Confirm | None:
    if release is None or not may:
        return None
    return Confirm(
        title=Said("撤回开放", "Withdraw it"),
        consequences=(
            Said(
                "页面、下载和接口随即停止提供这份数据。", "Page, downloads and API stop serving it at once."
            ),
        ),
        verb=Said("撤回", "Withdraw"),
        action_url=reverse("staff:dataset_withdraw", args=[entry.id]),
        back_url=reverse("staff:dataset", args=[entry.id]),
        danger=True,
        fields=(Field(name="reason", label=Said("理由", "Reason")),),
    )
