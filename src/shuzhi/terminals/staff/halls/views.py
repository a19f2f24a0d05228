"""A clerk's window: whose turn it is, beginning what the person came for, handing over; the hall's day in figures."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.halls import queries, services
from shuzhi.business.halls.errors import NoSuchWindow
from shuzhi.business.halls.types import PRECEDENCE_TITLES, STATE_TITLES, HallDeclaration, Ticket, TicketState
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards.validators import check_resident_id, check_uscc
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.credentials import services as codes
from shuzhi.support.forms import queries as forms
from shuzhi.support.forms import services as filling
from shuzhi.support.forms.types import Channel
from shuzhi.support.identity.delegation.errors import NumberNotRight
from shuzhi.terminals.design.types import Chip, Choice, Column, Fact, Field, Link, Row, Said, Table, Tone, say
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

HALLS = Link(Said("服务大厅", "Service halls"), "/staff/halls/")
NEXT = (
    Column("number", Said("号票", "Number")),
    Column("queue", Said("队列", "Queue")),
    Column("precedence", Said("优先", "Precedence")),
    Column("taken", Said("取号时间", "Taken"), "date"),
)
LONGEST_CODE = 20_000
ACTS: dict[str, Callable[..., Ticket]] = {
    "call": services.call_next,
    "recall": services.recall,
    "begin": services.begin,
    "finish": services.finish,
    "pass-over": services.pass_over,
}


@requires("halls.read")
def halls(request: HttpRequest) -> HttpResponse:
    """Every hall: its windows, and its day."""
    at, by = now(), actor_of(request)
    serves = policy.allows("halls.serve", by=by)
    found = [
        (each, _figures(each), queries.waiting(each, at=at), serves and by.office in each.offices)
        for each in queries.halls()
    ]
    return page(
        request,
        "staff/halls/halls.html",
        title=Said("服务大厅", "Service halls"),
        lead=Said("选择您所在的窗口。", "Choose the window at which you sit.")
        if any(mine for *_, mine in found)
        else Said("各大厅今天的排队和办理情况。", "How the halls do today."),
        found=found,
    )


@requires("halls.serve")
def window(request: HttpRequest, hall: str, name: str) -> HttpResponse:
    """One window."""
    return _page(request, hall, name)


@requires("halls.serve")
@require_POST
def act(request: HttpRequest, hall: str, name: str, what: str) -> HttpResponse:
    """Call, call again, begin, finish, pass over, put back, send on."""
    by, at = actor_of(request), now()
    try:
        if what == "put-back":
            services.put_back(hall=hall, number=_text(request, "number"), by=by, at=at)
        elif what == "transfer":
            kind, _, target = _text(request, "to").partition(":")
            to = {"to_window": target} if kind == "window" else {"queue": target}
            services.transfer(hall=hall, window=name, by=by, at=at, **to)
        elif what in ACTS:
            ACTS[what](hall=hall, window=name, by=by, at=at)
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, hall, name, refusal)
    return HttpResponseRedirect(reverse("staff:hall_window", args=(hall, name)))


@requires("forms.assist")
@require_POST
def start(request: HttpRequest, hall: str, name: str) -> HttpResponse:
    """Begin a form for the person in front, whom their one code or number names."""
    by = actor_of(request)
    try:
        begun = filling.open_form(
            form=_text(request, "form"), by=by, at=now(), channel=Channel.WINDOW, subject=_person(request, by)
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, hall, name, refusal)
    first = forms.form_of(begun).declaration.layout.pages[0].id
    messages.success(request, say(Said("号票仍在本窗口。", "The number stays at this window.")))
    return HttpResponseRedirect(reverse("staff:filling_page", args=(begun.number, first)))


def _person(request: HttpRequest, by: Actor) -> str:
    """Who is in front: by the code that their phone shows, checked and read once, or by their number."""
    written = storable(request.POST.get("person", "").strip())[:LONGEST_CODE]
    if written.upper().startswith("SZ1:"):
        found = codes.read_code(code=written, by=by, at=now())
        return credentials.credential(found.parts[0].number).holder
    number = check_resident_id(written).repaired or check_uscc(written).repaired or written.upper()
    if not (check_resident_id(number).valid or check_uscc(number).valid):
        raise NumberNotRight
    return number


def _page(request: HttpRequest, hall: str, name: str, refusal: PlatformError | None = None) -> HttpResponse:
    declared, at = queries.hall(hall), now()
    place = declared.window(name)
    if place is None:
        raise NoSuchWindow(window=name)
    current = queries.current(hall, name, at=at)
    return page(
        request,
        "staff/halls/window.html",
        title=Said(f"{place.number} 号窗口", f"Window {place.number}"),
        lead=said(declared.title),
        trail=(HALLS,),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        hall=declared,
        window=place,
        current=current,
        chip=Chip(said(STATE_TITLES[current.state]), Tone.PRIMARY) if current else None,
        precedence=said(PRECEDENCE_TITLES[current.precedence]) if current else "",
        is_called=bool(current and current.state is TicketState.CALLED),
        sending=_sending(declared, name),
        asking=_asking(request),
        waiting=_table(declared, queries.next_tickets(declared, name, at=at)),
        passed=queries.passed_over(hall, at=at),
    )


def _sending(declared: HallDeclaration, name: str) -> Field:
    windows = [
        Choice(f"window:{each.id}", Said(f"{each.number} 号窗口 {each.title.zh}", f"Window {each.number}, {each.title.en}"))
        for each in declared.windows
        if each.id != name
    ]  # fmt: skip
    queues = [
        Choice(f"queue:{each.id}", Said(f"队列 {each.letter} {each.title.zh}", f"Queue {each.letter}, {each.title.en}"))
        for each in declared.queues
    ]  # fmt: skip
    return Field(name="to", label=Said("转到", "Send to"), control="select", choices=[*windows, *queues])


def _asking(request: HttpRequest) -> tuple[Field, ...]:
    known = [
        Choice(each.id, said(each.title))
        for each in forms.forms()
        if set(each.audience) & {"resident", "firm"} and each.within != "task"
    ]
    if not known:
        return ()
    return (
        Field(
            name="form", label=Said("办什么", "What for"), control="select", choices=known, value=_text(request, "form")
        ),
        Field(
            name="person",
            label=Said("扫一码通，或输入证件号码", "Scan the one code, or type the number"),
            autocomplete="off",
            hint=Said("身份证号、统一社会信用代码，或以 SZ1: 开头的码。", "Identity number, credit code, or SZ1: …"),
        ),
    )  # fmt: skip


def _table(declared: HallDeclaration, found: list[Ticket]) -> Table:
    queues = {each.id: said(each.title) for each in declared.queues}
    rows = [
        Row(
            {
                "number": each.number, "queue": queues.get(each.queue, each.queue),
                "precedence": said(PRECEDENCE_TITLES[each.precedence]), "taken": each.taken_at,
            }
        )
        for each in found
    ]  # fmt: skip
    return Table(
        id="waiting", tall=False, caption=Said("接下来", "Next"), columns=NEXT, rows=rows,
        empty=Said("没有人等候。", "Nobody waits."),
    )  # fmt: skip


def _figures(declared: HallDeclaration) -> list[Fact]:
    day = queries.figures(declared, day_of(now()))
    share = f"{day.in_time} / {day.counted}"
    return [
        Fact(Said("今天取号", "Numbers today"), str(day.taken)),
        Fact(Said("等候", "Waiting"), str(day.waiting)),
        Fact(Said("已办完", "Done"), str(day.done)),
        Fact(Said("过号", "Not there"), str(day.no_show)),
        Fact(Said("等候中位数（分钟）", "Median wait, minutes"), "—" if day.median_wait is None else str(day.median_wait)),
        Fact(Said("最长等候（分钟）", "Longest wait, minutes"), "—" if day.longest_wait is None else str(day.longest_wait)),
        Fact(Said(f"{declared.promised_minutes} 分钟内叫到", f"Called within {declared.promised_minutes} minutes"), share),
    ]  # fmt: skip


def _text(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "").strip())[:100]
