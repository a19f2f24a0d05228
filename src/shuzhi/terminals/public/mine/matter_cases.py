"""My cases of matters (我的办件): begin one, see where it stands and why it was decided so, correct it, object, withdraw, rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.halls import services as halls
from shuzhi.business.matters.cases import clock, queries, services
from shuzhi.business.matters.cases.services.committing import statement
from shuzhi.business.matters.cases.services.refilling import form_of
from shuzhi.business.matters.cases.types import (
    ACTION_TITLES,
    HAD_TITLES,
    STATE_TITLES,
    Action,
    Case,
    CaseMaterial,
    CaseStep,
    Had,
    State,
)
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.types import MatterDeclaration, Source
from shuzhi.foundation.clock import CHINA, day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms
from shuzhi.support.forms.types import Filling
from shuzhi.support.payments import money
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments.types import LIVE, Kind, Order
from shuzhi.support.payments.types import STATE_TITLES as ORDER_TITLES
from shuzhi.support.workflow.errors import NoSuchCase as NoSuchProcessCase
from shuzhi.support.workflow.processes import progress
from shuzhi.terminals.design.types import (
    Chip,
    Choice,
    Crumbs,
    Fact,
    Field,
    Link,
    Moment,
    Said,
    Timeline,
    Tone,
    say,
)
from shuzhi.terminals.public.mine.going import result_line, stage_line, todo_line, where_it_is
from shuzhi.terminals.public.mine.rating import panel
from shuzhi.terminals.public.payments.views import proven_by

REFILL = "refill"
CASES = (Link(Said("首页", "Home"), "/"), Link(Said("我的办件", "My cases"), "/my/cases/"))
TONES = {
    State.GRANTED: Tone.SUCCESS, State.REFUSED: Tone.WARNING, State.NOT_ACCEPTED: Tone.WARNING,
    State.REVOKED: Tone.DANGER, State.WITHDRAWN: Tone.NEUTRAL,
}  # fmt: skip
WORDS = Field(name="note", label=Said("说明", "What you want to say"), control="textarea")
OPTIONAL = Field(name="note", label=Said("说明", "A word"), control="textarea", required=False)


def lines(by: Actor, at: datetime) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Those under way, and those that are over, as the list of cases shows them."""
    found = queries.own_cases(by=by, at=at)
    return [_line(each) for each in found if each.is_open], [
        _line(each) for each in found if not each.is_open
    ]


def reviews(by: Actor, at: datetime) -> dict[str, str]:
    """The journeys and loops that review somebody's cases, and the numbers of these."""
    return {each.review: each.number for each in queries.own_cases(by=by, at=at) if each.review}


@requires("workflow.mine")
def new(request: HttpRequest, matter: str) -> HttpResponse:
    """Begin a matter that has no form: what is fetched is said before; one button, and what a rule can decide is decided."""
    declared = library.matter(matter).declaration
    if not declared.can_begin:
        raise Http404
    if request.method == "POST":
        return _submitted(request, declared)
    return _asked(request, declared)


@requires("workflow.mine")
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case of one's own."""
    return _page(request, number)


