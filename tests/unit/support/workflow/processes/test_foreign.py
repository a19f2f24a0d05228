"""Files of other editors: what they write and nobody here does is named, and what they write differently is read."""

from __future__ import annotations

import random
import re
from time import monotonic
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.support.workflow.processes.drawn import HEAD, SE, Case, drawn, flows, users
from tests.unit.support.workflow.processes.test_checking import MISTAKES

from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.declaring import look_at
from shuzhi.support.workflow.processes.reading import in_utf8, read_xml

CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
AWAIT = '<messageEventDefinition messageRef="m"/>'
NEWS = '<message id="m" name="news"/>'
ASIDE = (
    f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="s">{AWAIT}</startEvent><userTask id="look"/>'
    + flows("s>look")
    + "</subProcess>"
)


def task(inner: str = "", attributes: str = "", kind: str = "userTask") -> bytes:
    return drawn(
        SE
        + f'<{kind} id="visit" name="上门 核实" {attributes}>{inner}</{kind}>'
        + flows("start>visit", "visit>end")
    )


def more(inner: str) -> bytes:
    return drawn(SE + flows("start>end"), top=inner)


SILENT_BEFORE = {
    "startQuantity": ("quantity", task(attributes='startQuantity="2"')),
    "completionQuantity": ("quantity", task(attributes='completionQuantity="3"')),
    "performer": ("people-not-read", task('<performer id="r"><resourceRef>clerks</resourceRef></performer>')),
    "potentialOwner": ("people-not-read", task("<potentialOwner/>")),
    "assignment": (
        "data-not-moved",
        task(
            "<dataInputAssociation><assignment><from>a</from><to>b</to></assignment></dataInputAssociation>"
        ),
    ),
    "transformation": (
        "data-not-moved",
        task("<dataOutputAssociation><transformation>a</transformation></dataOutputAssociation>"),
    ),
    "data of a joint review": (
        "data-not-moved",
        task(
            "<multiInstanceLoopCharacteristics><loopDataInputRef>_12-ab</loopDataInputRef></multiInstanceLoopCharacteristics>"
        ),
    ),
    "behavior": (
        "many-behavior",
        task(
            '<multiInstanceLoopCharacteristics behavior="One"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
        ),
    ),
    "attribute of another engine": ("vendor-words", task(attributes=f'{CAMUNDA} camunda:assignee="li"')),
    "element of another engine": (
        "vendor-words",
        task(f"<extensionElements><zeebe:formDefinition {ZEEBE}/></extensionElements>"),
    ),
    "bindings of another editor": (
        "vendor-words",
        task(
            '<extensionElements><t:dataInputBindings xmlns:t="http://www.trisotech.com/2015/triso/modeling"/></extensionElements>'
        ),
    ),
    "joint review of another engine": (
        "vendor-words",
        task(
            f'<multiInstanceLoopCharacteristics {CAMUNDA} camunda:collection="x"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
        ),
    ),
    "condition of another engine": (
        "vendor-words",
        more(f'<message id="m" name="m"><extensionElements><zeebe:subscription {ZEEBE}/></extensionElements></message>'),
    ),
    "correlation of a process": (
        "correlation-not-read",
        drawn(SE + flows("start>end") + '<correlationSubscription id="c" correlationKeyRef="k"/>'),
    ),
    "correlation of a collaboration": (
        "correlation-not-read",
        more('<collaboration id="co"><correlationKey id="k"/></collaboration>'),
    ),
    "conversation": (
        "element-not-run",
        more('<collaboration id="co"><conversation id="talk"/></collaboration>'),
    ),
    "element of no language": (
        "element-not-run",
        drawn(SE + flows("start>end") + '<v:robot xmlns:v="urn:v" id="r"/>'),
    ),
    "receive task that begins": (
        "event-not-run",
        drawn(
            SE + '<receiveTask id="r" instantiate="1" messageRef="m"/>' + flows("start>r", "r>end"),
            top='<message id="m" name="m"/>',
        ),
    ),
    "extension to be understood": (
        "extension-required",
        more('<extension definition="x:y" mustUnderstand="true"/>'),
    ),
    "message without an id": ("id-missing", more('<message name="m"/>')),
    "language of the whole file": (
        "expression-language",
        drawn(
            SE + '<exclusiveGateway id="g" default="f_g_end_2"/>' + users("a")
            + flows("start>g", "g>a?x = 1", "g>end", "a>end")
        ).replace(b"targetNamespace", b'expressionLanguage="http://www.w3.org/1999/XPath" targetNamespace'),
    ),
    "day that there is not": (
        "timer-text",
        drawn(
            SE
            + '<intermediateCatchEvent id="w"><timerEventDefinition><timeDate>2026-13-45</timeDate></timerEventDefinition></intermediateCatchEvent>'
            + flows("start>w", "w>end")
        ),
    ),
    "cycle that would be computed": (
        "timer-text",
        drawn(
            SE
            + users("a", "x")
            + '<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeCycle>="R3/PT1H"</timeCycle></timerEventDefinition></boundaryEvent>'
            + flows("start>a", "a>end", "b>x")
        ),
    ),
    "boundary of an event sub-process": (
        "boundary-unattached",
        drawn(
            SE
            + users("x")
            + ASIDE
            + '<boundaryEvent id="b" attachedToRef="aside"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>'
            + flows("start>end", "b>x"),
            top=NEWS,
        ),
    ),
    "joint review of an event sub-process": (
        "many-beside",
        drawn(
            SE
            + ASIDE.replace(
                "</subProcess>",
                "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></subProcess>",
            )
            + flows("start>end"),
            top=NEWS,
        ),
    ),
    "gateway that waits for all events": (
        "event-not-run",
        drawn(
            SE
            + '<eventBasedGateway id="g" eventGatewayType="Parallel"/><intermediateCatchEvent id="c">'
            + AWAIT
            + "</intermediateCatchEvent>"
            + flows("start>g", "g>c", "c>end"),
            top=NEWS,
        ),
    ),
    "receive task with a boundary behind a gateway": (
        "event-gateway-target",
        drawn(
            SE
            + users("x")
            + '<eventBasedGateway id="g"/><receiveTask id="c" messageRef="m"/><boundaryEvent id="b" attachedToRef="c"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>'
            + flows("start>g", "g>c", "c>end", "b>x"),
            top=NEWS,
        ),
    ),
    "task that undoes nothing": (
        "compensation-without-event",
        drawn(SE + '<userTask id="u" isForCompensation="true"/>' + flows("start>end")),
    ),
    "sub-process that is called": (
        "called-unknown",
        drawn(
            SE
            + '<callActivity id="c" calledElement="inner"/><subProcess id="inner"><startEvent id="s"/></subProcess>'
            + flows("start>c", "c>inner", "inner>end")
        ),
    ),
    "process that nobody has": (
        "called-unknown",
        drawn(SE + '<callActivity id="c" calledElement="elsewhere"/>' + flows("start>c", "c>end")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SILENT_BEFORE)
def test_what_nobody_does_is_named_and_keeps_the_process_from_running(what):
    rule, content = SILENT_BEFORE[what]

    seen = look_at(content)

    assert rule in {each.rule for each in seen.faults}, seen.faults
    assert all(each.line >= 1 and each.message.zh and each.message.en for each in seen.faults)


FAR = {
    "cycle": '<boundaryEvent id="b" attachedToRef="visit" cancelActivity="false"><timerEventDefinition><timeCycle>R/P9999Y</timeCycle></timerEventDefinition></boundaryEvent>',
    "span": '<boundaryEvent id="b" attachedToRef="visit"><timerEventDefinition><timeDuration>P9999Y</timeDuration></timerEventDefinition></boundaryEvent>',
    "loop": '<userTask id="again"><standardLoopCharacteristics loopMaximum="' + "9" * 5000 + '"/></userTask>',
}


@pytest.mark.parametrize("what", FAR)
def test_a_number_beyond_every_calendar_and_counter_is_named(what):
    seen = look_at(task().replace(b"</process>", FAR[what].encode() + b"</process>"))

    assert {"timer-text", "count-wrong"} & {each.rule for each in seen.faults}


def test_what_changes_nothing_is_passed_over():
    quiet = task(
        f'<documentation textFormat="text/html">&lt;p&gt;x&lt;/p&gt;</documentation><extensionElements><v:style xmlns:v="urn:v" colour="1"/><camunda:properties {CAMUNDA}/></extensionElements>'
        '<ioSpecification><dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/></ioSpecification>'
        '<dataInputAssociation id="a"><sourceRef>d</sourceRef><targetRef>i</targetRef></dataInputAssociation>',
        'startQuantity="1" completionQuantity="1" implementation="##unspecified"',
    )

    assert look_at(quiet).faults == []
    assert look_at(quiet).runs == ["p"]


class TestReadAsWritten:
    EVENT = '<subProcess id="aside" triggeredByEvent="1"><startEvent id="s" isInterrupting="0">' + AWAIT + '</startEvent><userTask id="look"/>' + flows("s>look") + "</subProcess>"  # fmt: skip
    TOP = '<message id="m" name="news"/>'

    def test_one_is_true_and_nought_is_false(self):
        case = Case(drawn(SE + users("a") + self.EVENT + flows("start>a", "a>end"), top=self.TOP))
        case.get("message", "news")

        assert case.open == ["a", "look"]

    def test_a_boundary_that_does_not_interrupt_by_nought(self):
        at = '<boundaryEvent id="b" attachedToRef="a" cancelActivity="0">' + AWAIT + "</boundaryEvent>"
        case = Case(
            drawn(SE + users("a", "c") + at + flows("start>a", "a>end", "b>c", "c>end"), top=self.TOP)
        )
        case.get("message", "news")

        assert case.open == ["a", "c"]

    def test_references_may_carry_the_prefix_of_their_namespace(self):
        body = (
            SE + users("a") + '<receiveTask id="r" messageRef="t:m"/><boundaryEvent id="b" attachedToRef="t:a">'
            '<timerEventDefinition><timeDuration language="http://www.w3.org/1999/XPath">P1D</timeDuration></timerEventDefinition></boundaryEvent>'
            + flows("start>a", "a>r", "r>end", "b>end")
        )  # fmt: skip
        content = drawn(body, top=self.TOP).replace(b"targetNamespace", b'xmlns:t="urn:test" targetNamespace')
        case = Case(content).do("a")
        case.get("message", "news")

        assert case.ended

    def test_an_empty_condition_is_none(self):
        body = (
            SE + users("a") + '<exclusiveGateway id="g" default="d"/>'
            '<sequenceFlow id="d" sourceRef="g" targetRef="a"><conditionExpression language="http://www.w3.org/1999/XPath"/></sequenceFlow>'
            + flows("start>g", "g>end?1 = 2", "a>end")
        )  # fmt: skip

        assert Case(drawn(body)).open == ["a"]


class TestNamed:
    def test_by_what_stands_on_the_drawing_its_id_and_what_to_write(self):
        (fault,) = check_file(task(attributes=f'{CAMUNDA} camunda:formKey="x"'))[1]

        assert "“上门 核实”（visit）" in fault.message.zh
        assert "“上门 核实” (visit)" in fault.message.en
        assert "camunda:formKey" in fault.message.en
        assert "shuzhi:form" in fault.message.zh

    def test_a_gateway_by_its_name_where_a_flow_has_none(self):
        body = (
            SE
            + users("a")
            + '<exclusiveGateway id="g" name="材料&#10;齐全？"/>'
            + flows("start>g", "g>a", "g>end", "a>end")
        )
        told = [each.message.zh for each in check_file(drawn(body))[1]]

        assert len(told) == 2
        assert all("“材料 齐全？”（g）" in each for each in told)

    def test_an_event_without_a_reference_says_which_attribute_is_missing(self):
        body = (
            SE
            + '<intermediateCatchEvent id="w"><messageEventDefinition/></intermediateCatchEvent>'
            + flows("start>w", "w>end")
        )
        (fault,) = check_file(drawn(body))[1]

        assert "messageRef" in fault.message.zh
        assert "messageRef" in fault.message.en

    @pytest.mark.parametrize("rule", MISTAKES)
    def test_every_mistake_says_in_both_languages_what_to_do(self, rule):
        says = r"请|须|应|只能|可用|不能再|没有顺序流|超过|不得|不支持|不是合格|长于"
        for fault in (each for each in check_file(MISTAKES[rule])[1] if each.rule == rule):
            assert re.search(says, fault.message.zh), fault.message.zh
            assert (
                fault.element == ""
                or fault.element in fault.message.en
                or rule in ("id-missing", "id-not-a-name")
            )


class TestWhatRuns:
    TWO = (
        f'{HEAD}<collaboration id="c"><participant id="x" processRef="a"/><participant id="y" processRef="b"/></collaboration>'
        '<process id="a" isExecutable="true"><startEvent id="a1"/><userTask id="a2"/>' + flows("a1>a2") + "</process>"
        '<process id="b" isExecutable="true"><startEvent id="b1"/>{}' + flows("b1>b2") + "</process>{}</definitions>"
    )  # fmt: skip

    def test_a_pool_runs_beside_one_that_can_not(self):
        seen = look_at(self.TWO.format('<task id="b2"/>', "").encode())

        assert seen.runs == ["a"]
        assert [each.element for each in seen.faults] == ["b2"]

    def test_who_calls_what_can_not_run_does_not_run(self):
        calling = '<process id="d" isExecutable="true"><startEvent id="d1"/><callActivity id="d2" calledElement="b"/>'
        seen = look_at(self.TWO.format('<task id="b2"/>', calling + flows("d1>d2") + "</process>").encode())

        assert seen.runs == ["a"]

    def test_a_choreography_beside_them_keeps_nothing_from_running(self):
        seen = look_at(self.TWO.format('<userTask id="b2"/>', '<choreography id="dance"/>').encode())

        assert seen.runs == ["a", "b"]
        assert [each.rule for each in seen.faults] == ["element-not-run"]

    def test_a_called_process_is_looked_for_beside(self):
        content = drawn(SE + '<callActivity id="c" calledElement="other"/>' + flows("start>c", "c>end"))
        other = drawn(SE + users("a") + flows("start>a", "a>end"), name="other")

        assert look_at(content).runs == []
        assert look_at(content, [("other.bpmn", other)]).runs == ["p"]
        assert look_at(content, [("other.bpmn", other.decode().encode("utf-16"))]).runs == ["p"]


class TestEncodings:
    TEXT = drawn(SE + '<userTask id="a" name="核验 Prüfung"/>' + flows("start>a", "a>end")).decode()
    HEADED = '<?xml version="1.0" encoding="{}" standalone="yes"?>\n'

    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "GBK", "windows-1250"]
    )
    def test_a_file_is_read_in_its_own(self, encoding):
        name, text = ("核验", self.TEXT.replace(" Prüfung", ""))
        if encoding == "windows-1250":
            name, text = "Prüfung", self.TEXT.replace("核验 ", "").replace("测试", "p")
        declared = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16LE"}.get(encoding, encoding)
        content = (self.HEADED.format(declared) + text).encode(encoding)
        model, faults = check_file(b"\xff\xfe" + content if encoding == "utf-16-le" else content)

        assert faults == []
        assert model is not None
        assert model.nodes["a"].name == name
        assert model.nodes["a"].line == 2

    def test_latin_letters(self):
        text = self.HEADED.format("ISO-8859-1") + self.TEXT.replace("核验", "").replace("测试", "p")
        model, faults = check_file(text.encode("latin-1"))

        assert faults == []
        assert model is not None
        assert model.nodes["a"].name == "Prüfung"

    @pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8"])
    def test_the_viewer_gets_the_same_drawing(self, encoding):
        content = (self.HEADED.format(encoding) + self.TEXT).encode(encoding)

        seen = etree.fromstring(in_utf8(content).decode("utf-8").encode())

        assert etree.tostring(seen) == etree.tostring(read_xml(content))

    @pytest.mark.parametrize(
        "content",
        [
            HEADED.format("GBK").encode() + b"\xff\xff",
            HEADED.format("utf-8").encode() + "<a>é</a>".encode("latin-1"),
            "<?xml version='1.0' encoding='utf-32'?><a/>".encode("utf-32"),
            b"\xff\xfe<\x00a",
            b"",
            b"\x00" * 50,
            b"PK\x03\x04",
            b'<?xml version="1.1"?><a/>',
            b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        ],
    )
    def test_what_is_none_of_them_is_named(self, content):
        model, faults = check_file(content)

        assert model is None
        assert faults[0].rule in ("file-encoding", "file-syntax", "file-not-bpmn")


