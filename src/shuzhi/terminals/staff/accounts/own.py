"""One's own password, second factor and sessions (我的登录安全)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.guard import requires
from shuzhi.support.identity import passwords, second_factor, sessions, signing_in
from shuzhi.support.identity.sessions import Session
from shuzhi.terminals.design.types import Cell, Chip, Column, Field, Link, Row, Said, Table, Tone, say
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above
from shuzhi.terminals.staff.signing_steps import chosen_password, code_field, password_fields, qr_of

SIGN_IN = Said("登录管理", "Sign-in")
SESSIONS = (
    Column("browser", Said("设备", "Device")),
    Column("address", Said("来源地址", "Address"), "code"),
    Column("began", Said("登录时间", "Signed in"), "date"),
    Column("seen", Said("最近使用", "Last used"), "date"),
)
# What names a browser, in the order in which they hide behind each other.
BROWSERS = ("MicroMessenger", "Edg", "OPR", "Firefox", "Chrome", "Safari", "curl")
SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def own_sessions(request: HttpRequest) -> Table:
    """Where somebody is signed in now."""
    found = sessions.sessions_of(
        by=actor_of(request),
        current=request.session.session_key,
        at=clock.now(),
        idle=timedelta(minutes=settings().session_idle_minutes),
    )
    rows = [
        Row(
            {
                "browser": Cell(_device(each.browser), under=Said("本次登录", "This one"))
                if each.is_this
                else Cell(_device(each.browser)),
                "address": each.address,
                "began": each.began_at,
                "seen": each.seen_at,
            }
        )
        for each in found
    ]
    return Table(
        id="sessions", tall=False, caption=Said("在线会话", "Signed in now"), columns=SESSIONS, rows=rows,
        empty=Said("没有通过登录页开始的会话。", "No session began at the sign-in page."),
    )  # fmt: skip


def others(request: HttpRequest) -> list[tuple[int, Said]]:
    """One's other sessions, to end one of them."""
    found = sessions.sessions_of(
        by=actor_of(request),
        current=request.session.session_key,
        at=clock.now(),
        idle=timedelta(minutes=settings().session_idle_minutes),
    )
    return [(each.id, _known_by(each)) for each in found if not each.is_this]


@requires("workflow.read")
@require_POST
def end_one(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions."""
    number = request.POST.get("session", "")
    known = number.isascii() and number.isdecimal() and len(number) < 18  # noqa: PLR2004 - digits of a bigint
    is_ended = known and sessions.end_session(session=int(number), by=actor_of(request), at=clock.now())
    if is_ended:
        messages.success(request, say(Said("该设备已退出。", "That device is signed out.")))
    return HttpResponseRedirect(reverse("staff:sign_in"))


@requires("workflow.read")
def password(request: HttpRequest) -> HttpResponse:
    """Choose another password: the present one, and the new one twice."""
    actor, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            passwords.choose_password(
                username=actor.name.removeprefix("account/"),
                former=request.POST.get("former", ""),
                password=chosen_password(request),
                by=actor,
                at=clock.now(),
            )
        except PlatformError as error:
            refusal = error
        else:
            account = signing_in.account_in_use(actor.name.removeprefix("account/"))
            if account is not None:
                update_session_auth_hash(request, account)
            messages.success(
                request,
                say(
                    Said(
                        "密码已更换，其他设备已退出。",
                        "The password is changed; other devices are signed out.",
                    )
                ),
            )
            return HttpResponseRedirect(reverse("staff:sign_in"))
    former = Field(
        name="former", label=Said("当前密码", "Present password"), control="password",
        autocomplete="current-password",
    )  # fmt: skip
    return _form(
        request,
        title=Said("修改密码", "Change password"),
        fields=(former, *password_fields()),
        verb=Said("更换密码", "Change"),
        refusal=refusal,
    )


@requires("workflow.read")
def second(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: scan, then a first code; after that the codes of recovery, once."""
    actor, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            codes = second_factor.confirm(code=_code(request), by=actor, at=clock.now())
        except PlatformError as error:
            refusal = error
        else:
            return _form(
                request, title=Said("保存恢复码", "Keep the recovery codes"), codes=codes, refusal=None
            )
    if second_factor.is_on(actor.name.removeprefix("account/")):
        return HttpResponseRedirect(reverse("staff:sign_in"))
    enrolment = second_factor.begin(by=actor, at=clock.now())
    return _form(
        request,
        title=Said("启用二次验证", "Set up the second factor"),
        fields=(code_field(),),
        verb=Said("启用", "Set up"),
        refusal=refusal,
        enrolment=enrolment,
        qr=qr_of(enrolment.uri),
    )


@requires("workflow.read")
def recovery(request: HttpRequest) -> HttpResponse:
    """Other codes of recovery, against a code."""
    refusal = None
    if request.method == "POST":
        try:
            codes = second_factor.renew_recovery(code=_code(request), by=actor_of(request), at=clock.now())
        except PlatformError as error:
            refusal = error
        else:
            return _form(
                request, title=Said("保存恢复码", "Keep the recovery codes"), codes=codes, refusal=None
            )
    return _form(
        request,
        title=Said("更换恢复码", "Other recovery codes"),
        lead=Said("原来的恢复码随即作废。", "The earlier codes are void at once."),
        fields=(code_field(),),
        verb=Said("更换", "Make others"),
        refusal=refusal,
    )


@requires("workflow.read")
def off(request: HttpRequest) -> HttpResponse:
    """Give the second factor up, against a code."""
    refusal = None
    if request.method == "POST":
        try:
            second_factor.remove(code=_code(request), by=actor_of(request), at=clock.now())
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(Said("二次验证已停用。", "The second factor is off.")))
            return HttpResponseRedirect(reverse("staff:sign_in"))
    return _form(
        request,
        title=Said("停用二次验证", "Give up the second factor"),
        lead=Said("停用后，只凭密码即可登录。", "After this a password alone signs in."),
        fields=(code_field(),),
        verb=Said("停用", "Give up"),
        refusal=refusal,
    )


def second_state(request: HttpRequest) -> Chip:
    """Whether one's own second factor is on."""
    username = actor_of(request).name.removeprefix("account/")
    if not second_factor.is_on(username):
        return Chip(Said("未启用", "Off"), Tone.WARNING)
    left = second_factor.left_of_recovery(username)
    return Chip(Said(f"已启用，剩 {left} 个恢复码", f"On, {left} recovery codes left"), Tone.SUCCESS)


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "").replace("\0", "")[:100]


def _known_by(session: Session) -> Said:
    """What tells a session from others: the device, where it is, and when it began."""
    began = localtime(session.began_at).strftime("%m-%d %H:%M")
    text = f"{_device(session.browser)} · {session.address} · {began}"
    return Said(text, text)


def _device(browser: str) -> str:
    """What of a browser's long name a person recognises."""
    name = next((each for each in BROWSERS if each in browser), "")
    system = next((each for each in SYSTEMS if each in browser), "")
    return " · ".join(each for each in (name.replace("Edg", "Edge").replace("MicroMessenger", "WeChat"), system) if each) or "—"  # fmt: skip


def _form(
    request: HttpRequest,
    *,
    title: Said,
    refusal: PlatformError | None,
    lead: Said | str = "",
    **parts: Any,
) -> HttpResponse:
    return page(
        request,
        "staff/accounts/own.html",
        title=title,
        lead=lead,
        trail=(Link(SIGN_IN, reverse("staff:sign_in")),),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        **parts,
    )
