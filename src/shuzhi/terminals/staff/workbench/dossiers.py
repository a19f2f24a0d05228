"""A dossier's page: what it is about, where it stands, whose turn it is, and the step I may take."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import ROLE_TITLES, Actor
from shuzhi.support.workflow import audience, deadlines, services
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.types import Action, Dossier, LoopDeclaration, Need, Offer, Step, Who
from shuzhi.terminals.design.types import (
    Chip,
    Confirm,
    Deadline,
    Fact,
    Field,
    Link,
    Moment,
    Said,
    Steps,
    Timeline,
    Tone,
    Why,
    say,
)
from shuzhi.terminals.design.types import Step as WayStep
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, refusal_above, said
from shuzhi.terminals.staff.workbench.hands import forms_of, handled_lines, reminding
from shuzhi.terminals.staff.workbench.subjects import fields_said, subject_title, subject_url

QUARANTINE = "quarantine"  # what quality calls the rule that every row fits its schema
SIDES = {Who.BUREAU: Said("大数据局", "the data bureau"), Who.ANY: Said("", "")}
FACT_NAMES = {
    "purpose": Said("用途", "Purpose"),
    "basis": Said("依据", "Basis"),
    "way": Said("使用方式", "Way of use"),
    "days": Said("天数", "Days"),
    "asker": Said("申请人", "Asked by"),
    "url": Said("网址", "Address"),
    "contest": Said("参加的大赛", "Contest"),
    "fields": Said("字段", "Fields"),
    "office": Said("申请部门", "Asking office"),
    "rule": Said("规则", "Rule"),
    "batch": Said("批次", "Batch"),
    "failed": Said("问题行数", "Failing rows"),
    "dataset": Said("数据集", "Data set"),
    "checked": Said("检查行数", "Rows checked"),
    "run": Said("检查编号", "Check"),
    "dimension": Said("质量维度", "Dimension"),
    "message": Said("说明", "Explanation"),
    "severity": Said("严重程度", "Severity"),
    "quarantined": Said("隔离行数", "Quarantined rows"),
}


@requires("workflow.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """The whole dossier."""
    return _page(request, workflow.readable_dossier(number, actor=actor_of(request)))


@requires("workflow.act")
@require_POST
def step(request: HttpRequest, number: int, action: str) -> HttpResponse:
    """Take a step; what is refused is said above the form, and nothing that was written is lost."""
    actor = actor_of(request)
    found = workflow.readable_dossier(number, actor=actor)
    seen = request.POST.get("version", "")
    text = request.POST.get(f"evidence-{action}", "").strip()
    try:
        services.act(
            dossier=number,
            action=action,
            by=actor,
            at=now(),
            note=request.POST.get(f"note-{action}", ""),
            evidence={"text": text} if text else {},
            version=int(seen) if seen.isascii() and seen.isdecimal() else None,
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    messages.success(
        request, say(Said("已办理，下一步已通知经办方。", "Done. The next party has it in their inbox."))
    )
    return HttpResponseRedirect(reverse("staff:dossier", args=[number]))


def _page(request: HttpRequest, found: Dossier, *, refusal: PlatformError | None = None) -> HttpResponse:
    actor = actor_of(request)
    titles = organization.office_titles()
    loop = workflow.version(found.loop_version)
    steps = workflow.history(found.id)
    return page(
        request,
        "staff/workbench/dossier.html",
        title=said(found.title),
        chips=[
            Chip(said(found.loop_title)),
            Chip(said(found.state_title), Tone.PRIMARY if found.is_open else Tone.SUCCESS),
            *_deadline(found, loop),
        ],
        trail=(Link(Said("待办", "Inbox"), reverse("staff:home")),),
        way=_way(loop, found, steps),
        drawing=reverse("staff:dossier_drawing", args=[found.id]),
        turn=_turn(loop, found, actor, titles),
        about=_about(found, titles),
        history=_history(steps, titles, found),
        forms=_forms(found, loop, actor, request, titles),
        hands=_hands(found, actor),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
    )


def _deadline(found: Dossier, loop: LoopDeclaration) -> list[object]:
    if not found.is_open:
        return []
    if found.due_on is None:
        return [Chip(Said("现在不计期限", "The clock stands"))]
    left, _ = deadlines.light(found.due_on, amber=loop.due.amber, today=day_of(now()))
    return [Deadline(found.due_on, left)] if left is not None else []


def _way(loop: LoopDeclaration, found: Dossier, steps: list[Step]) -> Steps:
    """The states passed, the present one, and what lies straight ahead; side-tracks only when taken."""
    passed = list(dict.fromkeys(each.state for each in steps[:-1] if each.state != found.state))
    ahead = _ahead(loop, found.state) if found.is_open else []
    way = [WayStep(said(loop.state(state).title), "done") for state in passed]
    way.append(WayStep(said(found.state_title), "now" if found.is_open else "done"))
    way += [WayStep(said(loop.state(state).title)) for state in ahead if state not in passed]
    return Steps(Said("办理步骤", "Steps"), way)


def _ahead(loop: LoopDeclaration, state: str) -> list[str]:
    """The main way on: from each state the first action that is neither optional nor a return."""
    order = [each.id for each in loop.states]
    ahead: list[str] = []
    while not loop.state(state).final:
        following = [
            a.to
            for a in loop.actions_from(state)
            if not a.optional and order.index(a.to) > order.index(state)
        ]
        if not following or following[0] in ahead:
            break
        state = following[0]
        ahead.append(state)
        if loop.state(state).stops_clock:
            break
    return ahead


def _turn(loop: LoopDeclaration, found: Dossier, actor: Actor, titles: Titles) -> Why:
    waiting = (
        [action for action in loop.actions_from(found.state) if not action.optional] if found.is_open else []
    )
    mine = any(audience.may(a, office=found.office, requester=found.requester, by=actor) for a in waiting)
    if not waiting:
        who = Said("不等任何人：本案卷已到终点。", "Nobody: this dossier needs no further step.")
    elif mine:
        who = Said("等您办理", "It is your turn")
    else:
        who = _whose(waiting[0], found, titles)
    return Why(
        title=Said("轮到谁", "Whose turn"),
        facts=(
            Fact(Said("经办", "Next"), who),
            Fact(Said("承办部门", "Handled by"), name_of(titles, found.office)),
            *(
                [Fact(Said("申请方", "Asked by"), name_of(titles, found.requester))]
                if found.requester
                else []
            ),
            Fact(
                Said("办理时限", "Time allowed"),
                Said(f"{loop.due.working_days} 个工作日", f"{loop.due.working_days} working days"),
            ),
            *(
                Fact(
                    Said("依据", "Basis"),
                    Said(f"{b.title}（{b.since} 起施行）", f"{b.title}, since {b.since}"),
                )
                for b in loop.basis
            ),
        ),
    )


def _whose(action: Action, found: Dossier, titles: Titles) -> Said:
    """Whose step it is: the side's name, and the posts that may take it."""
    sides = {Who.OFFICE: found.office, Who.REQUESTER: found.requester}
    side = sides.get(action.by.who)
    name = name_of(titles, side) if side else SIDES.get(action.by.who, Said("", ""))
    posts = [ROLE_TITLES[role] for role in action.by.roles]
    return Said(
        name.zh + "、".join(post.zh for post in posts),
        ", ".join(part for part in (name.en, " or ".join(post.en for post in posts)) if part),
    )


