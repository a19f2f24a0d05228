"""The counter writes down who is whose guardian (监护登记), by papers that it saw."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.standards.validators import parse_date
from shuzhi.support.identity.delegation import services
from shuzhi.support.identity.delegation.errors import ScopeNotRight
from shuzhi.support.identity.delegation.types import GUARDIANS, KIND_TITLES, Delegation, Kind, Scope
from shuzhi.terminals.design.types import Choice, Field, Said, say
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said


@requires("identity.note_guardian")
def guardians(request: HttpRequest) -> HttpResponse:
    """The form, and what came of it."""
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            made = _note(request)
        except Forbidden:
            raise
        except PlatformError as error:
            refusal = error
        else:
            told = Said(
                f"已登记，{made.delegate_name}登录接受后生效，到 {made.scope.until} 止。",
                f"Noted. It holds until {made.scope.until} once {made.delegate_name} accepts it.",
            )
            messages.success(request, say(told))
            return HttpResponseRedirect(reverse("staff:guardians"))
    return page(
        request,
        "staff/accounts/guardians.html",
        title=Said("监护登记", "Guardians"),
        lead=Said(
            "核对户口簿、出生医学证明或判决书原件后登记；监护人登录接受后生效。",
            "After seeing the papers themselves. It holds once the guardian has accepted it.",
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        fields=_questions(request),
    )


def _note(request: HttpRequest) -> Delegation:
    since, until = parse_date(_text(request, "since")), parse_date(_text(request, "until"))
    kind = _text(request, "kind")
    if since is None or until is None:
        raise ScopeNotRight(most=services.LONGEST_OF_GUARDIANS.days)
    return services.note_guardian(
        kind=Kind(kind) if kind in {each.value for each in GUARDIANS} else Kind.GUARDIAN_OF_MINOR,
        ward=_text(request, "ward"),
        ward_name=_text(request, "ward_name"),
        guardian=_text(request, "guardian"),
        scope=Scope(since, until),
        evidence=_text(request, "evidence"),
        by=actor_of(request),
        at=now(),
    )


def _questions(request: HttpRequest) -> tuple[Field, ...]:
    today = day_of(now())
    kinds = (Kind.GUARDIAN_OF_MINOR, Kind.GUARDIAN_OF_INCAPABLE)
    return (
        Field(
            name="kind", label=Said("监护种类", "Kind"), control="radio", value=_text(request, "kind") or kinds[0].value,
            choices=[Choice(each.value, said(KIND_TITLES[each])) for each in kinds],
        ),
        Field(name="ward_name", label=Said("被监护人姓名", "The ward's name"), value=_text(request, "ward_name"), short=True),
        Field(name="ward", label=Said("被监护人公民身份号码", "The ward's identity number"), value=_text(request, "ward"), short=True),
        Field(name="guardian", label=Said("监护人账号", "The guardian's account"), value=_text(request, "guardian"), short=True),
        Field(name="since", label=Said("从哪天起", "From"), control="date", short=True, value=_text(request, "since") or today.isoformat()),
        Field(
            name="until", label=Said("到哪天止", "Until"), control="date", short=True,
            hint=Said("未成年人最晚到满 18 周岁前一天。", "For a minor the day before the eighteenth birthday at the latest."),
            value=_text(request, "until") or (today + timedelta(days=365)).isoformat(),
        ),
        Field(name="evidence", label=Said("凭据", "Evidence"), value=_text(request, "evidence"), hint=Said("证件种类和编号。", "Which paper, and its number.")),
    )  # fmt: skip


def _text(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "").strip())[:200]
