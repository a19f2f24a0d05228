"""Pauses of signing in, with the way to lift them; ending sessions, one's own or, by right, somebody else's."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.support.identity import second_factor, signing_in
from shuzhi.support.identity.signing_in import Pause
from shuzhi.terminals.design.types import Choice, Column, Field, Row, Said, Table, say
from shuzhi.terminals.staff.accounts import steps
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above

KINDS = {
    "pair": Said("该地址登录该账号", "This address for this account"),
    "account": Said("该账号（所有地址）", "This account from everywhere"),
    "address": Said("该地址（所有账号）", "This address for all accounts"),
}
PAUSES = (
    Column("account", Said("账号", "Account")),
    Column("address", Said("来源地址", "Address"), "code"),
    Column("kind", Said("限制范围", "What is paused")),
    Column("failures", Said("失败次数", "Failed"), "number"),
    Column("until", Said("到何时", "Until"), "date"),
)


@requires("workflow.read")
def show(request: HttpRequest) -> HttpResponse:
    """One's own sessions; for an administrator also what is paused."""
    return _page(request)


@requires("identity.lift_pause")
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """Lift a pause before its time."""
    number = request.POST.get("pause", "")
    try:
        signing_in.lift_pause(
            pause=int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0,  # noqa: PLR2004 - digits of a bigint
            by=actor_of(request),
            at=clock.now(),
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, refusal)
    messages.success(request, say(Said("已解除限制。", "The pause is lifted.")))
    return HttpResponseRedirect(reverse("staff:sign_in"))


@requires("workflow.read")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere: oneself, or by right somebody else."""
    actor = actor_of(request)
    own = actor.name.removeprefix("account/")
    username = request.POST.get("username", "").replace("\0", "").strip() or own
    try:
        signing_in.end_sessions(username=username, by=actor, at=clock.now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, refusal)
    if username == own:
        return HttpResponseRedirect(reverse("staff:login"))
    messages.success(request, say(Said("该账号已在所有设备退出。", "The account is signed out everywhere.")))
    return HttpResponseRedirect(reverse("staff:sign_in"))


def _page(request: HttpRequest, refusal: PlatformError | None = None) -> HttpResponse:
    actor = actor_of(request)
    oversees = policy.allows("identity.lift_pause", by=actor)
    found = signing_in.pauses(by=actor, at=clock.now()) if oversees else []
    return page(
        request,
        "staff/accounts/sign_in.html",
        title=Said("登录管理", "Sign-in"),
        lead=Said(
            "您的密码、二次验证，以及在哪些设备上登录着。",
            "Your password, your second factor, and where you are signed in.",
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        oversees=oversees,
        second=steps.second_state(request),
        has_second=second_factor.is_on(actor.name.removeprefix("account/")),
        sessions=steps.own_sessions(request),
        ending=_ending(request),
        table=_table(found),
        lifting=_lifting(found),
        account=Field(name="username", label=Said("账号", "Account"), short=True),
    )


def _table(found: list[Pause]) -> Table:
    return Table(
        id="pauses",
        tall=False,
        caption=Said("正在限制", "Paused now"),
        columns=PAUSES,
        rows=[
            Row(
                {
                    "account": one.account or "—",
                    "address": one.address or "—",
                    "kind": KINDS[one.kind],
                    "failures": one.failures,
                    "until": one.until,
                }
            )
            for one in found
        ],
        empty=Said("没有被限制的登录。", "Nothing is paused."),
    )


def _ending(request: HttpRequest) -> Field | None:
    choices = [Choice(str(number), words) for number, words in steps.others(request)]
    return (
        Field(name="session", label=Said("设备", "Device"), control="select", choices=choices)
        if choices
        else None
    )


def _lifting(found: list[Pause]) -> Field | None:
    if not found:
        return None
    choices = [
        Choice(str(one.id), Said(*(f"{one.account} {one.address} · {words}" for words in _both(one))))
        for one in found
    ]
    return Field(name="pause", label=Said("解除哪一条", "Which to lift"), control="select", choices=choices)


def _both(one: Pause) -> tuple[str, str]:
    return KINDS[one.kind].zh, KINDS[one.kind].en
