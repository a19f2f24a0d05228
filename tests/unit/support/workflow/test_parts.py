from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows, users

from shuzhi.foundation.packfiles import packs_root
from shuzhi.foundation.parts import Declaration, Known
from shuzhi.packs import yaml
from shuzhi.packs.loader import load_pack
from shuzhi.support.workflow import parts
from shuzhi.support.workflow.types import LoopDeclaration

SOUND = """\
loop: leave
title: {zh: 请假, en: Leave}
start: asked
states:
  - {id: asked, title: {zh: 待批, en: Asked}}
  - {id: given, title: {zh: 已批, en: Given}, final: true}
due: {working_days: 3, amber: 1}
actions:
  - id: give
    title: {zh: 批准, en: Give}
    from: [asked]
    to: given
    by: {who: office, roles: [leader]}
"""


def findings(text: str) -> dict[str, int]:
    """Rules broken, with the line of each."""
    document = yaml.parse(text)
    value = LoopDeclaration.model_validate(document.value)
    declaration = Declaration(pack="test/loops", file=Path("leave.yaml"), value=value, lines=document.lines)
    return {found.rule: found.line for found in parts.check_loops([declaration], Known(ids={}))}


def test_a_sound_loop_has_no_findings():
    assert findings(SOUND) == {}


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("start: asked", "start: begun", "start-unknown", 3),
        (", final: true}", "}", "no-final-state", 4),
        ("from: [asked]", "from: [given]", "action-from-final", 11),
        ("from: [asked]", "from: [asked, lost]", "state-unknown", 11),
        ("to: given", "to: lost", "state-unknown", 12),
        ("amber: 1", "amber: 4", "amber-too-early", 7),
        ("roles: [leader]", "roles: [system]", "system-has-no-office", 13),
        ("id: given,", "id: asked,", "name-twice", 6),
        ("to: given", "to: asked", "state-unreachable", 6),
        ("to: given", "to: asked", "state-without-end", 5),
    ],
)
def test_names_the_fault_and_its_line(old, new, rule, line):
    assert findings(SOUND.replace(old, new)).get(rule) == line


@pytest.mark.parametrize(
    ("old", "new", "loc"),
    [
        ("roles: [leader]", "roles: [king]", "king"),
        ("due: {working_days: 3, amber: 1}\n", "", "due"),
        ("due: {working_days: 3", "due: {working_days: -3", "working_days"),
        ("who: office", "who: nobody", "nobody"),
        ("from: [asked]", "from: []", "from"),
    ],
)
def test_the_schema_refuses(old, new, loc):
    with pytest.raises(ValueError, match=loc):
        LoopDeclaration.model_validate(yaml.parse(SOUND.replace(old, new)).value)


def test_the_governance_pack_is_sound():
    pack, faults = load_pack(packs_root() / "platform" / "governance")

    assert pack is not None
    loops = pack.declarations["loops"]
    assert [item.value.loop for item in loops] == [
        "benefit-appeal",
        "case-objection",
        "classification-review",
        "commitment-check",
        "data-deletion",
        "data-objection",
        "interface-notice",
        "quality-issue",
        "security-incident",
        "settlement-dispute",
        "share-request",
    ]
    assert list(parts.check_loops(loops, Known(ids={}))) == []
    assert not [fault for fault in faults if "loops" in fault.file]


class TestCallingAnotherPack:
    CALLS = drawn(SE + '<callActivity id="c" calledElement="called"/>' + flows("start>c", "c>end"))
    CALLED = drawn(SE + users("in") + flows("start>in", "in>end"), name="called")

    def _pack(self, root, name, process, content):
        folder = root / "people" / name
        (folder / "processes").mkdir(parents=True)
        (folder / "pack.yaml").write_text("pack: x", encoding="utf-8")
        file = folder / "processes" / f"{process}.bpmn"
        file.write_bytes(content)
        return file

    def test_a_process_of_the_pack_beside_is_found(self, tmp_path):
        calling = self._pack(tmp_path, "one", "p", self.CALLS)
        self._pack(tmp_path, "two", "called", self.CALLED)

        declared, _, findings = parts.read_process(calling)

        assert findings == []
        assert [name for name, _ in declared.files] == ["p.bpmn", "called.bpmn"]

    def test_nothing_is_read_through_a_link(self, tmp_path):
        calling = self._pack(tmp_path, "one", "p", self.CALLS)
        outside = tmp_path / "outside.bpmn"
        outside.write_bytes(self.CALLED)
        (tmp_path / "people" / "two" / "processes").mkdir(parents=True)
        (tmp_path / "people" / "two" / "processes" / "called.bpmn").symlink_to(outside)

        assert [each.rule for each in parts.read_process(calling)[2]] == ["process-called-unknown"]
