"""The ledger of a policy: every line has two sides; below it, whether all books say the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.benefits import queries, services
from shuzhi.business.benefits.money import said as written
from shuzhi.business.benefits.types import Posting
from shuzhi.foundation.clock import now
from shuzhi.pillars.security import policy as security
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Chip, Column, Link, Pages, Row, Said, Table, Tone, say
from shuzhi.terminals.staff.shell import actor_of, page, said, turn

LINES = (
    Column("at", Said("时间", "When"), "date"),
    Column("debit", Said("借（进）", "Debit (to)"), "code"),
    Column("credit", Said("贷（出）", "Credit (from)"), "code"),
    Column("yuan", Said("金额（元）", "Yuan"), "number"),
    Column("said", Said("摘要", "What")),
)


@requires("benefits.read")
def show(request: HttpRequest, policy: str) -> HttpResponse:
    """The lines, the newest first."""
    declared, by = queries.policy(policy).declared, actor_of(request)
    security.require("benefits.see", by=by, office=declared.office)
    pages = turn(request, queries.count_postings(policy), queries.PAGE)
    differences = queries.differences(policy, declared.period.id)
    whole = (
        Chip(Said("预算、名单、账目一致", "Budget, findings and ledger agree"), Tone.SUCCESS)
        if not differences
        else Chip(
            Said("账目不一致：" + "；".join(differences), "The books differ: " + "; ".join(differences)),
            Tone.DANGER,
        )
    )
    return page(
        request,
        "staff/benefits/ledger.html",
        title=Said("资金账", "Ledger"),
        trail=(
            Link(Said("免申即享", "Benefits"), reverse("staff:benefits")),
            Link(said(declared.title), reverse("staff:benefit_policy", args=[policy])),
        ),
        chips=[whole],
        table=lines_table(queries.postings(policy, page=pages.number), pages),
        policy=policy,
    )


@requires("benefits.reconcile")
@require_POST
def reconcile(request: HttpRequest, policy: str) -> HttpResponse:
    """Hold the bank's statement against our orders."""
    found = services.reconcile(by=actor_of(request), at=now())
    told = Said(
        f"相符 {found.matched}，补记到账 {found.settled}，退回 {found.returned + found.failed}，不符 {len(found.unknown + found.missing + found.differing)}。",
        f"{found.matched} agree, {found.settled} booked late, {found.returned + found.failed} came back, {len(found.unknown + found.missing + found.differing)} differ.",
    )
    (messages.success if found.is_clean else messages.error)(request, say(told))
    return HttpResponseRedirect(reverse("staff:benefit_ledger", args=[policy]))


def lines_table(lines: Sequence[Posting], pages: Pages | None = None) -> Table:
    """Lines of the ledger as a table."""
    rows = [
        Row(
            {
                "at": one.at,
                "debit": one.debit,
                "credit": one.credit,
                "yuan": written(one.fen),
                "said": one.said,
            }
        )
        for one in lines
    ]
    shape = {"pages": pages} if pages else {"tall": False}
    return Table(
        id="lines",
        caption=Said("账目", "Lines"),
        columns=LINES,
        rows=rows,
        empty=Said("还没有账目。", "There are no lines."),
        **shape,
    )
