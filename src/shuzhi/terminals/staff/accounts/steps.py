"""The steps by which somebody keeps their own account, the same at both ends: password, second factor, sessions.

Each reads a request and gives the form that is left to answer; None where it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import passwords, second_factor, sessions, signing_in
from shuzhi.support.identity.second_factor import Enrolment
from shuzhi.support.identity.sessions import Session
from shuzhi.terminals.design.types import Cell, Chip, Column, Field, Row, Said, Table, Tone, say
from shuzhi.terminals.staff.shell import actor_of
from shuzhi.terminals.staff.signing_steps import chosen_password, code_field, password_fields, qr_of

SESSIONS = (
    Column("browser", Said("设备", "Device")),
    Column("address", Said("来源地址", "Address"), "code"),
    Column("began", Said("登录时间", "Signed in"), "date"),
    Column("seen", Said("最近使用", "Last used"), "date"),
)
# What names a browser, in the order in which they hide behind each other.
BROWSERS = ("MicroMessenger", "Edg", "OPR", "Firefox", "Chrome", "Safari", "curl")
SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
DIGITS = 18  # of a bigint


@dataclass(frozen=True)
class Step:
    """A form to answer, or codes to keep."""

    title: Said
    lead: Said | str = ""
    fields: tuple[Field, ...] = ()
    verb: Said | str = ""
    refusal: PlatformError | None = None
    codes: tuple[str, ...] = ()
    enrolment: Enrolment | None = None
    qr: SafeString | str = ""


def password(request: HttpRequest) -> Step | None:
    """Choose another password: the present one, and the new one twice."""
    refusal = None
    if request.method == "POST":
        try:
            _choose(request, actor_of(request))
        except PlatformError as error:
            refusal = error
        else:
            return None
    former = Field(
        name="former", label=Said("当前密码", "Present password"), control="password",
        autocomplete="current-password",
    )  # fmt: skip
    return Step(
        Said("修改密码", "Change password"),
        fields=(former, *password_fields()),
        verb=Said("更换密码", "Change"),
        refusal=refusal,
    )


def second(request: HttpRequest) -> Step | None:
    """Set up the second factor: scan, then a first code; after that the codes of recovery, once."""
    by, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            return _kept(second_factor.confirm(code=_code(request), by=by, at=clock.now()))
        except PlatformError as error:
            refusal = error
    if second_factor.is_on(_name(by)):
        return None
    enrolment = second_factor.begin(by=by, at=clock.now())
    return Step(
        Said("启用二次验证", "Set up the second factor"),
        fields=(code_field(),),
        verb=Said("启用", "Set up"),
        refusal=refusal,
        enrolment=enrolment,
        qr=qr_of(enrolment.uri),
    )


def recovery(request: HttpRequest) -> Step:
    """Other codes of recovery, against a code."""
    refusal = None
    if request.method == "POST":
        try:
            return _kept(
                second_factor.renew_recovery(code=_code(request), by=actor_of(request), at=clock.now())
            )
        except PlatformError as error:
            refusal = error
    return Step(
        Said("更换恢复码", "Other recovery codes"),
        Said("原来的恢复码随即作废。", "The earlier codes are void at once."),
        (code_field(),),
        Said("更换", "Make others"),
        refusal,
    )


def off(request: HttpRequest) -> Step | None:
    """Give the second factor up, against a code."""
    refusal = None
    if request.method == "POST":
        try:
            second_factor.remove(code=_code(request), by=actor_of(request), at=clock.now())
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(Said("二次验证已停用。", "The second factor is off.")))
            return None
    return Step(
        Said("停用二次验证", "Give up the second factor"),
        Said("停用后，只凭密码即可登录。", "After this a password alone signs in."),
        (code_field(),),
        Said("停用", "Give up"),
        refusal,
    )


def end_one(request: HttpRequest) -> None:
    """End one of one's own sessions."""
    number = request.POST.get("session", "")
    known = number.isascii() and number.isdecimal() and len(number) < DIGITS
    if known and sessions.end_session(session=int(number), by=actor_of(request), at=clock.now()):
        messages.success(request, say(Said("该设备已退出。", "That device is signed out.")))


def own_sessions(request: HttpRequest) -> Table:
    """Where somebody is signed in now."""
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
        for each in _sessions(request)
    ]
    return Table(
        id="sessions", tall=False, stacks=True, caption=Said("在线会话", "Signed in now"), columns=SESSIONS, rows=rows,
        empty=Said("没有通过登录页开始的会话。", "No session began at the sign-in page."),
    )  # fmt: skip


def others(request: HttpRequest) -> list[tuple[int, Said]]:
    """One's other sessions, to end one of them."""
    return [(each.id, _known_by(each)) for each in _sessions(request) if not each.is_this]


def second_state(request: HttpRequest) -> Chip:
    """Whether one's own second factor is on."""
    username = _name(actor_of(request))
    if not second_factor.is_on(username):
        return Chip(Said("未启用", "Off"), Tone.WARNING)
    left = second_factor.left_of_recovery(username)
    return Chip(Said(f"已启用，剩 {left} 个恢复码", f"On, {left} recovery codes left"), Tone.SUCCESS)


def _sessions(request: HttpRequest) -> list[Session]:
    return sessions.sessions_of(
        by=actor_of(request),
        current=request.session.session_key,
        at=clock.now(),
        idle=timedelta(minutes=settings().session_idle_minutes),
    )


def _choose(request: HttpRequest, by: Actor) -> None:
    passwords.choose_password(
        username=_name(by),
        former=request.POST.get("former", ""),
        password=chosen_password(request),
        by=by,
        at=clock.now(),
    )
    account = signing_in.account_in_use(_name(by))
    if account is not None:
        update_session_auth_hash(request, account)
    done = Said("密码已更换，其他设备已退出。", "The password is changed; other devices are signed out.")
    messages.success(request, say(done))


def _kept(codes: tuple[str, ...]) -> Step:
    return Step(Said("保存恢复码", "Keep the recovery codes"), codes=codes)


def _name(by: Actor) -> str:
    return by.name.removeprefix("account/")


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
