"""One consent, with whose it is; and the clerk's window: a paper consent recorded, a consent withdrawn on demand."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.market import queries, services
from shuzhi.business.market.services.consents import Choice
from shuzhi.business.market.types import Agreement
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Choice as Answer
from shuzhi.terminals.design.types import Fact, Field, Link, Said, say
from shuzhi.terminals.staff.consents.views import fields_of, offices_of, own_office, state_chip
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said

TRAIL = (Link(Said("授权", "Consents"), "/staff/consents/"),)
SCHEMES = (
    Answer("resident_id", Said("居民身份证号", "Resident identity number")),
    Answer("uscc", Said("统一社会信用代码", "Unified social credit code")),
)
EVIDENCE = Field(
    name="evidence",
    label=Said("凭据", "Evidence"),
    hint=Said("签字授权书或申请书的编号。", "The number of the signed form."),
)


@requires("market.read")
def show(request: HttpRequest, name: str) -> HttpResponse:
    """For the offices that receive, and the bureau; that it was looked at is an entry about the person."""
    return _page(request, name)


@requires("market.record")
@require_POST
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Withdraw at the window, with evidence."""
    by = actor_of(request)
    queries.grant_for(name, office=own_office(by))
    try:
        services.withdraw_consent(consent=name, by=by, at=now(), evidence=_text(request, "evidence"))
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, name, refusal)
    messages.success(request, say(Said("已撤回，即刻生效。", "Withdrawn, with effect at once.")))
    return HttpResponseRedirect(reverse("staff:consent", args=[name]))


@requires("market.record")
def record(request: HttpRequest) -> HttpResponse:
    """First the agreement, then what was agreed to."""
    chosen = _text(request, "agreement")
    every = {one.id: one for one in queries.agreements()}
    refusal: PlatformError | None = None
    if request.method == "POST" and chosen in every:
        try:
            made = services.record_for(
                agreement=chosen,
                scheme=_text(request, "scheme"),
                value=_text(request, "value"),
                choice=_choice(request, every[chosen].revision),
                by=actor_of(request),
                at=now(),
                evidence=_text(request, "evidence"),
            )
        except Forbidden:
            raise
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(Said("已登记。", "Recorded.")))
            return HttpResponseRedirect(reverse("staff:consent", args=[made.id]))
    asked = every.get(chosen)
    return page(
        request,
        "staff/consents/record.html",
        title=Said("登记纸质授权", "Record a paper consent"),
        lead=Said(
            "凭本人签字的授权书登记；授权书原件存档。",
            "By the form that the person signed; the form itself is filed.",
        ),
        trail=TRAIL,
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        agreement=asked,
        text=said(asked.text) if asked else None,
        choices=[(one.id, said(one.title)) for one in every.values()],
        fields=_questions(request, asked) if asked else (),
    )


def _page(request: HttpRequest, name: str, refusal: PlatformError | None = None) -> HttpResponse:
    by, at = actor_of(request), now()
    found = services.show_consent(consent=name, office=own_office(by), by=by, at=at)
    one, offices = found.grant, organization.office_titles()
    may = one.holds(at) and policy.allows("market.record", by=by)
    return page(
        request,
        "staff/consents/consent.html",
        title=said(one.title),
        lead=Said(one.purpose, one.purpose),
        trail=TRAIL,
        chips=[state_chip(one, at)],
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        name=one.id,
        facts=(
            Fact(Said("谁的数据", "Whose data"), found.value or Said("未登记标识", "No identifier")),
            Fact(Said("数据", "Data"), fields_of(one)),
            Fact(Said("接收部门", "Offices"), offices_of(one.receivers, offices)),
            Fact(Said("期限", "Period"), f"{day_of(one.since)} – {day_of(one.until)}"),
            Fact(Said("文本版本", "Version of the text"), one.version or "—"),
            Fact(Said("授权编号", "Number"), one.id),
        ),
        text=said(one.text),
        evidence=EVIDENCE if may else None,
    )


def _choice(request: HttpRequest, revision: str) -> Choice:
    days = request.POST.get("days", "")
    return Choice(
        revision=revision,
        receivers=tuple(dict.fromkeys(map(storable, request.POST.getlist("receivers")[:100]))),
        fields=tuple(dict.fromkeys(map(storable, request.POST.getlist("fields")[:100]))),
        days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0,  # noqa: PLR2004
    )


def _questions(request: HttpRequest, asked: Agreement) -> Sequence[Field]:
    offices = organization.office_titles()
    return (
        Field(
            name="scheme",
            label=Said("证件种类", "Kind of identifier"),
            control="radio",
            choices=SCHEMES,
            value=_text(request, "scheme") or "resident_id",
        ),
        Field(name="value", label=Said("证件号码", "Identifier"), value=_text(request, "value"), short=True),
        Field(
            name="receivers",
            label=Said("给哪些部门", "Which offices"),
            control="checkbox",
            value=request.POST.getlist("receivers"),
            choices=[Answer(each, name_of(offices, each)) for each in asked.receivers],
        ),
        Field(
            name="fields",
            label=Said("提供哪些数据", "Which data"),
            control="checkbox",
            value=request.POST.getlist("fields"),
            choices=[Answer(each, name_of(asked.labels, each)) for each in asked.fields],
        ),
        Field(
            name="days",
            label=Said("授权天数", "Days"),
            hint=Said(f"最长 {asked.days} 天。", f"At most {asked.days}."),
            value=_text(request, "days") or str(asked.days),
            inputmode="numeric",
            short=True,
        ),
        EVIDENCE,
    )


def _text(request: HttpRequest, name: str) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return storable(given.get(name, "")).strip()[:300]