class TestSizes:
    def test_five_megabytes_are_refused_before_they_are_read(self):
        content = task(f"<documentation>{'字' * 1_700_000}</documentation>")

        assert len(content) > 5_000_000
        assert [each.rule for each in look_at(content).faults] == ["file-too-large"]

    def test_three_megabytes_of_notes_are_read(self):
        assert look_at(task(f"<documentation>{'字' * 1_000_000}</documentation>")).runs == ["p"]

    def test_thousands_of_elements_are_refused_in_a_moment(self):
        names = [f"n{index}" for index in range(8000)]
        ways = flows("start>n0", *(f"n{index}>n{index + 1}" for index in range(7999)), "n7999>end")
        begun = monotonic()

        assert [each.rule for each in look_at(drawn(SE + users(*names) + ways)).faults] == [
            "process-too-large"
        ]
        assert monotonic() - begun < 10

    def test_sub_processes_within_sub_processes(self):
        def nested(depth: int) -> str:
            inner = nested(depth - 1) if depth else '<userTask id="x"/>'
            first = f"n{depth - 1}" if depth else "x"
            return f'<subProcess id="n{depth}"><startEvent id="s{depth}"/>{inner}{flows(f"s{depth}>{first}")}</subProcess>'

        def whole(depth: int) -> bytes:
            return drawn(f'<startEvent id="start"/>{nested(depth)}{flows(f"start>n{depth}")}')

        assert look_at(whole(40)).runs == ["p"]
        assert [each.rule for each in look_at(whole(90)).faults] == ["file-too-deep"]


