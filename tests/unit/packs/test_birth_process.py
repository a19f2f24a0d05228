"""The journey of a birth as its pack draws it, in memory: how it is taken up, corrected once, and ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.support.workflow.processes.drawn import AT, Case

from shuzhi.foundation.clock import day_of
from shuzhi.support.decisions.dmn.answers import Status
from shuzhi.support.decisions.dmn.rulebook import read_rulebook
from shuzhi.support.decisions.feel.values import to_python
from shuzhi.support.workflow.processes.values import restored

PACK = Path(__file__).resolve().parents[3] / "packs/people/births"
# Short processes of tests are called `p`.
PROCESS = (
    (PACK / "processes/birth-registration.bpmn")
    .read_bytes()
    .replace(b'<process id="birth-registration"', b'<process id="p"')
)
RULES = PACK / "rules/birth-registration.dmn"
OFFICES = ["health", "household", "insurance", "card"]
ANSWERS = {
    "child_name": "王小宝", "child_sex": "男", "child_born_on": "2026-09-10", "certificate": "P330000010", "late": False,
    "mother_name": "李娜", "mother_id": "330106199001011221", "mother_phone": "13812345678", "with_father": False,
    "settle_with": "mother", "address": "杭州市西湖区文三路1号",
    "services": ["household", "insurance", "card", "vaccination"], "submission": "F1",
}  # fmt: skip
KNOWN = {"child_name": "王小宝", "child_sex": "男", "mother_id": ANSWERS["mother_id"]}


@pytest.fixture(scope="module")
def decide():
    book = read_rulebook([(RULES.name, RULES.read_bytes())])

    def asked(rules: str, decision: str, inputs: dict[str, Any], at: datetime) -> Any:
        assert rules == "birth-registration"
        answer = book.decide(decision, {k: restored(v) for k, v in inputs.items()}, as_of=day_of(at), at=at)
        assert answer.status is Status.VALUE, (decision, answer.missing, answer.problems)
        return answer.value

    return asked


class Birth(Case):
    """A journey whose messages are sent at once; `told` is what was said, template by template."""

    told: tuple[tuple[str, Any], ...] = ()

    def keep(self, run):
        super().keep(run)
        again = self.run()
        waiting = next((task for task in again.open() if task.node.id.startswith("tell-")), None)
        if waiting is not None:
            inputs = {name: to_python(value) for name, value in again.inputs(waiting).items()}
            assert inputs["to"] == "requester"
            self.told += ((inputs["template"], inputs["facts"]),)
            again.answer(waiting.number, restored({"message": 1}))
            self.keep(again)


@pytest.fixture
def begin(decide):
    """A case that the registers have answered."""

    def begun(
        birth: dict[str, Any] | None = KNOWN, mother: bool = True, earlier: int = 0, **said: Any
    ) -> Birth:
        case = Birth(PROCESS, {**ANSWERS, **said}, decide=decide)
        answer(case, "find-mother", {"found": mother, "values": {"name": "李娜", "address": None}})
        answer(case, "find-birth", {"found": birth is not None, "values": birth or {}})
        answer(case, "find-earlier", {"count": earlier, "case": 1 if earlier else None})
        return case

    return begun


def answer(case: Case, element: str, value: Any) -> None:
    run = case.run()
    run.answer(next(task for task in run.open() if task.node.id == element).number, restored(value))
    case.keep(run)


def all_done(case: Case, *but: str) -> Case:
    for name in case.open:
        if name not in but:
            case.do(name, decision="done", number=f"{name}-0001")
    for name in case.open:
        if name.startswith("issue-"):
            answer(case, name, {"number": f"{name}-1"})
    return case


class TestHowItIsTakenUp:
    def test_an_ordinary_birth_goes_to_four_offices_at_once(self, begin):
        assert begin().open == sorted(OFFICES)

    def test_only_the_offices_that_were_asked_for(self, begin):
        assert begin(services=["household", "vaccination"]).open == ["health", "household"]

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"late": True, "late_reason": "一直在外地"}, "出生已超过一个月"),
            ({"address": "宁波市海曙区解放路1号"}, "落户地址不在本市"),
            ({"mother": False}, "母亲不在本市人口库中"),
            ({"birth": None}, "出生医学证明库中没有这张证明，要看原件"),
            ({"child_name": "王大宝"}, "填报的姓名或性别与出生医学证明不一致"),
            ({"multiple": True, "siblings": [{"name": "王二宝"}]}, "双胞胎或多胞胎，要逐个核对"),
        ],
    )
    def test_what_is_out_of_the_ordinary_goes_to_a_person(self, begin, changed, why):
        case = begin(**changed)

        assert case.open == ["review"]
        assert case.variables["route"] == {"方式": "manual", "理由": why}
        assert case.do("review", decision="accept", note="已核对原件").open == sorted(OFFICES)

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"earlier": 1}, "这张出生医学证明已经办过出生一件事"),
            ({"birth": {**KNOWN, "mother_id": "另一个人"}}, "出生医学证明上的母亲与填报的母亲不是同一人"),
        ],
    )
    def test_what_must_not_be_is_refused_with_the_reason(self, begin, changed, why):
        case = begin(**changed)

        assert case.ended
        assert not case.failed
        assert "p/refused" in case.passed
        assert [(each["done"], each["note"]) for each in case.variables["results"]] == [(False, why)]

    def test_a_person_may_refuse(self, begin):
        case = begin(late=True, late_reason="一直在外地").do("review", decision="refuse", note="证明是涂改的")

        assert case.ended
        assert case.variables["results"][0]["note"] == "证明是涂改的"


class TestCorrection:
    def test_is_asked_once_of_all_and_goes_back_to_those_who_asked(self, begin):
        case = begin()
        case.do("household", decision="correct", note="请写明门牌号")
        case.do("insurance", decision="correct", note="请补身份证复印件")
        assert case.open == ["card", "health"]  # nobody asks the parent before everybody has looked
        all_done(case)

        assert case.open == ["correct"]
        assert case.variables["asked"] == ["公安：请写明门牌号", "医保：请补身份证复印件"]
        case.do("correct", reply="已写明，复印件附后", address="杭州市西湖区文三路1号2单元301室")
        assert case.open == ["household-again", "insurance-again"]
        again = next(task for task in case.run().open() if task.node.id == "household-again")
        told = case.run().inputs(again)
        assert (told["address"], told["child_name"], told["may_ask"]) == (
            "杭州市西湖区文三路1号2单元301室", "王小宝", False,
        )  # fmt: skip
        all_done(case)
        assert case.ended
        assert case.variables["conclusion"] == "全部办结"

    def test_that_does_not_come_leaves_the_others_done(self, begin):
        case = begin()
        case.do("card", decision="correct", note="请补照片一张")
        all_done(case)
        case.at_(AT + timedelta(days=30))
        all_done(case)

        assert case.ended
        assert case.variables["conclusion"] == "部分办结"
        assert {each["matter"]["zh"]: each["done"] for each in case.variables["results"]}[
            "社会保障卡"
        ] is False


class TestHowItEnds:
    def test_a_credential_that_is_not_issued_takes_nothing_back(self, begin):
        case = begin(services=["household", "vaccination"])
        for name in case.open:
            case.do(name, decision="done", number=f"{name}-0001")
        case.refuse("issue-certificate", "credentials.subject_wrong")
        answer(case, "issue-household", {"number": "HKDJ-1"})

        assert case.ended
        assert not case.failed
        assert [(each["done"], each["note"]) for each in case.variables["results"]] == [
            (True, ""),
            (True, "电子证照 HKDJ-1"),
        ]

    def test_every_office_names_what_it_gave(self, begin):
        case = all_done(begin(services=["household", "vaccination"]))

        assert case.ended
        assert [(each["office"], each["number"]) for each in case.variables["results"]] == [
            ("health-commission", "health-0001"), ("public-security", "household-0001"),
        ]  # fmt: skip

    def test_nothing_done_is_a_refusal(self, begin):
        case = begin(services=["household"])
        case.do("health", decision="refuse", note="证明与库中不符")
        case.do("household", decision="refuse", note="证明与库中不符")

        assert case.variables["conclusion"] == "不予办理"
        ((template, facts),) = case.told
        assert template == "birth-result"
        assert "户口登记未办成：证明与库中不符" in facts["results"]["zh"]
        assert "p/refused" in case.passed
