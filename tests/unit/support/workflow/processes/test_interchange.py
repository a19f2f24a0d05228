"""Files of other editors: every element that BPMN has is taken or named, whatever stands around it; nothing crashes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.declaring import declare

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
        done = CliRunner().invoke(app, ["check", str(file)])
        assert done.exit_code in (0, 1), (file.name, done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), (file.name, done.exception)
        _, faults = check_file(file.read_bytes())
        assert done.exit_code == 0 or faults, file.name
        assert all(each.line >= 1 and each.message.zh and each.message.en for each in faults)
        with capsys.disabled():
            rules = ", ".join(sorted({each.rule for each in faults})) or "runs"
            print(f"{file.name}: {len(faults)} ({rules})")  # noqa: T201 - the proof tells what it found
