"""Asking for an interface: purpose, basis, period, quota."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import Interface, InterfaceKind
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Choice, ErrorSummary, Fact, Field, Link, Said, say
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.answers import MISSING, NO_DAY, NO_NUMBER
from shuzhi.terminals.staff.exchange.interface import of_kind
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said

YEAR = timedelta(days=365)


class _Asked(forms.Form):
    purpose = forms.CharField(max_length=300, error_messages={"required": MISSING})
    basis = forms.CharField(max_length=300, error_messages={"required": MISSING})
    since = forms.DateField(error_messages={"required": MISSING, "invalid": NO_DAY})
    until = forms.DateField(error_messages={"required": MISSING, "invalid": NO_DAY})
    endpoint = forms.CharField(max_length=500, required=False)
    daily_quota = forms.IntegerField(
        min_value=1, error_messages={"required": MISSING, "invalid": NO_NUMBER, "min_value": NO_NUMBER}
    )


@requires("exchange.request")
def ask(request: HttpRequest, interface: str) -> HttpResponse:
    """The form, and the request that comes of it; a refusal stands above what was written."""
    found = queries.interface(interface)
    if request.method != "POST":
        return _page(request, found, _Asked(initial=_first_answers(found)))
    form = _Asked(request.POST)
    if not form.is_valid():
        return _page(request, found, form, errors=ErrorSummary(_fields(found, form)), status=422)
    actor = actor_of(request)
    try:
        made = services.request_subscription(
            interface=interface, office=actor.office or "", by=actor, at=now(), **form.cleaned_data
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, form, errors=refusal_above(refusal), status=refusal.http_status)
    messages.success(
        request, say(Said("已提交，等数据所属部门审批。", "Sent; the owning office decides first."))
    )
    return HttpResponseRedirect(reverse("staff:subscription", args=[made.id]))


def _first_answers(found: Interface) -> dict[str, object]:
    today: date = day_of(now())
    declared = found.declaration
    return {
        "basis": declared.basis[0].title,
        "since": today.isoformat(),
        "until": (today + YEAR).isoformat(),
        "daily_quota": min(1000, declared.daily_quota),
    }


def _page(
    request: HttpRequest, found: Interface, form: _Asked, *, errors: object = None, status: int = 200
) -> HttpResponse:
    offices = organization.office_titles()
    declared = found.declaration
    return page(
        request,
        "staff/exchange/ask.html",
        title=Said("申请使用接口", "Ask for an interface"),
        lead=said(declared.title),
        trail=(
            Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),
            Link(said(declared.title), reverse("staff:interface", args=[found.id])),
        ),
        errors=errors,
        status=status,
        fields=_fields(found, form),
        back=reverse("staff:interface", args=[found.id]),
        facts=[
            Fact(Said("申请部门", "Asking office"), name_of(offices, actor_of(request).office)),
            Fact(Said("提供部门", "Owner"), name_of(offices, declared.owner)),
            Fact(Said("给什么", "What it gives"), titles.INTERFACE_KINDS[declared.kind]),
            *of_kind(declared),
            Fact(
                Said("审批", "Decided by"),
                Said("数据所属部门，再到大数据局", "the owning office, then the bureau"),
            ),
            Fact(Said("时限", "Time"), Said("10 个工作日内答复", "answered within 10 working days")),
        ],
    )


def _fields(found: Interface, form: _Asked) -> list[Field]:
    declared = found.declaration
    purpose = Field(
        name="purpose",
        label=Said("用途", "Purpose"),
        control="select" if declared.purposes else "text",
        hint=Said(
            "说明办什么事要用，办事范围之外不得使用。",
            "Name the matter that needs it; it may be used for nothing else.",
        ),
        choices=[Choice(each, each) for each in declared.purposes],
    )
    where = Field(
        name="endpoint",
        label=Said("推送地址", "Push to"),
        required=False,
        hint=Said(
            "本部门接收变更的 HTTPS 网址，随申请一并审批，批准后不能改。不填则由本部门自行查询。",
            "The HTTPS address at which your office takes events; it is approved with the request and fixed then. Leave it empty to ask for events instead.",
        ),
    )
    events = declared.kind is InterfaceKind.EVENTS
    most = f"{declared.daily_quota:,d}"
    quota = Said(
        f"1 至 {most} {'条' if events else '次'}。", f"1 to {most} {'events' if events else 'calls'}."
    )
    fields = (
        purpose,
        Field(name="basis", label=Said("法律依据", "Legal basis")),
        Field(name="since", label=Said("自", "From"), control="date", short=True),
        Field(name="until", label=Said("至", "Until"), control="date", short=True),
        *((where,) if events else ()),
        Field(name="daily_quota", label=Said("每日条数", "Events a day") if events else Said("每日次数", "Calls a day"), control="number", inputmode="numeric", short=True, hint=quota),
    )  # fmt: skip
    return [field.bound(form[field.name]) for field in fields]
