"""What was found for me: take it with one tap, leave it, name the right account, or appeal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from shuzhi.business.benefits import queries, services
from shuzhi.business.benefits.errors import NoSuchFinding, RecipientUnknown
from shuzhi.business.benefits.money import said
from shuzhi.business.benefits.types import STATE_TITLES, Finding, State, Verdict
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Chip, Crumbs, ErrorSummary, Fact, Field, Link, Said, Tone, say
from shuzhi.terminals.public.benefits.views import HOME
from shuzhi.terminals.public.mine.consents import whoever_asks

WHY = "everyone sees what was found for them only; whoever is not signed in is asked to"
MY_BENEFITS = (*HOME, Link(Said("我的补贴", "My benefits"), "/my/benefits/"))
TONES = {
    State.RESERVED: Tone.WARNING,
    State.PAID: Tone.SUCCESS,
    State.RETURNED: Tone.DANGER,
    State.RECOVERING: Tone.DANGER,
}
DONE = {
    "confirm": Said("已确认，款项正在拨付。", "Taken. The money is on its way."),
    "decline": Said("已放弃，资金转给下一家。", "Declined. The money goes to the next one."),
    "account": Said("账户已更正。", "The account has been put right."),
}


@open_to_public(WHY)
def my_benefits(request: HttpRequest) -> HttpResponse:
    """Everything that was found for me, and the policies that did not find me, with a way to ask why."""
    by, _ = whoever_asks(request)
    found, proven = queries.mine(by=by), queries.proven_by(by)
    have = {one.policy for one in found}
    others = [
        one.declared for one in queries.policies() if one.id not in have and one.declared.who.scheme in proven
    ]
    context = {
        "place_now": "my",
        "crumbs": Crumbs(HOME),
        "found": [_shown(one) for one in found],
        "others": others,
    }
    return render(request, "public/my_benefits.html", context)


@open_to_public(WHY)
def my_benefit(request: HttpRequest, number: int) -> HttpResponse:
    """One finding: what, why, how much, to which account; and the button."""
    by, _ = whoever_asks(request)
    refusal: PlatformError | None = None
    if request.method == "POST":
        what = request.POST.get("what", "")
        try:
            _act(request, number, what, by)
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(DONE[what if what in DONE else "confirm"]))
            return HttpResponseRedirect(f"/my/benefits/{number}/")
    found = queries.finding(number)
    declared = queries.policy(found.policy).declared
    if queries.proven_by(by).get(declared.who.scheme) != found.recipient:
        raise NoSuchFinding
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MY_BENEFITS),
        "one": _shown(found),
        "declared": declared,
        "facts": _facts(found),
        "used": _used(found),
        "lines": queries.why(found),
        "fields": _account_fields(),
        "errors": ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None,
    }
    return render(request, "public/my_benefit.html", context, status=refusal.http_status if refusal else 200)


@open_to_public(WHY)
def why_not(request: HttpRequest, policy: str) -> HttpResponse:
    """Why a policy did not find me, line by line; and an appeal, if that is wrong."""
    by, _ = whoever_asks(request)
    declared = queries.policy(policy).declared
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            made = services.appeal(policy=policy, said=_text(request, "said"), by=by, at=now())
        except PlatformError as error:
            refusal = error
        else:
            told = Said(
                f"申诉已提交，{made.due_on} 前答复。", f"Your appeal is in; it is answered by {made.due_on}."
            )
            messages.success(request, say(told))
            return HttpResponseRedirect("/my/benefits/")
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MY_BENEFITS),
        "declared": declared,
        "verdict": _verdict(policy, queries.proven_by(by).get(declared.who.scheme, "")),
        "field": Field(
            name="said",
            label=Said("哪里不对", "What is wrong"),
            control="textarea",
            value=_text(request, "said"),
            hint=Said("写明正确的情况，例如缴费月份。", "Say what is right, such as the months paid."),
        ),
        "errors": ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None,
    }
    return render(request, "public/why_not.html", context, status=refusal.http_status if refusal else 200)


def _act(request: HttpRequest, number: int, what: str, by: Actor) -> None:
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 7 else None  # noqa: PLR2004
    acts: dict[str, Callable[[], Any]] = {
        "confirm": lambda: services.confirm(finding=number, by=by, at=now(), version=seen),
        "decline": lambda: services.decline(finding=number, reason=_text(request, "reason"), by=by, at=now()),
        "account": lambda: services.name_account(
            finding=number,
            account=_text(request, "account"),
            account_name=_text(request, "account_name"),
            by=by,
            at=now(),
        ),
    }
    acts.get(what, acts["confirm"])()


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:2000]


def _verdict(name: str, recipient: str) -> Verdict | None:
    try:
        return queries.explain(name, recipient, at=now())
    except RecipientUnknown:
        return None


def _shown(one: Finding) -> dict[str, Any]:
    title = STATE_TITLES[one.state]
    place = queries.place_in_queue(one.id) if one.state is State.WAITING else 0
    return {
        "id": one.id,
        "finding": one,
        "title": queries.policy(one.policy).declared.title,
        "chip": Chip(Said(title.zh, title.en), TONES.get(one.state, Tone.NEUTRAL)),
        "amount": said(one.amount),
        "place": place,
        "may_confirm": one.state is State.RESERVED and bool(one.account_tail),
        "may_decline": one.state in {State.RESERVED, State.WAITING, State.RETURNED},
        "needs_account": one.state is State.RETURNED
        or (one.state is State.RESERVED and not one.account_tail),
        "url": f"/my/benefits/{one.id}/",
    }


def _facts(one: Finding) -> list[Fact]:
    declared = queries.policy(one.policy).declared
    bases = [each.title for each in declared.basis]
    tail = f"尾号 {one.account_tail}" if one.account_tail else "尚未登记"
    tail_en = f"ends with {one.account_tail}" if one.account_tail else "not known yet"
    facts = [
        Fact(
            Said("收款账户", "Account"),
            Said(f"{one.account_name}（{tail}）", f"{one.account_name} ({tail_en})"),
        ),
        Fact(
            Said("依据", "Basis"),
            Said(
                "；".join([*bases, *(each.zh for each in declared.notices)]),
                "; ".join([*bases, *(each.en for each in declared.notices)]),
            ),
        ),
        Fact(Said("系统找到的日期", "Found on"), day_of(one.found_at)),
    ]
    if one.confirmed_at:
        facts.append(Fact(Said("确认日期", "Taken on"), day_of(one.confirmed_at)))
    if one.paid_at:
        facts.append(Fact(Said("到账日期", "Paid on"), day_of(one.paid_at)))
    if one.reason:
        facts.append(Fact(Said("说明", "Note"), one.reason))
    return facts


def _used(one: Finding) -> list[Fact]:
    """What the rule looked at, in the order in which the policy names it."""
    declared = queries.policy(one.policy).declared
    named = declared.facts
    return [
        Fact(
            Said(named[name].zh, named[name].en) if name in named else name,
            one.facts[name] if isinstance(one.facts[name], bool) else str(one.facts[name]),
        )
        for name in declared.rule.inputs
        if one.facts.get(name) not in (None, "")
    ]


def _account_fields() -> list[Field]:
    return [
        Field(name="account_name", label=Said("户名", "Account holder"), autocomplete="off"),
        Field(
            name="account",
            label=Said("账号", "Account number"),
            inputmode="numeric",
            autocomplete="off",
            hint=Said("本单位的对公账户。", "Your firm's own account."),
        ),
    ]
