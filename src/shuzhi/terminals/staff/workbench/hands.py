"""Having something in hand (经办), on a dossier's page and on a case's: claim, hand on, give back, help, remind, pause."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import handling
from shuzhi.support.workflow.processes import queries as processes
from shuzhi.terminals.design.types import Confirm, Field, Moment, Said, Tone, say
from shuzhi.terminals.staff.shell import actor_of

TITLES = {
    "claim": Said("认领", "Claim"),
    "return": Said("退回", "Give back"),
    "delegate": Said("转办", "Hand on"),
    "co-handle": Said("请人协办", "Call in a colleague"),
    "remind": Said("催办", "Remind"),
    "pause": Said("暂停计时", "Stop the clock"),
    "resume": Said("恢复计时", "Start the clock"),
    "form": Said("开始填表", "Began the form"),
    "form-used": Said("表单已用于办结", "Finished by the form"),
    "form-unused": Said("表单已提交，未采用", "The form was submitted and not used"),
    "amber": Said("到期预警", "Warned of the deadline"),
    "red": Said("超期升级", "Escalated"),
}
_MEANS = {
    "remind": Said("催办写入经过，经办人能看到。", "It goes into the history, where whoever has it sees it."),
    "claim": Said("别人的待办里不再有它。", "It leaves everybody else's inbox."),
    "return": Said("所有能办的人又都能看到它。", "Everybody who may do it sees it again."),
    "delegate": Said("转给同岗同事，由其办结。", "A colleague of the same post finishes it."),
    "co-handle": Said("两人都能看到，都能办结。", "Both have it; each may finish it."),
    "pause": Said(
        "期限停止计算，恢复前不能办结。", "Its days stop counting; nobody can finish it meanwhile."
    ),
    "resume": Said("剩余工作日继续计算。", "The days that were left count on."),
}


@requires("workflow.handle")
@require_POST
def handle(request: HttpRequest, kind: str, number: int, what: str) -> HttpResponse:
    """Do one of these; a refusal is said on the page from which it came."""
    item = f"{kind}/{number}"
    do = _acts(request, item, what).get(what)
    if kind not in ("dossier", "task") or do is None:
        raise Http404
    back = _page_of(kind, number)
    try:
        do()
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said(f"已{TITLES[what].zh}。", f"{TITLES[what].en}: done.")))
    return HttpResponseRedirect(back)


def _acts(request: HttpRequest, item: str, what: str) -> dict[str, Callable[[], None]]:
    by, at = actor_of(request), now()
    place = f"{item.replace('/', '-')}-{what}"
    to, note = request.POST.get(f"to-{place}", "").strip()[:200], request.POST.get(f"note-{place}", "")[:1000]
    return {
        "claim": lambda: handling.claim(item=item, by=by, at=at),
        "return": lambda: handling.give_back(item=item, by=by, at=at, note=note),
        "delegate": lambda: handling.delegate(item=item, to=to, by=by, at=at, note=note),
        "co-handle": lambda: handling.call_in(item=item, to=to, by=by, at=at, note=note),
        "remind": lambda: handling.remind(item=item, by=by, at=at, note=note),
        "pause": lambda: handling.pause(item=item, reason=note, by=by, at=at),
        "resume": lambda: handling.resume(item=item, by=by, at=at),
    }


def _page_of(kind: str, number: int) -> str:
    if kind == "dossier":
        return reverse("staff:dossier", args=[number])
    return reverse("staff:case", args=[processes.task(number, today=day_of(now())).case])


def forms_of(item: str, holder: str | None, paused: str, actor: Actor) -> list[Confirm]:
    """What may be done about an item beside its steps."""
    names = ["resume"] if paused else ["pause"]
    if holder is None:
        names = ["claim", *names]
    elif holder == actor.name:
        names = ["return", *names]
    return [_form(item, name) for name in [*names, "delegate", "co-handle"]]


def reminding(item: str, actor: Actor) -> list[Confirm]:
    """What those who oversee may do about what others have: remind them."""
    return [_form(item, "remind")] if actor.has(*handling.OVERSEERS) else []


def _form(item: str, what: str) -> Confirm:
    kind, _, number = item.partition("/")
    place = f"{kind}-{number}-{what}"
    fields = []
    if what in ("delegate", "co-handle"):
        fields.append(
            Field(
                name=f"to-{place}",
                label=Said("同事的账号", "The colleague's account"),
                required=True,
            )
        )
    if what == "pause":
        fields.append(Field(name=f"note-{place}", label=Said("理由", "Reason"), required=True))
    return Confirm(
        title=TITLES[what],
        consequences=[_MEANS[what]],
        verb=TITLES[what],
        action_url=reverse("staff:handle", args=[kind, number, what]),
        back_url=reverse("staff:home"),
        fields=fields,
    )


def handled_lines(item: str, about: Said) -> list[Moment]:
    """What was done about an item, for a history."""
    return [
        Moment(
            at=line.at,
            title=Said(
                f"{TITLES.get(line.what, Said(line.what, line.what)).zh}：{about.zh}",
                f"{TITLES.get(line.what, Said(line.what, line.what)).en}: {about.en}",
            ),
            by=Said(line.by_title or line.by, line.by_title or line.by),
            says="，".join(part for part in (line.to, line.note) if part),
            tone=Tone.DANGER if line.what in ("red", "form-unused") else Tone.NEUTRAL,
        )
        for line in handling.handled(item)
    ]
