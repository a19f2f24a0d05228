"""Who acts for whom (代办授权): giving, accepting, ending; and for whom I act now."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.standards.validators import parse_date
from shuzhi.support.forms import queries as forms
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity.delegation import queries, services
from shuzhi.support.identity.delegation.errors import ScopeNotRight
from shuzhi.support.identity.delegation.types import (
    GUARDIANS,
    KIND_TITLES,
    STATE_TITLES,
    Delegation,
    Kind,
    Offer,
    Scope,
    State,
)
from shuzhi.support.identity.middleware import ACTING
from shuzhi.terminals.design.types import Chip, Choice, Crumbs, Field, Said, Tone, say
from shuzhi.terminals.public.account.own import ACCOUNT, errors_of
from shuzhi.terminals.staff.shell import actor_of, said

TONES = {
    State.OFFERED: Tone.WARNING,
    State.IN_FORCE: Tone.SUCCESS,
    State.NOT_YET: Tone.NEUTRAL,
    State.EXPIRED: Tone.NEUTRAL,
    State.ENDED: Tone.NEUTRAL,
}
USUAL = timedelta(days=90)
LONGEST_TEXT = 100


@requires("identity.own_account")
def show(request: HttpRequest) -> HttpResponse:
    """Both lists, and the forms to give and to accept."""
    return _page(request)


@requires("identity.own_account")
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Give; the code is shown once."""
    try:
        offer = services.give(
            kind=Kind.CLERK if request.POST.get("kind") == Kind.CLERK else Kind.AGENT,
            delegate_name=_text(request, "delegate"),
            scope=_scope(request),
            by=actor_of(request),
            at=clock.now(),
        )
    except PlatformError as refusal:
        return _page(request, refusal)
    return _page(request, offer=offer)


@requires("identity.own_account")
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accept with the code that the giver told."""
    try:
        services.accept(code=_text(request, "code"), by=actor_of(request), at=clock.now())
    except PlatformError as refusal:
        return _page(request, refusal)
    messages.success(request, say(Said("已接受。", "Accepted.")))
    return HttpResponseRedirect(reverse("public:my-delegations"))


@requires("identity.own_account")
@require_POST
def accept_noted(request: HttpRequest, number: int) -> HttpResponse:
    """Accept what a counter wrote down."""
    services.accept_noted(delegation=number, by=actor_of(request), at=clock.now())
    messages.success(request, say(Said("已接受。", "Accepted.")))
    return HttpResponseRedirect(reverse("public:my-delegations"))


@requires("identity.own_account")
@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End it, with effect at once."""
    services.end(delegation=number, by=actor_of(request), at=clock.now())
    messages.success(request, say(Said("已解除，即刻生效。", "Ended, with effect at once.")))
    return HttpResponseRedirect(reverse("public:my-delegations"))


@requires("identity.own_account")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Act for somebody from now on; without a number, for oneself again."""
    number = request.POST.get("delegation", "")
    request.session.pop(ACTING, None)
    if number.isascii() and number.isdecimal() and len(number) < 18:  # noqa: PLR2004 - digits of a bigint
        found = services.begin_acting(delegation=int(number), by=actor_of(request), at=clock.now())
        request.session[ACTING] = found.id
        return HttpResponseRedirect(reverse("public:forms"))
    return HttpResponseRedirect(reverse("public:my-account"))


def _page(
    request: HttpRequest, refusal: PlatformError | None = None, *, offer: Offer | None = None
) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    context = {
        "place_now": "account",
        "crumbs": Crumbs(ACCOUNT),
        "errors": errors_of(refusal),
        "offer": offer,
        "held": [_line(each, is_held=True) for each in queries.held(by.name, at)],
        "given": [_line(each, is_held=False) for each in queries.given(by.name, at)],
        "giving": _questions(request, is_firm="uscc" in identity.proofs(by.name), today=day_of(at)),
        "accepting": Field(
            name="code", label=Said("授权码", "Code"), short=True, hint=Said("授权人告诉您的 10 位码。", "The ten characters that the giver told you."),
        ),
    }  # fmt: skip
    return render(request, "public/delegations.html", context, status=refusal.http_status if refusal else 200)


def _line(each: Delegation, *, is_held: bool) -> dict[str, object]:
    names = matters()
    over = each.state in {State.ENDED, State.EXPIRED}
    return {
        "number": each.id,
        "name": each.title if is_held else each.delegate_name,
        "kind": said(KIND_TITLES[each.kind]),
        "chip": Chip(said(STATE_TITLES[each.state]), TONES[each.state]),
        "since": each.scope.since,
        "until": each.scope.until,
        "matters": [names.get(matter, Said(matter, matter)) for matter in each.scope.matters],
        "may_act": is_held and each.state is State.IN_FORCE,
        "may_accept": is_held and each.state is State.OFFERED,
        "may_end": not over and (is_held or each.kind not in GUARDIANS),
    }


def matters() -> dict[str, Said]:
    """What can be delegated, by id: the forms that residents and firms fill in."""
    return {each.id: said(each.title) for each in forms.forms() if set(each.audience) & {"resident", "firm"}}


def _questions(request: HttpRequest, *, is_firm: bool, today: date) -> tuple[Field, ...]:
    kinds = (Kind.AGENT, Kind.CLERK) if is_firm else (Kind.AGENT,)
    asked = (
        Field(
            name="kind", label=Said("授权种类", "Kind"), control="radio", value=_text(request, "kind") or Kind.AGENT.value,
            choices=[Choice(each.value, said(KIND_TITLES[each])) for each in kinds],
        ),
    ) if is_firm else ()  # fmt: skip
    chosen = (
        Field(
            name="matters", label=Said("哪些事项", "Which matters"), control="checkbox", required=False,
            value=request.POST.getlist("matters"), hint=Said("不选就是全部事项。", "None chosen: every matter."),
            choices=[Choice(name, title) for name, title in matters().items()],
        ),
    ) if matters() else ()  # fmt: skip
    return (
        *asked,
        Field(
            name="delegate", label=Said("受托人姓名", "Name of who will act"), value=_text(request, "delegate"),
            hint=Said("与对方账号上的姓名一致。", "As on their account."), short=True,
        ),
        *chosen,
        Field(
            name="since", label=Said("从哪天起", "From"), control="date", short=True,
            value=_text(request, "since") or today.isoformat(),
        ),
        Field(
            name="until", label=Said("到哪天止", "Until"), control="date", short=True,
            value=_text(request, "until") or (today + USUAL).isoformat(),
        ),
    )  # fmt: skip


def _scope(request: HttpRequest) -> Scope:
    since, until = parse_date(_text(request, "since")), parse_date(_text(request, "until"))
    if since is None or until is None:
        raise ScopeNotRight(most=services.LONGEST.days)
    known = matters()
    return Scope(since, until, tuple(each for each in request.POST.getlist("matters") if each in known))


def _text(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "").strip())[:LONGEST_TEXT]