def _about(found: Dossier, titles: Titles) -> list[Fact]:
    facts = [Fact(Said("关于", "About"), subject_title(found.subject), subject_url(found.subject))]
    for name, value in found.facts.items():
        if value in (None, "", [], {}):
            continue
        shown: object = value
        if name == "office":
            shown = name_of(titles, str(value))
        elif name == "rule" and value == QUARANTINE:
            shown = Said("符合数据集的结构约定", "Rows fit the data set's schema")
        elif isinstance(value, dict) and {"zh", "en"} <= set(value):
            shown = Said(value["zh"], value["en"])
        elif name == "fields" and isinstance(value, list):
            shown = fields_said(found.subject, value)
        elif isinstance(value, (list, dict)):
            shown = "、".join(str(each) for each in value)
        url = subject_url(f"{name}/{value}") if name in ("batch", "dataset") else ""
        facts.append(Fact(FACT_NAMES.get(name, Said(name, name)), shown, url))
    facts.append(Fact(Said("发起时间", "Opened"), found.opened_at))
    return facts


def _hands(found: Dossier, actor: Actor) -> list[Confirm]:
    """What may be done beside the steps, by those whose turn it is."""
    if not found.is_open:
        return []
    if not workflow.is_waiting_for(found.id, actor=actor):
        return reminding(f"dossier/{found.id}", actor)
    holder, paused = workflow.hand_of(found.id)
    return forms_of(f"dossier/{found.id}", holder, paused, actor)


