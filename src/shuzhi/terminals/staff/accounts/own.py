"""One's own password, second factor and sessions (我的登录安全): the steps as the staff terminal shows them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Link, Said
from shuzhi.terminals.staff.accounts import steps
from shuzhi.terminals.staff.shell import page, refusal_above

SIGN_IN = Said("登录管理", "Sign-in")


@requires("workflow.read")
@require_POST
def end_one(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions."""
    steps.end_one(request)
    return HttpResponseRedirect(reverse("staff:sign_in"))


@requires("workflow.read")
def password(request: HttpRequest) -> HttpResponse:
    """Choose another password."""
    return _form(request, steps.password(request))


@requires("workflow.read")
def second(request: HttpRequest) -> HttpResponse:
    """Set up the second factor."""
    return _form(request, steps.second(request))


@requires("workflow.read")
def recovery(request: HttpRequest) -> HttpResponse:
    """Other codes of recovery."""
    return _form(request, steps.recovery(request))


@requires("workflow.read")
def off(request: HttpRequest) -> HttpResponse:
    """Give the second factor up."""
    return _form(request, steps.off(request))


def _form(request: HttpRequest, step: steps.Step | None) -> HttpResponse:
    if step is None:
        return HttpResponseRedirect(reverse("staff:sign_in"))
    return page(
        request,
        "staff/accounts/own.html",
        title=step.title,
        lead=step.lead,
        trail=(Link(SIGN_IN, reverse("staff:sign_in")),),
        errors=refusal_above(step.refusal) if step.refusal else None,
        status=step.refusal.http_status if step.refusal else 200,
        fields=step.fields,
        verb=step.verb,
        codes=step.codes,
        enrolment=step.enrolment,
        qr=step.qr,
    )