ODD = ("", "P9999Y", "R/P9999Y", "9" * 5000, "1e999999", "²", "-1", "=", "٠٠", "for", "_a-b", "t:x", ":", "x" * 300, "0", "1", " true ", "null", "[", "date(", "not(", "🙂", "(" * 60 + "1")  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_whatever_stands_in_an_attribute_or_a_text_nothing_fails(seed):
    rng = random.Random(seed)
    text = drawn(
        SE
        + '<userTask id="m"><multiInstanceLoopCharacteristics shuzhi:collection="list" shuzhi:element="e"><completionCondition>x</completionCondition></multiInstanceLoopCharacteristics></userTask>'
        '<userTask id="l" shuzhi:workingDays="3"><standardLoopCharacteristics loopMaximum="3"><loopCondition>a</loopCondition></standardLoopCharacteristics></userTask>'
        '<sendTask id="s" messageRef="n"/><boundaryEvent id="t" attachedToRef="m"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>'
        + flows("start>m", "m>l", "l>s", "s>end", "t>end"),
        top='<message id="n" name="n"/>',
    ).decode()
    for _ in range(rng.randint(1, 4)):
        places = list(re.finditer(r'(?<==)"[^"]*"|(?<=>)[^<>]+(?=<)', text))[3:]
        place, odd = rng.choice(places), rng.choice(ODD)
        text = (
            text[: place.start()]
            + (quoteattr(odd) if place[0].startswith('"') else odd)
            + text[place.end() :]
        )

    assert all(each.line >= 1 and each.message.zh for each in look_at(text.encode()).faults)
