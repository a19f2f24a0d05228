"""Files of other editors: every element that BPMN has is taken or named, whatever stands around it; nothing crashes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import monotonic

import pytest

from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.declaring import declare, look_at

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ACTIVITIES = ("task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess", "callChoreography", "choreographyTask", "subChoreography")  # fmt: skip
GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway")
EVENTS = (
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "implicitThrowEvent",
)
DEFINITIONS = (
    "cancel",
    "compensate",
    "conditional",
    "error",
    "escalation",
    "link",
    "message",
    "signal",
    "terminate",
    "timer",
)
BESIDE = ("dataObject", "dataObjectReference", "dataStoreReference", "laneSet", "association", "group", "textAnnotation", "ioSpecification", "property", "auditing", "monitoring", "correlationSubscription", "performer", "resourceRole")  # fmt: skip
ROOTS = ("choreography", "globalChoreographyTask", "conversation", "globalTask", "globalUserTask", "globalManualTask", "globalBusinessRuleTask", "globalScriptTask", "globalConversation", "collaboration", "correlationProperty", "dataStore", "endPoint", "interface", "itemDefinition", "partnerEntity", "partnerRole", "resource", "category", "message", "signal", "error", "escalation", *(f"{each}EventDefinition" for each in DEFINITIONS))  # fmt: skip


def whole() -> bytes:
    """A drawing with everything in it, each thing alone, as another editor exports it."""
    events = "".join(
        f'<{event} id="{event}-{kind}"><v:x y="1"/><{kind}EventDefinition id="d-{event}-{kind}"/></{event}>'
        for event in EVENTS
        for kind in DEFINITIONS
    )
    events += '<endEvent id="by-ref"><eventDefinitionRef>somewhere</eventDefinitionRef></endEvent>'
    others = "".join(
        f'<{name} id="{name}-1"><documentation>x</documentation><extensionElements><v:x/></extensionElements></{name}>'
        for name in (*ACTIVITIES, *GATEWAYS, *BESIDE, *EVENTS)
    )
    roots = "".join(f'<{name} id="root-{name}"/>' for name in ROOTS)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{BPMN}" xmlns:v="urn:vendor" targetNamespace="t" '
        'expressionLanguage="http://www.w3.org/1999/XPath" exporter="another">'
        f'<import importType="x" location="y" namespace="z"/>{roots}'
        f'<process id="p" isExecutable="true" v:kind="?">{others}{events}</process><process id="q"/></definitions>'
    ).encode()


def test_every_element_of_bpmn_is_taken_or_named():
    model, faults = check_file(whole())

    assert model is not None
    told = " ".join(each.message.en for each in faults)
    named = {each.element for each in faults}
    for name in (
        "complexGateway-1",
        "task-1",
        "callChoreography-1",
        "choreographyTask-1",
        "implicitThrowEvent-1",
    ):
        assert name in named, name
    for name in ("choreography", "globalUserTask", "conditional", "eventDefinitionRef", "conversation"):
        assert name in told, name
    assert {f"{event}-conditional" for event in EVENTS if event != "implicitThrowEvent"} <= named
    assert all(each.line >= 1 and each.message.zh and each.message.en for each in faults)
    assert declare("p", ("p.bpmn", whole()))[0] is None


@pytest.mark.proof
def test_models_of_the_interchange_suite_are_imported_and_what_cannot_run_is_named(capsys):
    """`SHUZHI_BPMN_MODELS`: a folder of BPMN files, such as the reference models of bpmn-miwg."""
    folder = os.environ.get("BPMN_MODELS")
    if not folder:
        pytest.skip("SHUZHI_BPMN_MODELS names no folder of models")
    files = sorted(each for each in Path(folder).rglob("*") if each.suffix.lower() == ".bpmn")
    assert files
    from typer.testing import CliRunner

    from shuzhi.terminals.console.workflow import app

    for file in files:
        begun = monotonic()
        done = CliRunner().invoke(app, ["check", "--json", str(file)])
        assert done.exit_code in (0, 1), (file.name, done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), (file.name, done.exception)
        assert monotonic() - begun < 10, file.name
        told = json.loads(done.stdout)
        assert bool(told) == (done.exit_code == 1), file.name
        seen = look_at(file.read_bytes())
        assert told or seen.runs, file.name
        assert all(each["line"] >= 1 and each["message"]["zh"] and each["message"]["en"] for each in told)
        assert all(not each["element"] or each["element"] in each["message"]["zh"] for each in told), (
            file.name
        )
        with capsys.disabled():
            rules = ", ".join(sorted({each["rule"] for each in told}))
            print(f"{file.name}: runs {seen.runs or 'nothing'}; {len(told)} named ({rules})")  # noqa: T201 - the proof tells what it found


class TestChecked:
    """`shuzhi workflow check`, whatever it is given."""

    @staticmethod
    def check(*files: Path) -> tuple[int, list[dict[str, object]], str]:
        from typer.testing import CliRunner

        from shuzhi.terminals.console.workflow import app

        told = CliRunner().invoke(app, ["check", "--json", *map(str, files)])
        said = CliRunner().invoke(app, ["check", *map(str, files)])
        assert told.exit_code == said.exit_code
        return told.exit_code, json.loads(told.stdout), said.stdout

    def test_what_runs_and_what_does_not(self, tmp_path):
        for name, kind in (("sound", "userTask"), ("unsound", "task")):
            body = f'<process id="{name}" isExecutable="true"><startEvent id="s"/><{kind} id="a" name="受理"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/></process>'
            (tmp_path / f"{name}.bpmn").write_text(f'<definitions xmlns="{BPMN}">{body}</definitions>')

        code, told, said = self.check(tmp_path / "sound.bpmn")
        assert (code, told) == (0, [])
        assert "可以运行 runs: sound" in said

        code, told, said = self.check(tmp_path / "sound.bpmn", tmp_path / "unsound.bpmn")
        assert code == 1
        assert [each["element"] for each in told] == ["a"]
        assert "没有流程可以运行 · no process runs" in said
        assert "“受理”（a）" in said

    def test_what_is_no_file_of_bpmn(self, tmp_path):
        names = {
            "empty": b"",
            "binary": b"\x89PNG\r\n\x1a\n\x00",
            "large": b"<a>" * 2_000_000,
            "page": b"<html/>",
        }
        for name, content in names.items():
            (tmp_path / name).write_bytes(content)

        code, told, _ = self.check(*(tmp_path / name for name in names), tmp_path / "missing", tmp_path)

        assert code == 1
        assert [each["rule"] for each in told] == [
            *("file-syntax", "file-syntax", "file-too-large", "file-not-bpmn"),
            *("file-unreadable", "file-unreadable"),
        ]

    def test_a_file_that_calls_another_beside_it(self, tmp_path):
        flow = '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        for name, activity in (
            ("one", '<callActivity id="a" calledElement="two"/>'),
            ("two", '<userTask id="a"/>'),
        ):
            body = f'<process id="{name}" isExecutable="true"><startEvent id="s"/>{activity}{flow}</process>'
            (tmp_path / f"{name}.bpmn").write_text(f'<definitions xmlns="{BPMN}">{body}</definitions>')

        assert self.check(tmp_path / "one.bpmn")[:2] == (0, [])
        (tmp_path / "two.bpmn").unlink()
        assert [each["rule"] for each in self.check(tmp_path / "one.bpmn")[1]] == ["called-unknown"]
