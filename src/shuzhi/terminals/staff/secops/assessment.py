"""Self-assessment: what the platform saw of itself, what somebody answers for, and what nobody does."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.secops import assessing, services
from shuzhi.business.secops.types import AssessmentReport, ControlSetDeclaration, ControlState
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Fact, Field, Row, Said, Table, Tone
from shuzhi.terminals.staff.secops.sides import Form, day_of_field, done, sides, text_of
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

USUAL = timedelta(days=180)
STATES = {
    ControlState.CHECKED: Chip(Said("平台核查符合", "Checked"), Tone.SUCCESS),
    ControlState.FAILED: Chip(Said("不符合", "Failed"), Tone.DANGER),
    ControlState.STATED: Chip(Said("人工声明符合", "Stated")),
    ControlState.MANUAL: Chip(Said("待人工声明", "Nobody answered"), Tone.WARNING),
}
COLUMNS = (
    Column("clause", Said("条款", "Clause")),
    Column("control", Said("测评项", "Control")),
    Column("state", Said("结果", "Result"), "chips"),
    Column("said", Said("依据", "Evidence")),
)


@requires("secops.read")
def show(request: HttpRequest) -> HttpResponse:
    """The newest assessment of each set of controls."""
    return _page(request)


@requires("secops.assess")
@require_POST
def assess(request: HttpRequest) -> HttpResponse:
    """Look at every control now."""
    return done(
        request,
        lambda: services.assess(
            assessment=text_of(request, "assessment", 60), by=actor_of(request), at=now()
        ),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops_assessment"),
        told=Said("已逐项核查。", "Every control was looked at."),
    )


@requires("secops.assess")
@require_POST
def state(request: HttpRequest) -> HttpResponse:
    """Answer for a control that the platform can't see."""
    assessment, _, control = text_of(request, "control", 130).partition("/")
    return done(
        request,
        lambda: services.state_control(
            assessment=assessment, control=control, is_met=request.POST.get("met") == "yes",
            note=text_of(request, "note", 1_000), until=day_of_field(request, "until"),
            by=actor_of(request), at=now(),
        ),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops_assessment"),
        told=Said("声明已登记，下次自评估采用。", "The statement is kept, and used in the next assessment."),
    )  # fmt: skip


def _page(request: HttpRequest, refusal: PlatformError | None = None) -> HttpResponse:
    declared = assessing.control_sets()
    reports = [(one, assessing.latest(one.assessment)) for one in declared]
    may = policy.allows("secops.assess", by=actor_of(request))
    return page(
        request,
        "staff/secops/side.html",
        title=Said("自评估", "Self-assessment"),
        lead=Said(
            "平台看得到的由平台核查，看不到的由责任人声明并有截止日；没有人声明的照实列出，不打总分。",
            "The platform looks at what it can see; for the rest somebody answers until a day; what nobody answered for is listed so. There is no mark for the whole.",
        ),
        sides=sides("secops_assessment"),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        facts=[fact for _, report in reports if report for fact in _facts(report)],
        tables=[_table(one, report) for one, report in reports],
        forms=_forms(declared) if may and declared else [],
    )


def _facts(report: AssessmentReport) -> tuple[Fact, ...]:
    total = len(report.results)
    counts = tuple(Fact(chip.label, f"{report.count(state)} / {total}") for state, chip in STATES.items())
    return (Fact(Said("评估时间", "Assessed"), report.at), *counts)


def _table(declared: ControlSetDeclaration, report: AssessmentReport | None) -> Table:
    rows = [
        Row(
            {
                "clause": one.control.clause,
                "control": Cell(said(one.control.title), under=said(one.control.asks)),
                "state": [STATES[one.state]],
                "said": said(one.said),
            }
        )
        for one in (report.results if report else ())
    ]
    return Table(
        id=declared.assessment,
        caption=said(declared.title),
        columns=COLUMNS,
        rows=rows,
        empty=Said("还没有评估过。", "It was not assessed yet."),
    )


def _forms(declared: list[ControlSetDeclaration]) -> list[Form]:
    which = [Choice(one.assessment, said(one.title)) for one in declared]
    manual = [
        Choice(f"{one.assessment}/{control.control}", said(control.title))
        for one in declared
        for control in one.controls
        if control.check is None
    ]
    met, unmet = Choice("yes", Said("符合", "Met")), Choice("no", Said("不符合", "Not met"))
    return [
        Form(
            Said("现在评估", "Assess now"), reverse("staff:secops_assess"), Said("评估", "Assess"),
            (Field(name="assessment", label=Said("测评项目", "Controls"), control="select", choices=which),),
        ),
        Form(
            Said("人工声明", "Answer for a control"), reverse("staff:secops_state"), Said("声明", "State"),
            (
                Field(name="control", label=Said("测评项", "Control"), control="select", choices=manual),
                Field(name="met", label=Said("结论", "Finding"), control="select", choices=(met, unmet), short=True),
                Field(name="note", label=Said("依据", "Evidence"), control="textarea"),
                Field(name="until", label=Said("有效至", "Until"), control="date", value=(day_of(now()) + USUAL).isoformat(), short=True),
            ),
        ),
    ]  # fmt: skip
