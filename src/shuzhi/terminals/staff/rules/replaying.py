"""What if (推演): a changed rule over a population, before it is published: how many more, what it costs, who changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import requires
from shuzhi.support.decisions import queries, services
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.support.decisions.replaying.populations import Population, populations
from shuzhi.support.decisions.types import Replay, ReplayOrder, ReplayState
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    ErrorSummary,
    Field,
    Link,
    Row,
    Running,
    Said,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff.rules.forms import (
    MADE_UP,
    BindingForm,
    binding_form,
    bound_of,
    made_up,
    order_fields,
)
from shuzhi.terminals.staff.rules.listing import RULES
from shuzhi.terminals.staff.rules.reading import day_of, definitions_of, rules_of
from shuzhi.terminals.staff.rules.results import result_parts
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above

STATES = {
    ReplayState.WAITING: Chip(Said("等候", "Waiting")),
    ReplayState.PREPARING: Chip(Said("正在取数", "Gathering"), Tone.PRIMARY),
    ReplayState.DECIDING: Chip(Said("正在判断", "Deciding"), Tone.PRIMARY),
    ReplayState.DONE: Chip(Said("完成", "Done"), Tone.SUCCESS),
    ReplayState.FAILED: Chip(Said("没有完成", "Failed"), Tone.DANGER),
}
DOING = {
    ReplayState.WAITING: Said("排队等候后台推演", "Waiting for its turn"),
    ReplayState.PREPARING: Said("正在取出每一行要用的数据", "Gathering what each row needs"),
    ReplayState.DECIDING: Said("正在用改动前后的规则逐行判断", "Asking both versions of every row"),
}
COLUMNS = (
    Column("number", Said("推演", "Replay")),
    Column("decision", Said("决策", "Decision")),
    Column("more", Said("符合的数量变化", "Change in those who qualify"), "number"),
    Column("who", Said("谁推演的", "By")),
    Column("at", Said("时间", "At"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)


@requires("decisions.replay")
def ask(request: HttpRequest, rules: str) -> HttpResponse:
    """The form, and the replay that comes of it."""
    book, actor = rules_of(rules), actor_of(request)
    offered = {each.id: each for each in (made_up(), *populations(by=actor, at=now()))}
    asked = request.POST if request.method == "POST" else request.GET
    population = offered.get(asked.get("population", ""), offered[MADE_UP])
    errors = None
    if request.method == "POST":
        try:
            number = services.ask_for_replay(
                rules=rules, order=_order(request, population, book), file=_file(request), by=actor, at=now()
            )
        except PlatformError as error:
            errors = refusal_above(error)
        else:
            messages.success(request, say(Said("已开始推演。", "The replay has begun.")))
            return HttpResponseRedirect(reverse("staff:rules_replayed", args=[rules, number]))
    choice = _choice(list(offered.values()), population)
    return _form(request, rules, population, choice, errors)


def _form(
    request: HttpRequest, rules: str, population: Population, choice: Field, errors: ErrorSummary | None
) -> HttpResponse:
    book = rules_of(rules)
    typed = request.POST if request.method == "POST" else request.GET
    versions = queries.installed(rules=[rules], earlier=True)
    fields = order_fields(book, versions, typed)
    binding: BindingForm = binding_form(book, population, typed)
    return page(
        request,
        "staff/rules/replay.html",
        title=Said("推演一个改动", "Replay a change"),
        lead=Said(
            "改动前先看后果：多少人变、多花多少钱、谁受影响。推演不发布任何规则。",
            "See what follows before it is published: how many change, what it costs, whom it concerns. Nothing is published.",
        ),
        trail=_trail(rules, book),
        errors=errors,
        status=422 if errors else 200,
        fields=fields,
        population=population,
        population_field=choice,
        binding=binding,
        replays=_earlier(request, rules),
    )


def _choice(offered: list[Population], chosen: Population) -> Field:
    return Field(
        name="population",
        label=Said("对谁推演", "Over whom"),
        control="select",
        value=chosen.id,
        choices=[Choice(each.id, Said(each.title.zh, each.title.en)) for each in offered],
        in_filter=True,
    )


def _order(request: HttpRequest, population: Population, book: Rulebook) -> ReplayOrder:
    given = {name: value.replace("\0", "") for name, value in request.POST.items() if isinstance(value, str)}
    rows = given.get("rows", "")
    return ReplayOrder(
        decision=given.get("decision", ""),
        population=population.id,
        old_day=day_of(request, "old_day"),
        new_day=day_of(request, "new_day"),
        cost=given.get("cost", ""),
        output=given.get("output", "").strip(),
        digest=given.get("digest", ""),
        rows=int(rows) if rows.isascii() and rows.isdecimal() and len(rows) < 8 else 10_000,  # noqa: PLR2004
        bound=bound_of(book, population, given),
    )


def _file(request: HttpRequest) -> tuple[str, bytes] | None:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        return None
    return (file.name or "changed.dmn"), file.read(services.MOST_BYTES + 1)


def _earlier(request: HttpRequest, rules: str) -> Table:
    found = queries.replays(rules=rules, by=actor_of(request))
    return Table(
        id="replays",
        caption=Said("做过的推演", "Replays so far"),
        columns=COLUMNS,
        rows=[_row(each) for each in found],
        empty=Said("还没有推演过。", "Nothing has been replayed yet."),
    )


def _row(each: Replay) -> Row:
    more: Any = (each.result or {}).get("more")
    return Row(
        {
            "number": Said(f"第 {each.number} 号", f"No. {each.number}"),
            "decision": Cell(each.order.decision, under=each.file_name or each.order.digest),
            "more": f"{more:+,d}" if more is not None else "",
            "who": each.by,
            "at": each.asked_at,
            "state": STATES[each.state],
        },
        url=reverse("staff:rules_replayed", args=[each.rules, each.number]),
    )


def _trail(rules: str, book: Rulebook) -> tuple[Link, ...]:
    return (
        Link(RULES, reverse("staff:rules")),
        Link(definitions_of(book).name or rules, reverse("staff:rules_file", args=[rules])),
    )


@requires("decisions.replay")
def show(request: HttpRequest, rules: str, replay: int) -> HttpResponse:
    """One replay: how far it is, or what came of it."""
    book = rules_of(rules)
    found = queries.replay(replay, rules=rules, by=actor_of(request))
    again = reverse("staff:rules_replay", args=[rules])
    return page(
        request,
        "staff/rules/replayed.html",
        title=Said(f"第 {found.number} 号推演", f"Replay no. {found.number}"),
        lead=found.order.decision,
        chips=[STATES[found.state]],
        trail=(*_trail(rules, book), Link(Said("推演", "Replays"), again)),
        doors=[Link(Said("再推演一个", "Replay another"), again)],
        running=_running(found),
        replay=found,
        results=result_parts(found),
    )


@requires("decisions.replay")
def state(request: HttpRequest, rules: str, replay: int) -> HttpResponse:
    """How far the replay is; when it is over the page is loaded again."""
    found = queries.replay(replay, rules=rules, by=actor_of(request))
    running = _running(found)
    response = render(request, "staff/rules/running.html", {"running": running, "polled": True})
    if running is None:
        response.headers["HX-Refresh"] = "true"
    return response


def _running(found: Replay) -> Running | None:
    if found.state not in DOING:
        return None
    doing = DOING[found.state]
    return Running(
        id="replaying",
        label=Said("推演", "Replay"),
        doing=doing,
        seconds_spent=(now() - found.asked_at).total_seconds(),
        note=Said(f"共 {found.rows:,d} 行", f"{found.rows:,d} rows") if found.rows else "",
        poll_url=reverse("staff:rules_replay_state", args=[found.rules, found.number]),
        said=doing,
    )
