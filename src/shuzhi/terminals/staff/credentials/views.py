"""What was issued, one of them, and its state."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.support.credentials import queries, services
from shuzhi.support.credentials.types import STATE_TITLES, USE_TITLES, Credential, State
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Field, Link, Row, Said, Table, Tone, say
from shuzhi.terminals.staff.shell import (
    Titles,
    actor_of,
    asked_for,
    name_of,
    page,
    page_number,
    said,
    select_filter,
    text_filter,
)
from shuzhi.terminals.staff.shell import (
    turn as turn_page,
)

SIZE = 50
MONTH = timedelta(days=30)
TONES = {State.VALID: Tone.SUCCESS, State.SUSPENDED: Tone.WARNING, State.REVOKED: Tone.DANGER}
ACTS = {
    State.SUSPENDED: (Said("中止", "Suspend"), services.suspend, {State.VALID}),
    State.VALID: (Said("恢复", "Resume"), services.resume, {State.SUSPENDED}),
    State.REVOKED: (Said("吊销", "Revoke"), services.revoke, {State.VALID, State.SUSPENDED}),
}
COLUMNS = (
    Column("number", Said("证照编号", "Number"), "code"),
    Column("title", Said("证照", "Credential")),
    Column("office", Said("签发部门", "Issued by")),
    Column("issued", Said("签发时间", "Issued"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)
USES = (
    Column("office", Said("使用部门", "Office")),
    Column("purpose", Said("用途", "Purpose")),
    Column("at", Said("时间", "Time"), "date"),
    Column("state", Said("状态", "State")),
)


@requires("credentials.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Issued credentials by page, and how often they spared paper."""
    asked, at = asked_for(request, "number", "kind", "state"), now()
    first = (page_number(request) - 1) * SIZE
    rows, total = queries.credentials(**asked, first=first, most=SIZE)
    offices, figures = organization.office_titles(), queries.reuse_figures(since=at - MONTH, until=at)
    lead = Said(
        f"近 30 天申请调用 {figures.asked} 次，其中 {figures.used} 次免交纸质证照。",
        f"In 30 days {figures.asked} requests; {figures.used} of them spared paper.",
    )
    return page(
        request,
        "staff/credentials/list.html",
        title=Said("电子证照", "Credentials"),
        lead=lead,
        doors=(
            Link(Said("免证办：调用证照", "Ask for a credential"), reverse("staff:credentials_ask")),
            Link(Said("核验一码通", "Check a code"), reverse("staff:credentials_scan")),
        ),
        table=Table(
            id="credentials",
            caption=Said("已签发的证照", "Issued credentials"),
            columns=COLUMNS,
            rows=[_row(each, offices) for each in rows],
            query=asked,
            pages=turn_page(request, total, SIZE),
            filters=_filters(asked),
            empty=Said("没有证照。", "No credentials."),
        ),
    )


@requires("credentials.read")
def one(request: HttpRequest, number: str) -> HttpResponse:
    """A credential: facts as the reader may see them, uses, and what may be done with it."""
    return _one(request, number)


@require_POST
@requires("credentials.end")
def turn(request: HttpRequest, number: str) -> HttpResponse:
    """Suspend, resume, revoke."""
    to = next((each for each in State if each.value == request.POST.get("to")), State.SUSPENDED)
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        ACTS[to][1](number=number, reason=reason, by=actor_of(request), at=now())
    except PlatformError as refusal:
        return _one(request, number, refusal)
    messages.success(request, say(Said("已办理，状态表即时更新。", "Done; the status list says so at once.")))
    return HttpResponseRedirect(reverse("staff:credential", args=[number]))


def _one(request: HttpRequest, number: str, refusal: PlatformError | None = None) -> HttpResponse:
    found, by = queries.credential(number), actor_of(request)
    offices, kind = organization.office_titles(), queries.kind_of(number)
    seen = queries.seen_by(found, by=by, at=now())
    facts = [{"name": said(each.title), "value": seen.get(each.id)} for each in kind.fields]
    facts += [
        {"name": Said("签发部门", "Issued by"), "value": say(name_of(offices, found.office))},
        {"name": Said("签发时间", "Issued"), "value": found.issued_at},
        {"name": Said("有效期至", "Until"), "value": found.until or say(Said("长期有效", "for good"))},
        {"name": Said("状态说明", "Why"), "value": found.reason},
    ]
    may = policy.allows("credentials.end", by=by, office=found.office)
    acts = [Choice(to.value, name) for to, (name, _, sources) in ACTS.items() if found.state in sources]
    error = Said(refusal.message_zh, str(refusal)) if refusal else ""
    return page(
        request,
        "staff/credentials/one.html",
        title=said(found.title),
        lead=Said(found.number, found.number),
        trail=(Link(Said("电子证照", "Credentials"), reverse("staff:credentials")),),
        chips=[_chip(found)],
        status=refusal.http_status if refusal else 200,
        number=number,
        facts=facts,
        to=Field(name="to", label=Said("办理", "What to do"), control="radio", choices=acts, value=acts[0].value)
        if may and acts
        else None,
        reason=Field(name="reason", label=Said("原因", "Reason"), control="textarea", error=error),
        uses=Table(
            id="uses",
            tall=False,
            caption=Said("使用记录", "Uses"),
            columns=USES,
            rows=[
                Row({
                    "office": name_of(offices, each.office), "purpose": each.purpose, "at": each.asked_at,
                    "state": said(USE_TITLES[each.state]),
                })
                for each in queries.uses_of(number)
            ],
            empty=Said("还没有部门用过。", "Nobody has used it yet."),
        ),
    )  # fmt: skip


def _row(found: Credential, offices: Titles) -> Row:
    return Row(
        {
            "number": Cell(found.number, url=reverse("staff:credential", args=[found.number])),
            "title": said(found.title),
            "office": name_of(offices, found.office),
            "issued": found.issued_at,
            "state": [_chip(found)],
        }
    )


def _chip(found: Credential) -> Chip:
    return Chip(said(STATE_TITLES[found.state]), TONES[found.state])


def _filters(asked: dict[str, str]) -> list[Field]:
    every = Choice("", Said("全部", "All"))
    kinds = [Choice(each.credential, said(each.title)) for each in queries.kinds()]
    states = [Choice(each.value, said(title)) for each, title in STATE_TITLES.items()]
    return [
        text_filter(asked, "number", Said("证照编号", "Number")),
        select_filter(asked, "kind", Said("种类", "Kind"), [every, *kinds]),
        select_filter(asked, "state", Said("状态", "State"), [every, *states]),
    ]
