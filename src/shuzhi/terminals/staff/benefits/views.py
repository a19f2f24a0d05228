"""The policies of the node, with how much of each budget is used."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.business.benefits import queries
from shuzhi.business.benefits.money import said as written
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Column, Row, Said, Table
from shuzhi.terminals.staff.shell import name_of, page, said

COLUMNS = (
    Column("policy", Said("政策", "Policy")),
    Column("office", Said("部门", "Office")),
    Column("found", Said("找到", "Found"), "number"),
    Column("paid", Said("到账", "Paid"), "number"),
    Column("used", Said("已支付（元）", "Paid (yuan)"), "number"),
    Column("budget", Said("预算（元）", "Budget (yuan)"), "number"),
)


@requires("benefits.read")
def listing(request: HttpRequest) -> HttpResponse:
    """All policies."""
    offices = organization.office_titles()
    rows = []
    for one in queries.policies():
        told = queries.figures(one.id)
        rows.append(
            Row(
                {
                    "policy": Cell(
                        said(one.declared.title), url=reverse("staff:benefit_policy", args=[one.id])
                    ),
                    "office": name_of(offices, one.declared.office),
                    "found": told.found,
                    "paid": told.paid,
                    "used": written(told.paid_fen),
                    "budget": written(told.budget_fen),
                }
            )
        )
    return page(
        request,
        "staff/page.html",
        title=Said("免申即享", "Benefits without applying"),
        lead=Said(
            "政策写成规则，在整个基础库上运行；找到即预留，确认即拨付，每一分钱都有账。",
            "Policies are rules over a whole register: found is set aside, taken is paid, and every fen is booked.",
        ),
        sections=[
            Table(
                id="policies",
                caption=Said("政策", "Policies"),
                columns=COLUMNS,
                rows=rows,
                empty=Said("还没有政策。", "There are no policies."),
            )
        ],
    )
