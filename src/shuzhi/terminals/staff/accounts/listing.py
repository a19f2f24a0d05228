"""All accounts (账号管理): finding one, opening one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import ROLE_TITLES, Role
from shuzhi.support.identity import accounts
from shuzhi.support.identity.accounts import Listed
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Field, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import (
    Titles,
    actor_of,
    asked_for,
    name_of,
    office_filter,
    page,
    refusal_above,
    said,
    text_filter,
    turn,
)

ACCOUNTS = Said("账号管理", "Accounts")
COLUMNS = (
    Column("person", Said("姓名", "Name")),
    Column("username", Said("账号", "Account"), "code"),
    Column("office", Said("部门", "Office")),
    Column("roles", Said("角色", "Roles")),
    Column("state", Said("状态", "State"), "chips"),
)
OPEN_TO_ALL = [role for role in Role if role is not Role.SYSTEM]


@requires("identity.manage_accounts")
def show(request: HttpRequest) -> HttpResponse:
    """Accounts by page, found by name and office."""
    actor, asked, offices = actor_of(request), asked_for(request, "q", "office"), organization.office_titles()
    text, office = asked.get("q", ""), asked.get("office", "")
    pages = turn(request, accounts.count(by=actor, text=text, office=office), accounts.PAGE)
    found = accounts.listed(by=actor, text=text, office=office, page=pages.number)
    return page(
        request,
        "staff/accounts/list.html",
        title=ACCOUNTS,
        lead=Said(
            "账号属于一个部门，权限只来自角色。人员调离时关闭账号，不要转给别人用。",
            "An account belongs to an office; rights come from its roles alone. Close it when somebody leaves; never hand it on.",
        ),
        chips=_unprotected(),
        doors=(Link(Said("开立账号", "Open an account"), reverse("staff:account_new")),),
        table=Table(
            id="accounts",
            caption=Said("账号", "Accounts"),
            columns=COLUMNS,
            rows=[_row(each, offices) for each in found],
            pages=pages,
            query=asked,
            filters=(
                text_filter(asked, "q", Said("姓名或账号", "Name or account"), "search"),
                office_filter(asked, offices),
            ),
            empty=Said("没有找到账号。", "No account was found."),
        ),
    )


@requires("identity.open_account")
def new(request: HttpRequest) -> HttpResponse:
    """Open an account; its password for the first time is shown once."""
    refusal: PlatformError | None = None
    if request.method == "POST":
        username = typed(request, "username")
        try:
            password = accounts.open_new(
                username=username,
                person=typed(request, "person"),
                office=typed(request, "office") or None,
                roles=roles_of(request),
                by=actor_of(request),
                at=clock.now(),
            )
        except Forbidden:
            raise
        except PlatformError as error:
            refusal = error
        else:
            return given(request, username, password)
    return page(
        request,
        "staff/accounts/new.html",
        title=Said("开立账号", "Open an account"),
        trail=(Link(ACCOUNTS, reverse("staff:accounts")),),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        fields=(
            Field(
                name="username", label=Said("账号", "Account"), short=True, value=typed(request, "username"),
                hint=Said("字母、数字、汉字和 . _ @ -", "Letters, digits, Han characters and . _ @ -"),
            ),
            Field(name="person", label=Said("姓名", "Name"), short=True, value=typed(request, "person")),
            *fields_of(typed(request, "office"), roles_of(request)),
        ),
    )  # fmt: skip


def given(request: HttpRequest, username: str, password: str) -> HttpResponse:
    """A password for the first time, shown once."""
    response = page(
        request,
        "staff/accounts/given.html",
        title=Said("一次性密码", "A password for the first time"),
        trail=(Link(ACCOUNTS, reverse("staff:accounts")),),
        username=username,
        password=password,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def fields_of(office: str, roles: frozenset[Role]) -> tuple[Field, ...]:
    """The questions for office and roles."""
    offices = organization.office_titles()
    return (
        Field(
            name="office",
            label=Said("部门", "Office"),
            control="select",
            required=False,
            value=office,
            hint=Said("办事人（居民、企业）不属于部门，留空。", "Leave it empty for residents and firms."),
            choices=[
                Choice("", Said("无", "None")),
                *(Choice(each, name_of(offices, each)) for each in offices),
            ],
        ),
        Field(
            name="roles",
            label=Said("角色", "Roles"),
            control="checkbox",
            value=[role.value for role in roles],
            choices=[Choice(role.value, said(ROLE_TITLES[role])) for role in OPEN_TO_ALL],
        ),
    )


def roles_of(request: HttpRequest) -> frozenset[Role]:
    """The roles that were ticked; what is none is left out."""
    asked = set(request.POST.getlist("roles")[:20])
    return frozenset(role for role in OPEN_TO_ALL if role.value in asked)


def typed(request: HttpRequest, name: str) -> str:
    """What somebody typed."""
    return request.POST.get(name, "").replace("\0", "").strip()[:100]


def state_chips(found: Listed) -> list[Chip]:
    """What is particular about an account."""
    chips = [] if found.is_active else [Chip(Said("已关闭", "Closed"), Tone.NEUTRAL)]
    if found.is_active and found.must_choose:
        chips.append(Chip(Said("待首次登录", "Not yet used"), Tone.WARNING))
    if found.has_second_factor:
        chips.append(Chip(Said("二次验证", "Second factor"), Tone.SUCCESS))
    if found.is_demo:
        chips.append(Chip(Said("演示", "Demonstration"), Tone.NEUTRAL))
    return chips


def _unprotected() -> list[Chip]:
    count = accounts.administrators_without_second_factor()
    said_of = Said(f"{count} 位管理员未启用二次验证", f"{count} administrators without a second factor")
    return [Chip(said_of, Tone.WARNING)] if count else []


def _row(found: Listed, offices: Titles) -> Row:
    roles = [said(ROLE_TITLES[role]) for role in found.roles]
    return Row(
        {
            "person": Cell(
                Said(found.person, found.person), url=reverse("staff:account", args=[found.username])
            ),
            "username": found.username,
            "office": name_of(offices, found.office) if found.office else "—",
            "roles": Said("、".join(each.zh for each in roles), ", ".join(each.en for each in roles)),
            "state": state_chips(found),
        }
    )
