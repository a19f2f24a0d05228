"""A rule of fees, a journey with parts that cost something, and payers at the till."""

from __future__ import annotations

from typing import Any

from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import AT, CLERK, PLATFORM, ZHAO
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows, users

from shuzhi.business.matters.cases import queries, services
from shuzhi.business.matters.cases.types import Case, Point
from shuzhi.business.matters.library import services as library
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.decisions import services as decisions
from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.types import RulesDeclaration
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments import services as payments
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.processes import queries as running
from shuzhi.support.workflow.processes import services as processes
from shuzhi.support.workflow.processes.declaring import declare

CHARGED: dict[str, Any] = {"decision": "fees/登记费", "charge": "acceptance", "refunded": True}
POINT = Point("用途", "写明用途")
PROVEN = frozenset({f"resident_id/{ZHAO}"})
SOMEBODY = Actor("account/office", "钱办", "human-resources", roles=frozenset({Role.DATA_OFFICER}))
AMOUNTS = {
    "home": "80", "other": "550", "garage": "80", "exempt": "0", "below": "-20", "digits": "80.005",
    "too_much": "100000000000000", "text": '"八十"', "nothing": "null",
}  # fmt: skip


def rule(use: str, amount: str, at: int) -> str:
    return (
        f'<rule id="r{at}"><inputEntry id="i{at}"><text>"{use}"</text></inputEntry>'
        f'<outputEntry id="o{at}"><text>{amount}</text></outputEntry>'
        f'<outputEntry id="p{at}"><text>"按 {use} 收费"</text></outputEntry></rule>'
    )


def install_rule(**amounts: str) -> None:
    """The rule that says what is to be paid, by what is registered; one amount or another may be changed."""
    rows = "".join(rule(use, said, at) for at, (use, said) in enumerate((AMOUNTS | amounts).items()))
    content = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="fees" name="收费" namespace="urn:shuzhi:test:fees">
  <inputData id="i" name="use"><variable id="v" name="use" typeRef="string"/></inputData>
  <decision id="d" name="登记费"><variable id="dv" name="登记费"/>
    <informationRequirement id="q"><requiredInput href="#i"/></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="ti" label="用途"><inputExpression id="te" typeRef="string"><text>use</text></inputExpression></input>
      <output id="t1" name="金额"/><output id="t2" name="依据" typeRef="string"/>{rows}
    </decisionTable>
  </decision>
</definitions>""".encode()
    digest = read_rulebook([("fees.dmn", content)]).sound().digest
    declared = RulesDeclaration(rules="fees", digest=digest, files=(("fees.dmn", content),))
    decisions.install_rules(declaration=declared, pack="test/test", by=PLATFORM, at=AT)


PART: dict[str, Any] = {
    "subjects": ["person"],
    "basis": [{"title": "中华人民共和国民法典", "since": "2021-01-01"}],
}
PARTS = (
    PART | {"matter": "part-home", "title": {"zh": "房屋登记", "en": "The home"}, "summary": {"zh": "登记", "en": "Entry"}, "office": "planning", "fee": CHARGED},
    PART | {"matter": "part-sign", "title": {"zh": "户外招牌", "en": "The sign"}, "summary": {"zh": "招牌", "en": "Sign"}, "office": "urban-management", "fee": {"amount": 30, "charge": "acceptance", "refunded": True}},
    PART | {"matter": "part-tax", "title": {"zh": "税务", "en": "Tax"}, "summary": {"zh": "税务", "en": "Tax"}, "office": "taxation"},
)  # fmt: skip
JOURNEY: dict[str, Any] = PART | {
    "matter": "move-in", "title": {"zh": "安家一件事", "en": "Moving in"}, "summary": {"zh": "一次办", "en": "At once"},
    "office": "human-resources", "handling": {"process": "move-in"}, "channels": ["online"],
    "journey": [each["matter"] for each in PARTS], "journey_when": {"part-sign": "with_sign = true"},
}  # fmt: skip


def install_journey() -> None:
    """The journey, its parts, its process of one step."""
    install_rule()
    content = drawn(SE + users("a") + flows("start>a", "a>end"), name="move-in")
    declared, faults = declare("move-in", ("move-in.bpmn", content), [])
    assert declared is not None, faults
    processes.install_process(declaration=declared, pack="test/test", by=PLATFORM, at=AT)
    for each in (*PARTS, JOURNEY):
        library.install_matter(
            declaration=MatterDeclaration.model_validate(each), pack="test/test", by=PLATFORM, at=AT
        )


def begun_journey(*, sign: bool, at: Any = AT) -> Case:
    """A journey that its process has taken up; the fees of its parts are asked for."""
    install_journey()
    answers = {"use": "home", "with_sign": sign}
    return services.submit(matter="move-in", by=world.resident(), at=at, answers=answers)


def end_journey(case: Case, *, refused: str) -> None:
    """Its offices have answered, one of them perhaps with a refusal."""
    found = queries.case(case.number, at=AT)
    journey = int(found.review.partition("/")[2])
    (task,) = running.tasks(journey, today=AT.date(), open_only=True)
    results = [
        {"part": each["matter"], "matter": each["title"], "done": each["matter"] != refused, "note": "", "number": ""}
        for each in PARTS
    ]  # fmt: skip
    processes.complete_task(task=task.id, by=SOMEBODY, at=AT, outputs={"results": results})
    news(AT)


def news(at: Any) -> None:
    while deliver_waiting(at=at):
        pass


def pay_order(number: str, at: Any, how: str = "pay") -> None:
    """At the till."""
    payer = orders.order(number).party
    payments.begin_payment(order=number, proven={payer}, by=PLATFORM, at=at)
    payments.use_till(order=number, how=how, proven={payer}, by=PLATFORM, at=at)
    news(at)


def pay(case: Case, at: Any) -> None:
    """All that waits."""
    for each in queries.fees_to_pay(case.number):
        pay_order(each.number, at)


def settle(case: Case, action: str, at: Any) -> None:
    """Its loop ends."""
    dossier = int(queries.case(case.number, at=at).review.partition("/")[2])
    loops.act(dossier=dossier, action=action, by=CLERK, at=at, note="看过")
    news(at)
