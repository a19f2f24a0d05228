"""The policies that pay without being applied for: who, how much, on which basis, from which budget."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.business.benefits import queries
from shuzhi.business.benefits.errors import NoSuchPolicy
from shuzhi.business.benefits.money import said
from shuzhi.business.benefits.types import How, Policy, PolicyDeclaration
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs, Fact, Link, Meter, Said

HOME = (Link(Said("首页", "Home"), "/"),)
POLICIES = (*HOME, Link(Said("免申即享", "Benefits without applying"), "/benefits/"))
WHY = "policies are public; of whom they found nothing is said"


@open_to_public(WHY)
def policies(request: HttpRequest) -> HttpResponse:
    """Every policy in force."""
    found = [{"declared": one.declared, "url": f"/benefits/{one.id}/"} for one in queries.policies()]
    context = {"place_now": "benefits", "crumbs": Crumbs(HOME), "policies": found}
    return render(request, "public/benefits.html", context)


@open_to_public(WHY)
def policy(request: HttpRequest, policy: str) -> HttpResponse:
    """One policy in plain words."""
    found = queries.policy(policy)
    if not found.is_active:
        raise NoSuchPolicy(policy=policy)
    context = {
        "place_now": "benefits",
        "crumbs": Crumbs(POLICIES),
        "declared": found.declared,
        "facts": _facts(found),
        "meter": budget_meter(policy),
        "used": list(found.declared.facts.values()),
    }
    return render(request, "public/benefit.html", context)


def budget_meter(name: str) -> Meter:
    """How much of the budget is paid or set aside."""
    kept = queries.budget(name)
    share = (kept.paid + kept.reserved) / kept.total if kept.total else 0
    return Meter(
        value=share,
        text=f"{share:.1%}",
        label=Said(
            f"预算 {said(kept.total)} 元，已支付 {said(kept.paid)} 元，已预留 {said(kept.reserved)} 元",
            f"Budget {said(kept.total)} yuan, paid {said(kept.paid)}, set aside {said(kept.reserved)}",
        ),
    )


def how(declared: PolicyDeclaration) -> Said:
    """How the benefit is taken."""
    if declared.confirm.how is How.TAP:
        return Said(
            "系统找到您后，登录点一次“确认领取”", "Once you are found, sign in and tap “Take it” once"
        )
    days = declared.confirm.working_days
    return Said(
        f"系统找到您并告知后，{days} 个工作日内未放弃的，直接拨付",
        f"Once you are found and told, it is paid after {days} working days unless you decline",
    )


def _facts(found: Policy) -> list[Fact]:
    value = found.declared
    office = organization.office_titles().get(value.office)
    bases = "；".join([each.title for each in value.basis] + [each.zh for each in value.notices])
    bases_en = "; ".join([each.title for each in value.basis] + [each.en for each in value.notices])
    return [
        Fact(Said("主管部门", "Office"), Said(office.zh, office.en) if office else value.office),
        Fact(Said("执行期", "Period"), Said(f"{value.period.since} 至 {value.period.until}", f"{value.period.since} to {value.period.until}")),
        Fact(Said("每户最多", "At most"), Said(f"{value.cap:,.2f} 元", f"{value.cap:,.2f} yuan")),
        Fact(Said("怎么领", "How"), how(value)),
        Fact(Said("多久到账", "When"), Said(f"自系统找到起 {value.paid_within_days} 天内", f"within {value.paid_within_days} days of being found")),
        Fact(Said("没找到我", "I was not found"), Said(f"可以申诉，{value.appeal_working_days} 个工作日内答复", f"appeal; answered within {value.appeal_working_days} working days")),
        Fact(Said("依据", "Basis"), Said(bases, bases_en)),
    ]  # fmt: skip
