"""Rule files in packs: read with all their faults, installed under their digest, earlier versions kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.decisions import parts, services
from shuzhi.support.decisions.errors import RulesNotInstalled
from shuzhi.support.decisions.queries import installed_rules, read_rulebook

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
ADMIN = Actor(name="admin", office="bigdata-bureau", roles=frozenset({Role.ADMINISTRATOR}))
BENEFIT = packs_root() / "market/small-firm-benefit/rules/small-firm-benefit.dmn"
FIRM = {
    "注册日期": "2024-11-05",
    "申请日期": "2026-03-01",
    "规模": "小型",
    "社保缴纳人数": 4,
    "新增就业人数": 6,
    "严重失信": False,
}
DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">'
    '<decision id="d" name="D"><literalExpression><text>{}</text></literalExpression></decision></definitions>'
)


def written(folder: Path, text: str) -> Path:
    file = folder / "small.dmn"
    file.write_text(DECISION.format(text))
    return file


class TestReading:
    def test_faults_are_findings_with_their_lines(self, tmp_path):
        value, _, found = parts.read_rules(written(tmp_path, "1 +\n + nobody )"))

        assert value is None
        assert [each.rule for each in found] == ["rules-feel-syntax"]
        assert "small.dmn" in found[0].message.zh

    def test_a_file_that_is_no_xml_is_one_finding(self, tmp_path):
        file = tmp_path / "broken.dmn"
        file.write_text("<definitions")

        assert [each.rule for each in parts.read_rules(file)[2]] == ["rules-file-syntax"]

    def test_the_product_s_rules_are_sound(self):
        for file in packs_root().glob("*/*/rules/*.dmn"):
            assert parts.read_rules(file)[2] == []


LIBRARY = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="lib" namespace="urn:lib">'
    '<businessKnowledgeModel id="k" name="加倍"><encapsulatedLogic><formalParameter name="数"/>'
    "<literalExpression><text>数 * {}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel></definitions>"
)
USER = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">'
    '<import name="公用" namespace="urn:lib" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    '<decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="urn:lib#k"/></knowledgeRequirement>'
    "<literalExpression><text>公用.加倍(21)</text></literalExpression></decision></definitions>"
)


class TestPacksThatNeedOneAnother:
    @pytest.fixture
    def packs(self, tmp_path):
        for pack, name, text in (("law/common", "rules", LIBRARY.format(2)), ("law/user", "rules", USER)):
            folder = tmp_path / pack / "rules"
            folder.mkdir(parents=True)
            (folder / f"{name}.dmn").write_text(text)
            (folder.parent / "pack.yaml").write_text(f"pack: {pack}\nneeds: [decisions]\n")
        return tmp_path

    def need(self, packs, pack):
        (packs / "law/user/pack.yaml").write_text(f"pack: law/user\nneeds: [decisions, {pack}]\n")
        return parts.read_rules(packs / "law/user/rules/rules.dmn")

    def test_rules_of_a_needed_pack_can_be_imported(self, packs):
        value, _, found = self.need(packs, "law/common")

        assert found == []
        assert [name for name, _ in value.files] == ["rules.dmn", "law/common/rules.dmn"]
        own, *others = value.files
        assert read_rulebook([own], beside=others).sound().decide("D", {}).value == 42

    def test_a_change_of_the_needed_pack_changes_the_digest(self, packs):
        before = self.need(packs, "law/common")[0].digest
        (packs / "law/common/rules/rules.dmn").write_text(LIBRARY.format(3))

        assert self.need(packs, "law/common")[0].digest != before

    def test_what_is_not_needed_is_not_found(self, packs):
        assert parts.read_rules(packs / "law/user/rules/rules.dmn")[2]

    def test_a_needed_pack_that_is_not_there_is_a_finding(self, packs):
        assert "rules-pack-missing" in {each.rule for each in self.need(packs, "law/nowhere")[2]}


class TestTheExample:
    @pytest.mark.parametrize(
        ("day", "change", "amount"),
        [
            ("2026-03-01", {}, 9000),
            ("2025-12-31", {}, 0),
            ("2026-03-01", {"新增就业人数": 80}, 75000),
            ("2026-03-01", {"规模": "大型"}, 0),
            ("2026-03-01", {"注册日期": "2025-03-02"}, 0),
            ("2026-03-01", {"严重失信": True}, 0),
        ],
    )
    def test_decides(self, day, change, amount):
        book = read_rulebook([BENEFIT]).sound()

        assert book.decide("补贴金额", {**FIRM, **change}, as_of=dt.date.fromisoformat(day)).value == amount

    def test_names_what_is_missing(self):
        book = read_rulebook([BENEFIT])
        firm = {name: value for name, value in FIRM.items() if name != "社保缴纳人数"}

        answer = book.decide("补贴金额", firm, as_of=dt.date(2026, 3, 1))

        assert (answer.status, answer.missing) == ("not_evaluable", ("社保缴纳人数",))


@pytest.mark.django_db
class TestInstalling:
    def test_earlier_versions_can_be_asked_again(self, tmp_path):
        first = parts.read_rules(written(tmp_path, "1"))[0]
        second = parts.read_rules(written(tmp_path, "2"))[0]
        for declaration in (first, second, second):
            services.install_rules(declaration=declaration, pack="test/rules", by=ADMIN, at=AT)

        assert installed_rules("small").decide("D", {}).value == 2
        assert installed_rules("small", digest=first.digest).decide("D", {}).value == 1
        assert installed_rules("small", digest=first.digest).digest == first.digest

    def test_going_back_makes_the_earlier_one_current(self, tmp_path):
        first = parts.read_rules(written(tmp_path, "1"))[0]
        second = parts.read_rules(written(tmp_path, "2"))[0]
        for declaration in (first, second, first):
            services.install_rules(declaration=declaration, pack="test/rules", by=ADMIN, at=AT)

        assert installed_rules("small").decide("D", {}).value == 1

    def test_only_an_administrator_installs(self, tmp_path):
        clerk = Actor(name="clerk", office="bigdata-bureau", roles=frozenset({Role.DATA_OFFICER}))

        with pytest.raises(Forbidden):
            services.install_rules(
                declaration=parts.read_rules(written(tmp_path, "1"))[0], pack="test/rules", by=clerk, at=AT
            )

    def test_unknown_rules(self):
        with pytest.raises(RulesNotInstalled):
            installed_rules("nobody")
