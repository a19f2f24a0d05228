"""What the pages of security operation share: their tabs, their forms, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.terminals.design.types import Field, Said, Tab, Tabs, Words, say

SIDES = (
    ("secops", Said("安全事件", "Incidents")),
    ("secops_assets", Said("资产清单", "Assets")),
    ("secops_access", Said("第三方访问", "Third parties")),
    ("secops_drills", Said("演练", "Drills")),
    ("secops_assessment", Said("自评估", "Self-assessment")),
)
DIGITS = 12
CALLERS = {
    "account": Said("账号", "Account"),
    "subscription": Said("订阅", "Subscription"),
    "device": Said("设备", "Device"),
    "node": Said("节点", "Node"),
    "office": Said("部门", "Office"),
}
SUSPENDED = ("account/", "subscription/")
"""Callers that the platform itself can cut off."""


def caller_title(caller: str) -> Said:
    """Who or what an incident is about, in words: `account/bureau` is the account named bureau."""
    kind, _, name = caller.partition("/")
    known = CALLERS.get(kind)
    return Said(f"{known.zh} {name}", f"{known.en} {name}") if known and name else Said(caller, caller)


@dataclass(frozen=True)
class Form:
    """A form on a card of its own."""

    title: Words
    url: str
    verb: Words
    fields: Sequence[Field] = field(default_factory=tuple)
    text: Words = ""
    is_danger: bool = False


def sides(on: str) -> Tabs:
    """The five sides of security operation."""
    return Tabs(
        Said("安全运营", "Security operation"),
        [Tab(label, reverse(f"staff:{route}"), on=route == on) for route, label in SIDES],
    )


def done(
    request: HttpRequest,
    act: Callable[[], object],
    again: Callable[[PlatformError], HttpResponse],
    *,
    to: str,
    told: Said,
) -> HttpResponse:
    """Do it and go on; what is refused stands above the form."""
    try:
        act()
    except Forbidden:
        raise
    except PlatformError as refusal:
        return again(refusal)
    messages.success(request, say(told))
    return HttpResponseRedirect(to)


def text_of(request: HttpRequest, name: str, most: int = 2_000) -> str:
    """What was written into a field; PostgreSQL's text knows no NUL."""
    return request.POST.get(name, "").replace("\0", "").strip()[:most]


def number_of(request: HttpRequest, name: str) -> int:
    """A number as written; 0 where it is none, which is nobody's."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0


def day_of_field(request: HttpRequest, name: str) -> date:
    """A day as written; one that is over where it is none."""
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        return date(1970, 1, 1)


def moment_of(request: HttpRequest, name: str) -> datetime:
    """A moment in China as a browser writes it; one that is over where it is none."""
    try:
        return datetime.fromisoformat(request.POST.get(name, "")).replace(tzinfo=CHINA)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=CHINA)