def _history(steps: list[Step], titles: Titles, found: Dossier) -> Timeline:
    moments = [
        Moment(
            at=each.at,
            title=Said(f"{each.title.zh}：{each.state_title.zh}", f"{each.title.en}: {each.state_title.en}"),
            by=_by(each, titles),
            says=each.note or str(each.evidence.get("text", "")) or _proven_by(each),
            tone=Tone.PRIMARY if number == 0 else Tone.NEUTRAL,
        )
        for number, each in enumerate(reversed(steps))
    ]
    moments += handled_lines(f"dossier/{found.id}", said(found.loop_title))
    return Timeline(Said("经过", "History"), sorted(moments, key=lambda each: each.at, reverse=True))


def _proven_by(each: Step) -> Said:
    """The batch by which the platform saw that it is put right."""
    batch = str(each.evidence.get("batch", ""))
    return Said(f"依据批次 {batch}", f"Shown by batch {batch}") if batch else Said("", "")


def _by(each: Step, titles: Titles) -> Said:
    office = name_of(titles, each.office) if each.office else Said("", "")
    name = each.by_title or each.by
    if not each.office:
        return Said(name, name)
    return Said(f"{name} · {office.zh}", f"{name} · {office.en}")


def _forms(
    found: Dossier, loop: LoopDeclaration, actor: Actor, request: HttpRequest, titles: Titles
) -> list[Confirm]:
    return [
        _form(found, loop, offer, request, titles) for offer in workflow.offers(dossier=found.id, actor=actor)
    ]


def _form(
    found: Dossier, loop: LoopDeclaration, offer: Offer, request: HttpRequest, titles: Titles
) -> Confirm:
    action = loop.action(offer.id)
    to = loop.state(action.to)
    consequences = [Said(f"案卷转入“{to.title.zh}”。", f"The dossier moves to “{to.title.en}”.")]
    if to.final:
        consequences.append(
            Said("案卷就此办结，不能再改。", "That ends it; the dossier cannot be changed afterwards.")
        )
    elif following := [a for a in loop.actions_from(action.to) if not a.optional]:
        whose = _whose(following[0], found, titles)
        consequences.append(Said(f"接下来由{whose.zh}办理。", f"Next to act: {whose.en}."))
    consequences.append(
        Said(
            "意见连同您的姓名写入经过和审计日志。",
            "Your words go into the history and the audit log under your name.",
        )
    )
    return Confirm(
        title=said(offer.title),
        consequences=consequences,
        verb=said(offer.title),
        action_url=reverse("staff:dossier_step", args=[found.id, offer.id]),
        back_url=reverse("staff:home"),
        danger=to.final and Need.NOTE in offer.needs,
        fields=_questions(offer, request),
        hidden=(("version", str(found.version)),),
    )


def _questions(offer: Offer, request: HttpRequest) -> list[Field]:
    note = Field(
        name=f"note-{offer.id}",
        label=Said("办理意见", "Note"),
        control="textarea",
        value=request.POST.get(f"note-{offer.id}", ""),
        required=Need.NOTE in offer.needs,
    )
    if Need.EVIDENCE not in offer.needs:
        return [note]
    proof = Field(
        name=f"evidence-{offer.id}",
        label=Said("佐证", "Evidence"),
        hint=Said("写明更正后的批次号或文件名。", "Name the batch or the file that holds the correction."),
        value=request.POST.get(f"evidence-{offer.id}", ""),
    )
    return [proof, note]
