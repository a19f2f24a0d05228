"""What can't run is named with its line and element; nothing that a file says makes the reader fail or run anything."""

from __future__ import annotations

import builtins
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.support.workflow.processes.drawn import HEAD, SE, Case, drawn, flows, users

from shuzhi.foundation.errors import PlatformError
from shuzhi.support.workflow.processes.building import build
from shuzhi.support.workflow.processes.checking import check_file

PLAIN = drawn(SE + users("a") + flows("start>a", "a>end"))


def rules(content: bytes) -> set[str]:
    return {fault.rule for fault in check_file(content)[1]}


def test_a_sound_file_has_no_faults():
    assert rules(PLAIN) == set()


MISTAKES = {
    "process-not-executable": PLAIN.replace(b' isExecutable="true"', b""),
    "process-missing": f"{HEAD}</definitions>".encode(),
    "start-missing": drawn('<endEvent id="end"/>' + users("a") + flows("a>end")),
    "start-twice": drawn(SE + '<startEvent id="s2"/>' + users("a") + flows("start>a", "s2>a", "a>end")),
    "unreachable": drawn(SE + users("a", "b") + flows("start>a", "a>end")),
    "flow-end-unknown": drawn(SE + users("a") + flows("start>a", "a>nowhere")),
    "flow-from-end": drawn(SE + users("a") + flows("start>end", "end>a")),
    "flow-to-start": drawn(SE + users("a") + flows("start>a", "a>start")),
    "condition-missing": drawn(
        SE + users("a") + '<exclusiveGateway id="g"/>' + flows("start>g", "g>a?x", "g>end", "a>end")
    ),
    "condition-without-choice": drawn(SE + users("a") + flows("start>a", "a>end?x")),
    "default-unknown": drawn(SE + '<exclusiveGateway id="g" default="no"/>' + flows("start>g", "g>end?x")),
    "expression-syntax": drawn(
        SE + users("a") + '<exclusiveGateway id="g"/>' + flows("start>g", "g>a?1 +", "g>end?x", "a>end")
    ),
    "script-not-feel": drawn(
        SE
        + '<scriptTask id="s" scriptFormat="python"><script>1</script></scriptTask>'
        + flows("start>s", "s>end")
    ),
    "service-missing": drawn(SE + '<serviceTask id="s"/>' + flows("start>s", "s>end")),
    "rule-missing": drawn(SE + '<businessRuleTask id="s"/>' + flows("start>s", "s>end")),
    "called-missing": drawn(SE + '<callActivity id="s"/>' + flows("start>s", "s>end")),
    "element-not-run": drawn(SE + '<complexGateway id="s"/>' + flows("start>s", "s>end")),
    "event-without-kind": drawn(SE + '<intermediateCatchEvent id="s"/>' + flows("start>s", "s>end")),
    "event-not-run": drawn(
        SE
        + '<intermediateCatchEvent id="s"><conditionalEventDefinition/></intermediateCatchEvent>'
        + flows("start>s", "s>end")
    ),
    "timer-text": drawn(
        SE
        + '<intermediateCatchEvent id="s"><timerEventDefinition><timeDuration>soon</timeDuration></timerEventDefinition></intermediateCatchEvent>'
        + flows("start>s", "s>end")
    ),
    "timer-without-time": drawn(
        SE
        + '<intermediateCatchEvent id="s"><timerEventDefinition/></intermediateCatchEvent>'
        + flows("start>s", "s>end")
    ),
    "reference-unknown": drawn(SE + '<receiveTask id="s" messageRef="m"/>' + flows("start>s", "s>end")),
    "boundary-unattached": drawn(
        SE
        + '<boundaryEvent id="s" attachedToRef="start"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>'
        + flows("start>end", "s>end")
    ),
    "many-of-what": drawn(
        SE + '<userTask id="s"><multiInstanceLoopCharacteristics/></userTask>' + flows("start>s", "s>end")
    ),
    "loop-endless": drawn(
        SE + '<userTask id="s"><standardLoopCharacteristics/></userTask>' + flows("start>s", "s>end")
    ),
    "role-unknown": drawn(SE + '<userTask id="s" shuzhi:roles="emperor"/>' + flows("start>s", "s>end")),
    "count-wrong": drawn(SE + '<userTask id="s" shuzhi:workingDays="soon"/>' + flows("start>s", "s>end")),
    "amber-too-early": drawn(
        SE + '<userTask id="s" shuzhi:workingDays="2" shuzhi:amber="3"/>' + flows("start>s", "s>end")
    ),
    "attribute-unknown": drawn(SE + '<userTask id="s" shuzhi:ofice="x"/>' + flows("start>s", "s>end")),
    "assign-unknown": drawn(SE + '<userTask id="s" shuzhi:assign="lottery"/>' + flows("start>s", "s>end")),
    "id-twice": drawn(SE + users("a", "a") + flows("start>a", "a>end")),
    "id-missing": drawn(SE + "<userTask/>" + flows("start>end")),
    "expression-language": PLAIN.replace(
        b"</process>",
        b'</process><process id="q" isExecutable="true"><sequenceFlow id="f"><conditionExpression language="python">1</conditionExpression></sequenceFlow></process>',
    ),
    "file-doctype": b'<!DOCTYPE x [<!ENTITY a "b">]>' + PLAIN,
    "file-syntax": PLAIN[:-5],
    "file-not-bpmn": b"<html/>",
    "file-encoding": b'<?xml version="1.0" encoding="klingon"?>' + PLAIN,
    "file-too-deep": b"<a>" * 100 + b"</a>" * 100,
    "file-too-large": b" " * 4_000_001,
}


