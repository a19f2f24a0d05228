"""One case: materials, why it was decided so, history, and what this person may do now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.matters.cases import clock, queries, services
from shuzhi.business.matters.cases.standing import masked
from shuzhi.business.matters.cases.types import (
    ACTION_TITLES,
    DELIVERY_TITLES,
    HAD_TITLES,
    Action,
    CameFile,
    Case,
    CaseMaterial,
    CaseStep,
    Crossed,
    Delivery,
    Had,
    Point,
    State,
)
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import money
from shuzhi.support.payments.types import Order
from shuzhi.terminals.design.types import Chip, Choice, Fact, Field, Link, Moment, Said, Timeline, Tone, say
from shuzhi.terminals.filling.downloading import as_download
from shuzhi.terminals.staff.matters.views import INSTANT, LATE, channel_title, state_chip
from shuzhi.terminals.staff.payments.views import state_chip as order_chip
from shuzhi.terminals.staff.shell import actor_of, name_of, page, said

REVIEWS = {"dossier": "staff:dossier", "process": "staff:case"}
CASES = Link(Said("办件", "Cases"), "/staff/matters/")
NOTE = Field(name="note", label=Said("办理意见", "Note"), control="textarea")
REASON = Field(name="note", label=Said("理由", "Reason"), control="textarea")
POINTS = Field(
    name="points",
    label=Said("需要补正的全部内容", "Everything that must be corrected"),
    hint=Said(
        "一行写一项：内容：怎样补正。只能告知一次。", "One thing a line: what: how. It can be asked for once."
    ),
    control="textarea",
)
WAY = Field(
    name="way",
    label=Said("送达方式", "How"),
    control="select",
    value=Delivery.WINDOW.value,
    choices=[Choice(each.value, said(DELIVERY_TITLES[each])) for each in Delivery],
)
OPTIONAL = Field(name="note", label=Said("办理意见", "Note"), control="textarea", required=False)


@requires("matters.read")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The case's page."""
    by = actor_of(request)
    found = queries.staff_case(number, by=by, at=now())
    offices = organization.office_titles()
    late = [*([LATE] if found.is_late else []), *([INSTANT] if found.is_instant else [])]
    return page(
        request,
        "staff/matters/case.html",
        title=said(found.title),
        trail=(CASES,),
        chips=[state_chip(found.state), *late],
        doors=_doors(found),
        number=found.number,
        version=found.version,
        facts=_facts(found, name_of(offices, found.office)) + _elsewhere(found.number),
        reason=found.reason,
        points=found.points,
        materials=[_material(each) for each in found.materials],
        files=[_file(found.number, each) for each in queries.came_files(found.number)],
        explanation=[said(line) for line in queries.explanation(found.number)],
        commitment=found.commitment,
        fees=_fees(found),
        timeline=Timeline(
            Said("办理经过", "What was done"),
            [_moment(each) for each in reversed(queries.history(found.number))],
        ),
        steps=_steps(found, by),
    )


@requires("matters.handle")
def came_file(request: HttpRequest, number: str, field: str, sha256: str) -> FileResponse:
    """A file that came with the case from another node, for the clerks of its office."""
    by = actor_of(request)
    return as_download(*services.open_file(case=number, field=field, sha256=sha256, by=by, at=now()))


