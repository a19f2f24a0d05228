"""Agreeing and withdrawing: one thing a page, with what follows from it in words."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.business.market import queries, services
from shuzhi.business.market.errors import NoSuchConsent
from shuzhi.business.market.services.consents import Choice
from shuzhi.business.market.types import Agreement
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Choice as Answer
from shuzhi.terminals.design.types import Confirm, Crumbs, ErrorSummary, Field, Said, say
from shuzhi.terminals.public.mine.consents import MINE, WHY, labelled, titled, whoever_asks

SPANS = (30, 90, 180, 365)


@open_to_public(WHY)
def agree(request: HttpRequest, name: str) -> HttpResponse:
    """The text, what of it is agreed to, and the button."""
    by, holder = whoever_asks(request)
    agreement = queries.agreement(name)
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            services.give_consent(
                agreement=name, individual=holder.id, choice=_chosen(request), by=by, at=now()
            )
        except PlatformError as error:
            refusal = error
        else:
            messages.success(
                request, say(Said("已授权。您可以随时撤回。", "Done. You can withdraw it at any time."))
            )
            return HttpResponseRedirect(reverse("public:my"))
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MINE),
        "agreement": agreement,
        "fields": _questions(request, agreement),
        "errors": ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None,
    }
    return render(request, "public/agree.html", context, status=refusal.http_status if refusal else 200)


@open_to_public(WHY)
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """What follows, and the button."""
    by, holder = whoever_asks(request)
    if request.method == "POST":
        services.withdraw_consent(consent=name, individual=holder.id, by=by, at=now())
        messages.success(request, say(Said("已撤回，即刻生效。", "Withdrawn, with effect at once.")))
        return HttpResponseRedirect(reverse("public:my"))
    found = next((one for one in queries.grants_of(holder.id) if one.id == name and one.is_given), None)
    if found is None:
        raise NoSuchConsent
    offices = titled(organization.office_titles(), found.receivers)
    seen = labelled(dict(found.labels), found.fields)
    confirm = Confirm(
        title=Said(f"撤回“{found.title.zh}”", f"Withdraw: {found.title.en}"),
        consequences=(
            Said(
                f"{offices.zh}从下一次查询起就查不到您的{seen.zh}。",
                f"From the next question on, {offices.en} will not be given: {seen.en}.",
            ),
            Said(
                "据此生成的批量文件不再提供，密钥销毁，备份里的也无法再读。",
                "Files made by it are not given out any more; their key is destroyed, and copies in backups can't be read.",
            ),
            Said(
                "已经取得您数据的部门会收到删除通知，须在 5 个工作日内确认；谁查过的记录保留。",
                "Offices that were given your data are told to delete them and confirm within five working days. The record of who looked remains.",
            ),
            Said("需要时可以重新授权。", "You can agree again whenever you like."),
        ),
        verb=Said("撤回授权", "Withdraw"),
        action_url=reverse("public:my-withdrawal", args=[found.id]),
        back_url=reverse("public:my"),
        danger=True,
    )
    return render(
        request, "public/withdraw.html", {"place_now": "my", "crumbs": Crumbs(MINE), "confirm": confirm}
    )


def _chosen(request: HttpRequest) -> Choice:
    days = request.POST.get("days", "")
    return Choice(
        revision=request.POST.get("revision", "")[:60].replace("\0", ""),
        receivers=tuple(dict.fromkeys(request.POST.getlist("receivers")[:100])),
        fields=tuple(dict.fromkeys(request.POST.getlist("fields")[:100])),
        days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0,  # noqa: PLR2004
    )


def _questions(request: HttpRequest, agreement: Agreement) -> tuple[Field, ...]:
    """Nothing is chosen beforehand: whoever agrees says to what."""
    offices = organization.office_titles()
    spans = sorted({days for days in SPANS if days < agreement.days} | {agreement.days})
    return (
        Field(
            name="receivers",
            label=Said("给哪些部门", "Which offices"),
            control="checkbox",
            value=request.POST.getlist("receivers"),
            choices=[Answer(each, _named(offices, each)) for each in agreement.receivers],
        ),
        Field(
            name="fields",
            label=Said("提供哪些数据", "Which data"),
            control="checkbox",
            value=request.POST.getlist("fields"),
            choices=[Answer(each, _named(dict(agreement.labels), each)) for each in agreement.fields],
        ),
        Field(
            name="days",
            label=Said("多久", "For how long"),
            control="radio",
            value=request.POST.get("days", str(spans[0])),
            choices=[Answer(str(days), Said(f"{days} 天", f"{days} days")) for days in spans],
        ),
    )


def _named(titles: dict[str, Words], name: str) -> Said:
    found = titles.get(name)
    return Said(found.zh, found.en) if found else Said(name, name)