@pytest.mark.parametrize("rule", MISTAKES)
def test_a_mistake_is_named_with_line_and_advice_in_both_languages(rule):
    faults = [each for each in check_file(MISTAKES[rule])[1] if each.rule == rule]

    assert faults
    assert all(each.line >= 1 and each.message.zh and each.message.en for each in faults)


class TestAttacks:
    TEXTS = (
        "__import__('os').system('touch /tmp/owned')",
        "().__class__.__bases__[0].__subclasses__()",
        "open('/etc/passwd').read()",
        "exec('x=1')",
        "(lambda: 1)()",
    )

    @pytest.mark.parametrize("text", TEXTS)
    def test_python_in_a_condition_is_refused_or_means_nothing(self, text, monkeypatch):
        content = drawn(
            SE
            + users("a")
            + '<exclusiveGateway id="g" default="f_g_end_2"/>'
            + flows("start>g", f"g>a?{text.replace('>', '')}", "g>end", "a>end")
        )
        _model, faults = check_file(content)
        if not faults:
            for door in ("eval", "exec", "compile", "open"):
                monkeypatch.setattr(builtins, door, lambda *_a, **_k: pytest.fail("Python ran"))
            with pytest.raises(PlatformError):
                Case(content)

    @pytest.mark.parametrize(
        "text",
        [
            "for i in 1..1000000000 return i",
            "for a in 1..9999, b in 1..9999, c in 1..9999 return a",
            "(" * 5000 + "1" + ")" * 5000,
        ],
        ids=["long", "nested", "deep"],
    )
    def test_work_without_end_is_refused(self, text):
        content = drawn(
            SE
            + '<scriptTask id="s" scriptFormat="feel" shuzhi:result="x"><script>'
            + text
            + "</script></scriptTask>"
            + flows("start>s", "s>end")
        )
        if not check_file(content)[1]:
            with pytest.raises(PlatformError):
                Case(content)

    def test_entities_are_never_expanded(self):
        bomb = (
            b'<!DOCTYPE b [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]><b>&b;</b>'
        )
        outside = b'<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><b>&a;</b>'

        assert rules(bomb) == rules(outside) == {"file-doctype"}
        assert rules(bomb.decode().encode("utf-16")) == {"file-doctype"}

    def test_a_chain_longer_than_anything_sensible_is_named(self):
        names = [f"n{i}" for i in range(500)]
        ways = flows("start>n0", *(f"n{i}>n{i + 1}" for i in range(499)), "n499>end")

        assert "process-too-large" in rules(drawn(SE + users(*names) + ways))


@settings(max_examples=150)
@given(seed=st.integers(0, 10**9))
def test_whatever_is_left_out_or_doubled_nothing_fails_but_by_name(seed):
    rng = random.Random(seed)
    sound = drawn(
        SE + users("a", "b") + '<parallelGateway id="g"/><exclusiveGateway id="x"/>'
        '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>'
        + flows("start>g", "g>a", "g>b", "a>x", "b>x", "t>x", "x>end")
    ).decode()
    pieces = sound.replace("><", ">\0<").split("\0")
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(pieces))
        rng.choice((pieces.pop, lambda p: pieces.insert(p, pieces[rng.randrange(len(pieces))])))(place)
    model, faults = check_file("".join(pieces).encode())
    if model is not None and not faults:
        build(model, model.processes[0].id, {})