@requires("matters.read")
@require_POST
def act(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Take the next step, on the case as it was seen."""
    asked = request.POST
    version = asked.get("version", "")
    note = asked.get("note", "")
    given: dict[str, Any] = {
        "case": number, "by": actor_of(request), "at": now(),
        "version": int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else None,  # noqa: PLR2004
    }  # fmt: skip
    acts: dict[str, Callable[[], Case]] = {
        "accept": lambda: services.accept(**given),
        "reject": lambda: services.reject(reason=note, **given),
        "ask": lambda: services.ask_correction(points=_points(asked.get("points", "")), **given),
        "grant": lambda: services.decide(granted=True, note=note, **given),
        "refuse": lambda: services.decide(granted=False, note=note, **given),
        "deliver": lambda: services.deliver(way=_way(asked.get("way", "")), note=note, **given),
    }
    if what not in acts:
        raise Http404
    try:
        acts[what]()
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said("已办理。", "Done.")))
    return HttpResponseRedirect(reverse("staff:matter_case", args=[number]))


def _elsewhere(number: str) -> list[Fact]:
    """Where another node handles the case, and why it waits."""
    crossed = queries.crossing(number)
    if crossed is None:
        return []
    return [
        Fact(Said("由对方节点办理", "Handled by the node"), said(crossed.title)),
        Fact(Said("对方办件编号", "Its number there"), crossed.number or None),
        Fact(Said("传递情况", "On its way"), _on_its_way(crossed)),
        Fact(Said("对方证照编号", "Credential there"), crossed.credential.get("number")),
    ]


def _fees(found: Case) -> list[dict[str, Any]]:
    """What the case costs, why, and how each order stands."""
    placed = queries.fees(found.number)
    return [
        {
            "title": said(one.title),
            "amount": money.said(one.fen),
            "because": one.because,
            "let_off": one.let_off,
            "orders": [
                (_order_page(each, found.office), order_chip(each.state))
                for each in placed
                if queries.part_of(each) == one.part
            ],
        }
        for one in queries.assessed_fees(found.number)
    ]


def _order_page(order: Order, office: str) -> str:
    """The order's page, for the office that it belongs to."""
    return reverse("staff:payment_order", args=[order.number]) if order.office == office else ""


def _on_its_way(crossed: Crossed) -> Said | None:
    """Why it waits, or how much of its files has gone."""
    if crossed.waits:
        return said(crossed.waits)
    if not crossed.of_pieces:
        return None
    share = f"{crossed.pieces}/{crossed.of_pieces}"
    return Said(f"材料正在分片传送（{share}）", f"its files are on their way ({share})")


def _facts(found: Case, office: Said) -> list[Fact]:
    return [
        Fact(Said("办件编号", "Number"), found.number),
        Fact(Said("申请人", "Applicant"), masked(found.holder)),
        Fact(Said("渠道", "Channel"), channel_title(found.channel)),
        Fact(Said("部门", "Office"), office),
        Fact(Said("提交时间", "Submitted"), found.opened_at),
        Fact(Said("受理时间", "Accepted"), found.accepted_at),
        Fact(Said("期限", "Due"), clock.said(found.due_at) if found.is_open else None),
        Fact(Said("决定时间", "Decided"), found.decided_at),
        Fact(Said("送达方式", "Delivery"), said(DELIVERY_TITLES[found.delivery])),
        Fact(Said("证照编号", "Credential"), found.credential or None),
        Fact(Said("归档时间", "Filed"), found.archived_at),
    ]


def _doors(found: Case) -> list[Link]:
    """Where it is reviewed, objected to, checked; and the form as it was handed in."""
    doors = []
    for reference, title in (
        (found.review, Said("审查", "Review")),
        (found.objection, Said("异议", "Objection")),
        (found.check, Said("承诺核查", "Check")),
    ):
        kind, _, number = reference.partition("/")
        if kind in REVIEWS:
            route = REVIEWS[kind]
            doors.append(Link(title, reverse(route, args=[int(number)])))
    if found.submission:
        doors.append(Link(Said("提交的表单", "Form"), reverse("staff:submission", args=[found.submission])))
    return doors


def _material(one: CaseMaterial) -> dict[str, Any]:
    tone = Tone.DANGER if one.had is Had.MISSING else Tone.NEUTRAL
    return {"title": one.title, "chip": Chip(said(HAD_TITLES[one.had]), tone), "reference": one.reference}


def _file(number: str, one: CameFile) -> dict[str, Any]:
    """A file that came with the case, and where it is to be had."""
    address = reverse("staff:matter_file", args=[number, one.field, one.sha256])
    return {"file": one, "url": "" if one.erased_at else address}


def _moment(step: CaseStep) -> Moment:
    return Moment(
        at=step.at, title=said(ACTION_TITLES[Action(step.action)]), by=step.by_title, says=step.note
    )


def _steps(found: Case, by: Actor) -> list[dict[str, Any]]:
    """The steps that this person may take now, each with its questions."""
    handles = policy.allows("matters.handle", by=by, office=found.office)
    decides = policy.allows("matters.decide", by=by, office=found.office)
    open_ = found.state in (State.SUBMITTED, State.ACCEPTED)
    if found.review.startswith("node/"):
        return []  # the other node's clerks take its steps
    possible = [
        ("accept", Said("受理", "Accept"), [], handles and found.state is State.SUBMITTED and not found.missing),
        ("grant", Said("准予", "Grant"), [OPTIONAL], decides and found.state is State.ACCEPTED and not found.review),
        ("refuse", Said("不予批准", "Refuse"), [REASON], decides and found.state is State.ACCEPTED and not found.review),
        ("ask", Said("一次性告知补正", "Ask for corrections"), [POINTS], handles and open_ and not found.points),
        ("reject", Said("不予受理", "Do not accept"), [REASON], handles and found.state is State.SUBMITTED),
        ("deliver", Said("送达", "Deliver"), [WAY, OPTIONAL], handles and found.state is State.GRANTED and found.is_open),
    ]  # fmt: skip
    return [{"id": name, "title": title, "fields": fields} for name, title, fields, may in possible if may]


def _points(text: str) -> list[Point]:
    """A line each; what stands behind the first colon says how."""
    lines = [line.strip() for line in text.replace(":", "：").splitlines() if line.strip()]
    return [Point(what, how) for what, _, how in (line.partition("：") for line in lines)]


def _way(asked: str) -> Delivery:
    return Delivery(asked) if asked in set(Delivery) else Delivery.WINDOW
