"""The window's forms: for whom, the same pages as the person would see, and what the window has under way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.standards.validators import check_resident_id, check_uscc
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.types import AT_WORK, Channel, State
from shuzhi.terminals.design.types import ErrorSummary, Field, Link, Said
from shuzhi.terminals.filling import answering
from shuzhi.terminals.filling.answering import End
from shuzhi.terminals.staff.shell import actor_of, page

END = End("staff/forms/base.html", "staff")
NUMBER = Said(
    "办事人的公民身份号码或统一社会信用代码", "The person's identity number, or the firm's credit code"
)


@requires("forms.assist")
def forms(request: HttpRequest) -> HttpResponse:
    """The forms that a window can fill in, and those under way."""
    return _page(request)


@requires("forms.assist")
@require_POST
def start(request: HttpRequest, form_id: str) -> HttpResponse:
    """Begin a form for the person at the window."""
    written = request.POST.get("subject", "").strip()
    number = check_resident_id(written).repaired or check_uscc(written).repaired or written.upper()
    if not (check_resident_id(number).valid or check_uscc(number).valid):
        return _page(request, wrong=form_id, written=written)
    begun = services.open_form(
        form=form_id, by=actor_of(request), at=now(), channel=Channel.WINDOW, subject=number
    )
    first = queries.form_of(begun).declaration.layout.pages[0].id
    return HttpResponseRedirect(reverse("staff:filling_page", args=(begun.number, first)))


@requires("forms.work")
def filling_page(request: HttpRequest, filling: str, page_id: str) -> HttpResponse:
    """One page of a form."""
    return answering.show_page(request, END, filling, page_id)


@requires("forms.work")
def filling_check(request: HttpRequest, filling: str) -> HttpResponse:
    """Everything once more, and submitting."""
    return answering.show_check(request, END, filling)


@requires("forms.work")
def filling_done(request: HttpRequest, filling: str) -> HttpResponse:
    """The receipt."""
    return answering.show_done(request, END, filling)


def _page(request: HttpRequest, wrong: str = "", written: str = "") -> HttpResponse:
    error = Said("号码不对，请核对 18 位", "This number is wrong; check its 18 characters") if wrong else ""
    fields = {
        each.id: Field(
            name=f"subject-{each.id}",
            label=NUMBER,
            value=written if each.id == wrong else "",
            error=error if each.id == wrong else "",
        )
        for each in queries.forms()
    }
    mine = [each for each in queries.fillings(by=actor_of(request)) if each.channel in AT_WORK]
    under_way = [
        (
            each,
            reverse(
                "staff:filling_page", args=(each.number, queries.form_of(each).declaration.layout.pages[0].id)
            ),
        )
        for each in mine
        if each.state is State.DRAFT
    ]
    return page(
        request,
        "staff/forms/forms.html",
        title=Said("窗口填表", "Forms at the window"),
        lead=Said("与办事人一起填，登记信息自动带出。", "Fill in with the person who came; registers help."),
        doors=(Link(Said("收到的表", "Submissions"), reverse("staff:submissions")),),
        errors=ErrorSummary(fields=[fields[wrong]]) if wrong in fields else None,
        status=422 if wrong else 200,
        forms=[(each, fields[each.id]) for each in queries.forms()],
        under_way=under_way,
    )