@requires("workflow.mine")
@require_POST
def act(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Correct, withdraw, object, or have a person look at it."""
    note = request.POST.get("note", "")
    given: dict[str, Any] = {"case": number, "by": _actor(request), "at": now()}
    acts: dict[str, Callable[[], Case]] = {
        "correct": lambda: services.correct(note=storable(note)[:2000], **given),
        "withdraw": lambda: services.withdraw(note=storable(note)[:2000], **given),
        "object": lambda: services.object_to(said=storable(note), **given),
        "hand-over": lambda: services.hand_over(note=storable(note)[:2000], **given),
    }
    if what not in acts and what != REFILL:
        raise Http404
    try:
        if what == REFILL:
            return _to_form(services.refill(**given))
        acts[what]()
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, number, refusal=refusal)
    messages.success(request, say(Said("已收到。", "Received.")))
    return HttpResponseRedirect(reverse("public:my-matter-case", args=(number,)))


def _to_form(begun: Filling) -> HttpResponse:
    first = forms.form_of(begun).declaration.layout.pages[0].id
    return HttpResponseRedirect(reverse("public:filling_page", args=(begun.number, first)))


def _submitted(request: HttpRequest, declared: MatterDeclaration) -> HttpResponse:
    asked = request.POST
    choices = {each.id: asked[each.id] for each in declared.situations if asked.get(each.id)}
    try:
        made = services.submit(
            matter=declared.matter, choices=choices, key=asked.get("key", "")[:60] or None,
            commits=asked.get("commits") == "yes", by=_actor(request), at=now(),
        )  # fmt: skip
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _asked(request, declared, refusal=refusal)
    return HttpResponseRedirect(reverse("public:my-matter-case", args=(made.number,)))


def _asked(
    request: HttpRequest, declared: MatterDeclaration, *, refusal: PlatformError | None = None
) -> HttpResponse:
    if declared.form:
        return HttpResponseRedirect(reverse("public:form", args=(declared.form,)))
    at = now()
    context = {
        "place_now": "cases",
        "crumbs": Crumbs(CASES),
        "declared": declared,
        "fetched": [each.title for each in declared.materials if each.source in (Source.REGISTER, Source.CREDENTIAL)],
        "questions": [
            Field(
                name=each.id, label=Said(each.question.zh, each.question.en), control="select", required=False,
                choices=[Choice("", Said("请选择", "Choose")), *(Choice(one.id, Said(one.title.zh, one.title.en)) for one in each.choices)],
            )
            for each in declared.situations
        ],
        "statement": statement(declared) if declared.commitment.allowed else None,
        "key": f"page/{_actor(request).name}/{at.astimezone(CHINA):%Y%m%d%H%M%S%f}",
        "refused": Said(refusal.message_zh, str(refusal)) if refusal else None,
    }  # fmt: skip
    return render(request, "public/new_case.html", context, status=refusal.http_status if refusal else 200)


def _page(request: HttpRequest, number: str, *, refusal: PlatformError | None = None) -> HttpResponse:
    by, at = _actor(request), now()
    found = queries.own_case(number, by=by, at=at)
    offices = organization.office_titles()
    office = offices.get(found.office)
    context = {
        "place_now": "cases",
        "crumbs": Crumbs(CASES),
        "case": found,
        "chip": _chip(found),
        "answer": _answer(found, Said(office.zh, office.en) if office else Said("相关部门", "the office")),
        "elsewhere": _elsewhere(found.number),
        "points": found.points if found.state is State.CORRECTING else (),
        "credential": reverse("public:my-credential", args=(found.credential,)) if found.credential else "",
        "facts": _facts(found),
        "materials": [_material(each) for each in shown_materials(found)],
        "explanation": [Said(line.zh, line.en) for line in queries.explanation(found.number)],
        "timeline": Timeline(
            Said("办理经过", "What was done"), [_moment(each) for each in reversed(queries.history(found.number))]
        ),
        "steps": _steps(found),
        "fees": [_fee(each) for each in queries.fees(number)],
        **_together(queries.fees_to_pay(number)),
        **_journey(found, by, at, offices),
        "rating": panel(f"case/{found.number}", actor=by, at=at),
        "refused": Said(refusal.message_zh, str(refusal)) if refusal else None,
    }  # fmt: skip
    return render(
        request, "public/my_matter_case.html", context, status=refusal.http_status if refusal else 200
    )


def _journey(found: Case, by: Actor, at: datetime, offices: dict[str, Words]) -> dict[str, object]:
    """Where the case is in its process: whose turn, what came of each part, the way that it goes."""
    kind, _, number = found.review.partition("/")
    if kind != "process":
        return {}
    try:
        going = progress.own_progress(int(number), actor=by)
    except NoSuchProcessCase:
        return {}  # begun at the window: the account knows the case, not its process
    todo, said = progress.own_tasks(actor=by, today=day_of(at)), where_it_is(going, offices)
    return {
        "todo": [todo_line(each) for each in todo if each.case == going.case.id],
        # Where several have it in hand the stages say so, with their days.
        "whose_turn": said if found.is_open and len(said) == 1 else [],
        "results": [result_line(each, offices) for each in going.results],
        "stages": [stage_line(each, offices) for each in going.stages],
    }


def _answer(found: Case, office: Said) -> Said:
    """Where it stands, in a sentence."""
    due = clock.said(found.due_at)
    until_zh = (
        f"，应在{due.year}年{due.month}月{due.day}日前办完" if due and found.state is State.ACCEPTED else ""
    )
    until_en = f", due by {due:%Y-%m-%d}" if due and found.state is State.ACCEPTED else ""
    said = {
        State.SUBMITTED: Said(f"已提交，等{office.zh}受理，5个工作日内答复。", f"Submitted. {office.en} answers within five working days."),
        State.CORRECTING: Said("请补正下面列出的内容，一次补齐；补正期间不计入办理时限。", "Please correct what is listed below, all at once; the clock stands meanwhile."),
        State.ACCEPTED: Said(f"已受理，{office.zh}正在办理{until_zh}。", f"Accepted; with {office.en}{until_en}."),
        State.GRANTED: Said("办好了。" if not found.is_open else "已准予，等待送达。", "Done." if not found.is_open else "Granted; on its way to you."),
        State.REFUSED: Said(f"没有批准：{found.reason}", f"Refused: {found.reason}"),
        State.NOT_ACCEPTED: Said(f"不予受理：{found.reason}", f"Not accepted: {found.reason}"),
        State.WITHDRAWN: Said("您已撤回。", "You have withdrawn it."),
        State.REVOKED: Said(f"决定已撤销：{found.reason}", f"The decision was revoked: {found.reason}"),
    }  # fmt: skip
    return said.get(found.state, Said("在部门自建系统办理。", "Handled in the office's own system."))


def _elsewhere(number: str) -> dict[str, Any] | None:
    """Which node handles the case, what it waits for, and what came of it."""
    crossed = queries.crossing(number)
    if crossed is None:
        return None
    told = crossed.credential
    return {
        "node": Said(crossed.title.zh, crossed.title.en or crossed.title.zh),
        "number": crossed.number,
        "arrived": crossed.sent > 0,
        "waits": Said(crossed.waits.zh, crossed.waits.en) if crossed.waits else None,
        "credential": Said(told["title"]["zh"], told["title"]["en"] or told["title"]["zh"]) if told else None,
    }


@requires("workflow.mine")
def credential_elsewhere(request: HttpRequest, number: str) -> HttpResponse:
    """What the other node issued, as it signed it: a file that anybody can check against that node's keys."""
    found = queries.own_case(number, by=_actor(request), at=now())
    crossed = queries.crossing(found.number)
    if crossed is None or not crossed.credential:
        raise Http404
    response = HttpResponse(crossed.credential["file"], content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{crossed.credential["number"]}.json"'
    return response


def _facts(found: Case) -> list[Fact]:
    return [
        Fact(Said("办件编号", "Case"), found.number),
        Fact(Said("自助机查询码", "Code for the kiosk"), halls.code_of(found.number)),
        Fact(Said("提交于", "Submitted"), found.opened_at),
        Fact(Said("受理于", "Accepted"), found.accepted_at),
        Fact(Said("决定于", "Decided"), found.decided_at),
        Fact(Said("已归档", "Filed"), day_of(found.archived_at) if found.archived_at else None),
    ]


def _steps(found: Case) -> list[dict[str, Any]]:
    """What the applicant may do now."""
    decided = found.state in (State.REFUSED, State.NOT_ACCEPTED, State.GRANTED)
    waits = found.state in (State.SUBMITTED, State.CORRECTING, State.ACCEPTED)
    by_form = found.state is State.CORRECTING and bool(form_of(found.matter, found.submission))
    asked_for_person = found.state is State.REFUSED and found.is_instant
    possible = [
        (REFILL, Said("修改申请表和材料", "Change the form and its files"), None, by_form),
        ("correct", Said("已补正，提交", "Corrected: send"), OPTIONAL, found.state is State.CORRECTING),
        ("hand-over", Said("转人工办理", "Ask for a person"), OPTIONAL, asked_for_person),
        ("object", Said("提出异议", "Object"), WORDS, decided),
        ("withdraw", Said("撤回", "Withdraw"), OPTIONAL, waits),
    ]
    return [{"id": name, "title": title, "field": field} for name, title, field, may in possible if may]


def _fee(one: Order) -> dict[str, Any]:
    """An order as the case's page shows it: what, how much, whether it is paid, and the way to pay."""
    waits = one.state in LIVE
    title = ORDER_TITLES[one.state]
    given_back = Said(f"已退 {money.said(one.refunded)} 元", f"{money.said(one.refunded)} yuan given back")
    return {
        "title": one.reason,
        "amount": money.said(one.amount),
        "chip": Chip(
            Said(title.zh, title.en.capitalize()), Tone.WARNING if waits else Tone.SUCCESS if one.received else Tone.NEUTRAL
        ),
        "waits": waits,
        "until": day_of(one.expires_at) if one.expires_at and waits else None,
        "refunded": given_back if one.refunded else None,
        "url": reverse("public:my-payment", args=(one.number,)),
    }  # fmt: skip


def _together(waiting: list[Order]) -> dict[str, Any]:
    """Several orders of one case are paid on one page."""
    if len(waiting) < 2:  # noqa: PLR2004 - one is paid on its own page
        return {}
    return {"fees_in_all": money.said(sum(each.amount for each in waiting))}


def shown_materials(found: Case) -> list[CaseMaterial]:
    """The materials; what a journey's process looks up or asks for by itself is not said to be missing."""
    by_process = found.review.startswith("process/")
    return [each for each in found.materials if not (by_process and each.had is Had.MISSING)]


def _material(one: CaseMaterial) -> dict[str, Any]:
    tone = Tone.DANGER if one.had is Had.MISSING else Tone.NEUTRAL
    words = HAD_TITLES[one.had]
    return {"title": one.title, "chip": Chip(Said(words.zh, words.en), tone)}


def _moment(step: CaseStep) -> Moment:
    words = ACTION_TITLES[Action(step.action)]
    return Moment(at=step.at, title=Said(words.zh, words.en), says=step.note)


def _chip(found: Case) -> Chip:
    words = STATE_TITLES[found.state]
    return Chip(Said(words.zh, words.en), TONES.get(found.state, Tone.PRIMARY))


def todo(by: Actor, at: datetime) -> list[dict[str, object]]:
    """What is to be corrected or paid, as the list of what waits for somebody shows it."""
    found = queries.own_cases(by=by, at=at)
    open_ = {f"case/{each.number}": each for each in found if each.is_open}
    to_pay = [
        each
        for each in orders.orders_of(proven_by(by))
        if each.subject in open_ and each.state in LIVE and each.kind is Kind.CHARGE
    ]
    return [*_to_correct(found), *(_to_pay(each, open_[each.subject]) for each in to_pay)]


def _to_pay(one: Order, of: Case) -> dict[str, object]:
    return {
        "title": Said(f"缴费 {money.said(one.amount)} 元", f"Pay {money.said(one.amount)} yuan"),
        "case": of.title,
        "case_url": reverse("public:my-matter-case", args=(of.number,)),
        "until": day_of(one.expires_at) if one.expires_at else None,
        "verb": Said("去缴费", "Pay"),
        "link": reverse("public:my-payment", args=(one.number,)),
    }


def _to_correct(found: list[Case]) -> list[dict[str, object]]:
    waiting = [each for each in found if each.state is State.CORRECTING]
    return [
        {
            "title": Said("补正材料", "Correct what was asked for"),
            "case": each.title,
            "case_url": reverse("public:my-matter-case", args=(each.number,)),
            "paused": True,
            "verb": Said("去补正", "Look"),
            "link": reverse("public:my-matter-case", args=(each.number,)),
        }
        for each in waiting
    ]


def _line(found: Case) -> dict[str, object]:
    return {
        "title": found.title,
        "chip": _chip(found),
        "opened_on": day_of(found.opened_at),
        "closed_on": day_of(found.closed_at) if found.closed_at else None,
        "number": found.number,
        "url": reverse("public:my-matter-case", args=(found.number,)),
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
