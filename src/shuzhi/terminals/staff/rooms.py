"""The rail: which rooms a person may enter, by storey."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import ROLE_TITLES, Actor
from shuzhi.terminals.design.types import Room

WORK = Words(zh="我的工作", en="My work")
DATA = Words(zh="数据资源", en="Data resources")
SERVICES = Words(zh="业务应用", en="Services")
LEAD = Words(zh="看板", en="Cockpits")
PILLARS = Words(zh="安全与运维", en="Security and operation")


@dataclass(frozen=True)
class Door:
    """A room's entry in the rail and the permission that opens it."""

    title: Words
    group: Words
    route: str
    permission: str
    also: str = ""
    """Where the room's other pages begin, when that is not below its door."""


DOORS: tuple[Door, ...] = (
    Door(Words(zh="待办", en="Inbox"), WORK, "staff:home", "workflow.read", "/staff/dossiers/"),
    Door(Words(zh="窗口填表", en="Forms"), WORK, "staff:forms", "forms.assist"),
    Door(Words(zh="电子证照", en="Credentials"), WORK, "staff:credentials", "credentials.read"),
    Door(Words(zh="服务大厅", en="Service halls"), WORK, "staff:halls", "halls.read"),
    Door(Words(zh="监护登记", en="Guardians"), WORK, "staff:guardians", "identity.note_guardian"),
    Door(Words(zh="数据归集", en="Sources"), DATA, "staff:sources", "sources.read", "/staff/batches/"),
    Door(Words(zh="数据目录", en="Catalog"), DATA, "staff:catalog", "catalog.read"),
    Door(Words(zh="数据质量", en="Quality"), DATA, "staff:quality", "quality.read"),
    Door(Words(zh="基础库", en="Registers"), DATA, "staff:registers", "registers.read"),
    Door(Words(zh="数据共享", en="Exchange"), DATA, "staff:exchange", "exchange.read"),
    Door(Words(zh="授权", en="Consents"), DATA, "staff:consents", "market.read"),
    Door(Words(zh="数据产品", en="Data products"), DATA, "staff:market", "market.trade"),
    Door(Words(zh="开放大赛", en="Contests"), DATA, "staff:contests", "opendata.contest"),
    Door(Words(zh="规则", en="Rules"), DATA, "staff:rules", "decisions.read"),
    Door(Words(zh="办件", en="Cases"), SERVICES, "staff:matters", "matters.read"),
    Door(Words(zh="免申即享", en="Benefits"), SERVICES, "staff:benefits", "benefits.read"),
    Door(Words(zh="公共支付", en="Payments"), SERVICES, "staff:payments", "payments.read"),
    Door(Words(zh="电子档案", en="Archive"), SERVICES, "staff:archive", "archive.list"),
    Door(Words(zh="12345 热线", en="Hotline 12345"), SERVICES, "staff:hotline", "incidents.read"),
    Door(Words(zh="好差评", en="Ratings"), SERVICES, "staff:ratings", "ratings.read"),
    Door(Words(zh="驾驶舱", en="Cockpit"), LEAD, "staff:cockpit", "indicators.read"),
    Door(Words(zh="审计日志", en="Audit log"), PILLARS, "staff:audit", "audit.read"),
    Door(Words(zh="安全运营", en="Security operation"), PILLARS, "staff:secops", "secops.read"),
    Door(Words(zh="分级复核", en="Grading"), PILLARS, "staff:classification", "classification.read"),
    Door(Words(zh="账号管理", en="Accounts"), PILLARS, "staff:accounts", "identity.manage_accounts"),
    Door(Words(zh="登录管理", en="Sign-in"), PILLARS, "staff:sign_in", "workflow.read"),
    Door(Words(zh="应用包", en="Packs"), PILLARS, "staff:packs", "packs.read"),
)


def rail(request: HttpRequest, actor: Actor) -> list[Room]:
    """The rooms that this person may enter; the one they are in is marked."""
    rooms = []
    for door in DOORS:
        url = _url_of(door)
        if url and policy.allows(door.permission, by=actor, office=actor.office):
            inside = _is_inside(request.path, door, url)
            rooms.append(Room(title=_said(door.title), url=url, group=_said(door.group), active=inside))
    return rooms


def _is_inside(path: str, door: Door, url: str) -> bool:
    """Whether a page belongs to a room; every page lies below the workbench's own address."""
    below = path == url if door.route == "staff:home" else path.startswith(url)
    return below or bool(door.also and path.startswith(door.also))


@dataclass(frozen=True)
class Reader:
    """Who reads the page, as its header says it."""

    name: str
    office_title: Words
    role_title: Words | None


def reader_of(actor: Actor) -> Reader:
    """The signed-in person with office and role in both languages."""
    office = organization.office(actor.office) if actor.office else None
    roles = [ROLE_TITLES[role] for role in sorted(actor.roles)]
    return Reader(
        name=actor.title,
        office_title=office.title if office else Words(zh="", en=""),
        role_title=roles[0] if roles else None,
    )


def _url_of(door: Door) -> str:
    """Where a door leads; nowhere on a node whose pages leave that room out."""
    try:
        return reverse(door.route)
    except NoReverseMatch:
        return ""


def _said(words: Words) -> dict[str, str]:
    return words.model_dump()
