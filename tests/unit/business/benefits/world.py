"""A policy over a register of made-up firms, with a rule small enough to be read here."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from tests.unit.business.market import people

from shuzhi.business.benefits import services
from shuzhi.business.benefits.types import PolicyDeclaration
from shuzhi.data.registers import models as registers
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.decisions import services as decisions
from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.types import RulesDeclaration

AT = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
PLATFORM = system("test")
OFFICER = Actor("account/hr", "孙悦", "human-resources", roles=frozenset({Role.DATA_OFFICER}))
STRANGER = Actor("account/tax", "王税", "taxation", roles=frozenset({Role.DATA_OFFICER}))
POLICY, REGISTER = "jobs", "made-up-firms"
RULE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:t">
  <inputData id="i1" name="人数"><variable id="v1" name="人数" typeRef="number"/></inputData>
  <inputData id="i2" name="保费"><variable id="v2" name="保费" typeRef="number"/></inputData>
  <decision id="a" name="结论"><variable id="va" name="结论"/>
    <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement id="r2"><requiredInput href="#i2"/></informationRequirement>
    <context id="c">
      <contextEntry id="e1"><variable id="x1" name="符合" typeRef="boolean"/><literalExpression id="l1"><text>人数 &lt; 100</text></literalExpression></contextEntry>
      <contextEntry id="e2"><variable id="x2" name="金额" typeRef="number"/><literalExpression id="l2"><text>保费 * 0.6</text></literalExpression></contextEntry>
      <contextEntry id="e3"><variable id="x3" name="理由" typeRef="string"/><literalExpression id="l3"><text>if 人数 &lt; 100 then "人数少于 100" else "人数不少于 100"</text></literalExpression></contextEntry>
    </context>
  </decision>
</definitions>
"""
# The same where SQL has no words for it: a square root.
SLOW_RULE = RULE.replace("保费 * 0.6", "sqrt(保费) * sqrt(保费) * 0.6")
DECLARED = {
    "policy": POLICY,
    "title": {"zh": "稳岗", "en": "Jobs"},
    "summary": {"zh": "试验", "en": "a test"},
    "office": "human-resources",
    "basis": [{"title": "失业保险条例", "since": "1999-01-22"}],
    "who": {"register": REGISTER, "scheme": "uscc", "name": "name", "account": "account", "account_name": "name"},
    "rule": {
        "rules": "jobs", "decision": "结论", "eligible": "符合", "amount": "金额", "because": "理由",
        "inputs": {"人数": "insured", "保费": "premiums"},
    },
    "period": {"id": "2026", "since": "2026-01-01", "until": "2026-12-31"},
    "budget": "1000.00",
    "cap": "600.00",
    "priority": [{"input": "人数"}],
}  # fmt: skip


def declared(**changes) -> PolicyDeclaration:
    return PolicyDeclaration.model_validate(DECLARED | changes)


def install(rule: str = RULE, **changes) -> None:
    """Rules, register and policy."""
    book = read_rulebook([("jobs.dmn", rule.encode())]).sound()
    rules = RulesDeclaration(rules="jobs", digest=book.digest, files=(("jobs.dmn", rule.encode()),))
    decisions.install_rules(declaration=rules, pack="test/jobs", by=PLATFORM, at=AT)
    registers.Register.objects.update_or_create(
        id=REGISTER, defaults={"declared": register(), "pack": "test/jobs"}
    )
    services.install_policy(declaration=declared(**changes), pack="test/jobs", by=PLATFORM, at=AT)


def register():
    fields = [
        {"id": name, "name": {"zh": name, "en": name}, **({"identifier": True} if name == "uscc" else {})}
        for name in ("uscc", "name", "insured", "premiums", "account")
    ]
    return {
        "register": REGISTER, "title": {"zh": "企业", "en": "Firms"}, "owner": "human-resources", "label": "name",
        "sources": [], "fields": fields, "match": [{"by": ["uscc"]}],
    }  # fmt: skip


def code(number: int) -> str:
    return f"F{number:05d}"


def put_firm(number: int, *, insured: int = 10, premiums: str = "100", account: str | None = None) -> str:
    """A record of the register."""
    uscc = code(number)
    golden = {
        "uscc": uscc, "name": f"第{number}家", "insured": str(insured), "premiums": premiums,
        "account": f"33000000{number:04d}5555" if account is None else account,
    }  # fmt: skip
    row, _ = registers.Entity.objects.update_or_create(
        id=f"E{number}",
        defaults={
            "register": REGISTER, "label": golden["name"], "label_sort": golden["name"], "golden": golden,
            "provenance": {}, "updated_at": AT,
        },
    )  # fmt: skip
    registers.Identifier.objects.get_or_create(register=REGISTER, scheme="uscc", value=uscc, entity=row)
    return uscc


def account_of(uscc: str) -> Actor:
    """The firm's own account."""
    from shuzhi.support.identity import queries as identity

    username = f"of-{uscc.lower()}"
    found = identity.actor(username)
    if found is not None:
        return found
    actor = people.open_account(username, bind=False)
    return bind(actor, username, uscc)


def bind(actor: Actor, username: str, uscc: str) -> Actor:
    from shuzhi.business.market import models as market

    individual = market.Individual.objects.create(
        id=f"I-{uscc}", scheme="uscc", value=uscc, provider="", office="", made_at=AT
    )
    market.DataAccount.objects.create(
        username=username, individual=individual, bound_by="test", evidence="x", bound_at=AT
    )
    return actor


def run(at: datetime = AT):
    return services.run_policy(policy=POLICY, by=OFFICER, at=at)


def yuan(text: str) -> int:
    return int(Decimal(text) * 100)


ROOT = Path(__file__).resolve().parents[4]
