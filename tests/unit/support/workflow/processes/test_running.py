"""What each element does; between any two steps a case is put away as JSON and taken out again (`Case`)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.support.workflow.processes.drawn import AT, SE, Case, drawn, flows, users

from shuzhi.support.workflow.errors import ExpressionFailed, ProcessRunsAway, TaskNotOpen

DAY = timedelta(days=1)
TOP = (
    '<error id="E" name="refused" errorCode="no-house"/><escalation id="X" name="x" escalationCode="late"/>'
    '<message id="M" name="answer"/><signal id="S" name="storm"/>'
)
SERVICE = '<serviceTask id="s" shuzhi:service="x.y" shuzhi:result="r"/>'


def boundary(kind: str, on: str = "a", stops: str = "true") -> str:
    return f'<boundaryEvent id="t" attachedToRef="{on}" cancelActivity="{stops}">{kind}</boundaryEvent>'


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def review(marks: str = "", condition: str = "") -> str:
    done = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    return (
        f'<userTask id="a"><multiInstanceLoopCharacteristics {marks} shuzhi:collection="offices" shuzhi:element="o" '
        f'shuzhi:output="opinions" shuzhi:result="{{office: o, ok: ok}}">{done}</multiInstanceLoopCharacteristics></userTask>'
    )


class TestGateways:
    CHOICE = drawn(
        SE
        + users("a", "b", "c")
        + '<exclusiveGateway id="g" default="f_g_c_2"/>'
        + flows("start>a", "a>g", "g>c", "g>b?x > 3", "b>end", "c>end")
    )

    @pytest.mark.parametrize(("x", "then"), [(5, "b"), (3, "c")])
    def test_an_exclusive_gateway_takes_one_way(self, x, then):
        assert Case(self.CHOICE).do("a", x=x).open == [then]

    def test_a_condition_without_an_answer_is_said_and_taken_for_nothing(self):
        with pytest.raises(ExpressionFailed, match="nothing is called x"):
            Case(self.CHOICE).do("a")

    def test_where_no_way_leads_on_the_step_is_refused(self):
        with pytest.raises(ExpressionFailed, match="no way leads on"):
            Case(
                drawn(
                    SE
                    + users("a")
                    + '<exclusiveGateway id="g"/>'
                    + flows("start>g", "g>a?false", "g>end?false", "a>end")
                )
            )

    def test_a_parallel_gateway_waits_for_all(self):
        gates = '<parallelGateway id="g"/><parallelGateway id="h"/>'
        case = Case(
            drawn(
                SE
                + users("a", "b", "c")
                + gates
                + flows("start>g", "g>a", "g>b", "a>h", "b>h", "h>c", "c>end")
            )
        )

        assert case.open == ["a", "b"]
        assert case.do("b").open == ["a"]
        assert case.do("a").open == ["c"]
        assert case.do("c").ended

    def test_an_inclusive_gateway_waits_for_those_that_go(self):
        gates = '<inclusiveGateway id="g"/><inclusiveGateway id="h"/>'
        ways = flows("start>g", "g>a?x", "g>b?y", "g>d?z", "a>h", "b>h", "d>h", "h>c", "c>end")
        case = Case(drawn(SE + users("a", "b", "c", "d") + gates + ways), {"x": True, "y": True, "z": False})

        assert case.do("a").open == ["b"]
        assert case.do("b").open == ["c"]

    def test_a_circle_with_parallel_ways_inside_comes_round_again(self):
        gates = '<parallelGateway id="f"/><parallelGateway id="j"/><exclusiveGateway id="m"/><exclusiveGateway id="g" default="f_g_m_7"/>'
        ways = flows("start>m", "m>f", "f>a", "f>b", "a>j", "b>j", "j>g", "g>m", "g>c?ok", "c>end")
        case = Case(drawn(SE + users("a", "b", "c") + gates + ways))

        for last in (False, False, True):
            case.do("b").do("a", ok=last)
        assert case.open == ["c"]
        assert case.do("c").ended

    def test_several_ways_out_of_a_task_mean_all_or_those_whose_condition_holds(self):
        case = Case(
            drawn(
                '<startEvent id="start"/>'
                + users("a", "b", "c", "d")
                + flows("start>a", "a>b", "a>c?x", "a>d?not(x)")
            ),
            {"x": True},
        )

        assert case.do("a").open == ["b", "c"]
        assert case.do("b").do("c").ended

    def test_what_goes_round_without_anybody_is_stopped(self):
        gates = '<exclusiveGateway id="a"/><exclusiveGateway id="b" default="f_b_a_2"/>'
        with pytest.raises(ProcessRunsAway):
            Case(drawn(SE + gates + flows("start>a", "a>b", "b>a", "b>end?false")))

    def test_the_first_event_decides(self):
        events = (
            '<eventBasedGateway id="g"/><intermediateCatchEvent id="m"><messageEventDefinition messageRef="M" shuzhi:key="case"/>'
            '</intermediateCatchEvent><intermediateCatchEvent id="t"><timerEventDefinition shuzhi:workingDays="3"/></intermediateCatchEvent>'
        )
        content = drawn(
            SE + events + users("a", "b") + flows("start>g", "g>m", "g>t", "m>a", "t>b", "a>end", "b>end"),
            top=TOP,
        )

        answered, late = Case(content, {"case": "k1"}), Case(content, {"case": "k1"})
        assert [(each.name, each.key) for each in answered.run().catches()] == [("answer", "k1")]
        assert answered.get("message", "answer", {"z": 1})
        assert (answered.open, answered.variables["z"]) == (["a"], 1)
        # Three working days from Friday the 18th: Sunday the 20th is worked, so Tuesday the 22nd is the last.
        assert late.at_(AT + 4 * DAY).open == []
        assert late.at_(AT + 9 * DAY).open == ["b"]


class TestJointReview:
    THREE = {"offices": ["x", "y", "z"]}

    def test_waits_for_all_and_keeps_the_results_in_their_places(self):
        case = Case(drawn(SE + review() + users("b") + flows("start>a", "a>b", "b>end")), self.THREE)

        case.do("a", 2, ok=True).do("a", 0, ok=False)
        assert case.open == ["a"]
        case.do("a", 1, ok=True)
        assert case.open == ["b"]
        assert case.variables["opinions"] == [
            {"office": o, "ok": ok} for o, ok in (("x", False), ("y", True), ("z", True))
        ]
        assert "o" not in case.variables

    def test_ends_when_it_is_decided(self):
        decided = "count(opinions[ok = false]) > 0 or numberOfCompletedInstances = numberOfInstances"
        case = Case(
            drawn(SE + review(condition=decided) + users("b") + flows("start>a", "a>b", "b>end")), self.THREE
        )

        assert case.do("a", 1, ok=False).open == ["b"]

    def test_one_after_the_other(self):
        case = Case(
            drawn(SE + review('isSequential="true"') + flows("start>a", "a>end")), {"offices": ["x", "y"]}
        )

        assert case.open == ["a"]
        assert case.do("a", ok=True).open == ["a"]
        assert case.do("a", ok=False).ended
        assert [each["office"] for each in case.variables["opinions"]] == ["x", "y"]

    def test_of_nobody_is_done_at_once(self):
        assert Case(drawn(SE + review() + flows("start>a", "a>end")), {"offices": []}).ended

    def test_of_a_whole_sub_process_keeps_each_ones_variables_apart(self):
        inner = (
            '<subProcess id="ms"><multiInstanceLoopCharacteristics shuzhi:collection="xs" shuzhi:element="x" shuzhi:output="out" '
            'shuzhi:result="r"/><startEvent id="s1"/><userTask id="u"/><userTask id="v"/><endEvent id="e1"/>'
        )
        case = Case(
            drawn(SE + inner + flows("s1>u", "u>v", "v>e1") + "</subProcess>" + flows("start>ms", "ms>end")),
            {"xs": [1, 2]},
        )

        case.do("u", r=10).do("u", r=20).do("v").do("v")
        assert case.ended
        assert case.variables["out"] == [10, 20]

    def test_too_many_are_refused(self):
        with pytest.raises(ExpressionFailed, match="at most 1000"):
            Case(drawn(SE + review() + flows("start>a", "a>end")), {"offices": list(range(1001))})

    def test_a_loop_goes_on_while_its_condition_holds(self):
        loop = '<userTask id="a"><standardLoopCharacteristics testBefore="true"><loopCondition>n &lt; 2</loopCondition></standardLoopCharacteristics></userTask>'
        case = Case(drawn(SE + loop + flows("start>a", "a>end")), {"n": 0})

        assert not case.do("a", n=1).ended
        assert case.do("a", n=2).ended


class TestTimers:
    def test_an_interrupting_timer_takes_the_task_away(self):
        late = boundary(timer("timeDuration", "P3D"))
        case = Case(drawn(SE + users("a", "late") + late + flows("start>a", "a>end", "t>late", "late>end")))

        assert case.at_(AT + 2 * DAY).open == ["a"]
        assert case.at_(AT + 3 * DAY).open == ["late"]
        assert case.do("late").ended

    def test_a_repeated_timer_begins_something_each_time_and_ends_with_the_task(self):
        remind = boundary(timer("timeCycle", "R2/P1D"), stops="false")
        case = Case(
            drawn(SE + users("a", "remind") + remind + flows("start>a", "a>end", "t>remind", "remind>end"))
        )

        assert case.at_(AT + DAY).open == ["a", "remind"]
        assert case.at_(AT + 5 * DAY).open == ["a", "remind", "remind"]
        assert case.run().timers() == []
        case.do("a").do("remind").do("remind")
        assert case.ended

    def test_a_day_that_a_variable_names(self):
        wait = '<intermediateCatchEvent id="w">' + timer("timeDate", "= day") + "</intermediateCatchEvent>"
        case = Case(drawn(SE + wait + flows("start>w", "w>end")), {"day": "2026-10-01"})

        assert not case.at_(AT + 10 * DAY).ended
        assert case.at_(AT + 13 * DAY).ended


class TestErrors:
    HANDLED = drawn(
        SE
        + SERVICE
        + users("fix")
        + boundary('<errorEventDefinition errorRef="E"/>', "s")
        + flows("start>s", "s>end", "t>fix", "fix>end"),
        top=TOP,
    )

    def test_a_services_refusal_goes_to_its_boundary(self):
        case = Case(self.HANDLED).refuse("s", "no-house")

        assert case.open == ["fix"]
        assert case.variables["errorCode"] == "no-house"
        assert case.do("fix").ended

    def test_what_nobody_catches_ends_the_case_as_failed(self):
        case = Case(self.HANDLED).refuse("s", "other")

        assert (case.ended, case.failed) == (True, ("other", "no"))

    def test_an_error_end_of_a_sub_process(self):
        sub = (
            '<subProcess id="sub"><startEvent id="s1"/><userTask id="a"/><exclusiveGateway id="g" default="f_g_ok_3"/>'
            '<endEvent id="bad"><errorEventDefinition errorRef="E"/></endEvent><endEvent id="ok"/>'
            + flows("s1>a", "a>g", "g>bad?x", "g>ok")
            + "</subProcess>"
        )
        caught = boundary('<errorEventDefinition errorRef="E"/>', "sub")
        content = drawn(
            SE
            + sub
            + users("fix", "next")
            + caught
            + flows("start>sub", "sub>next", "next>end", "t>fix", "fix>end"),
            top=TOP,
        )

        assert Case(content).do("a", x=True).open == ["fix"]
        assert Case(content).do("a", x=False).open == ["next"]

    def test_an_escalation_leaves_the_activity_as_it_is(self):
        sub = (
            '<subProcess id="sub"><startEvent id="s1"/><intermediateThrowEvent id="esc"><escalationEventDefinition escalationRef="X"/>'
            '</intermediateThrowEvent><userTask id="a"/><endEvent id="ok"/>'
            + flows("s1>esc", "esc>a", "a>ok")
            + "</subProcess>"
        )
        caught = boundary('<escalationEventDefinition escalationRef="X"/>', "sub", "false")
        case = Case(
            drawn(
                SE + sub + users("chief") + caught + flows("start>sub", "sub>end", "t>chief", "chief>end"),
                top=TOP,
            )
        )

        assert case.open == ["a", "chief"]

    def test_terminate_ends_all(self):
        case = Case(
            drawn(
                SE
                + users("a", "b")
                + '<parallelGateway id="g"/><endEvent id="te"><terminateEventDefinition/></endEvent>'
                + flows("start>g", "g>a", "g>b", "a>te", "b>end")
            )
        )
        assert case.do("a").ended


class TestEventSubProcess:
    def inner(self, definition: str, stops: str) -> str:
        return (
            f'<subProcess id="es" triggeredByEvent="true"><startEvent id="m" isInterrupting="{stops}">{definition}</startEvent>'
            '<userTask id="h"/><endEvent id="he"/>' + flows("m>h", "h>he") + "</subProcess>"
        )

    def case(self, stops: str) -> Case:
        event = self.inner('<messageEventDefinition messageRef="M"/>', stops)
        return Case(drawn(SE + users("a") + event + flows("start>a", "a>end"), top=TOP))

    def test_holds_nothing_up_while_it_waits(self):
        assert self.case("true").do("a").ended

    def test_takes_the_place_of_what_goes_on(self):
        case = self.case("true")

        assert case.get("message", "answer", {"text": "hi"})
        assert case.open == ["h"]
        assert case.do("h").ended

    def test_or_goes_beside_it(self):
        case = self.case("false")
        case.get("message", "answer")

        assert case.open == ["a", "h"]
        assert not case.do("a").ended
        assert case.do("h").ended

    def test_catches_errors_of_its_scope(self):
        event = self.inner('<errorEventDefinition errorRef="E"/>', "true")
        case = Case(
            drawn(
                SE
                + SERVICE
                + users("q")
                + event
                + '<parallelGateway id="g"/>'
                + flows("start>g", "g>s", "g>q", "s>end", "q>end"),
                top=TOP,
            )
        )

        assert case.refuse("s", "no-house").open == ["h"]


class TestCompensation:
    PAIRS = "".join(
        f'<boundaryEvent id="c{a}" attachedToRef="{a}"><compensateEventDefinition/></boundaryEvent>'
        f'<userTask id="u{a}" isForCompensation="true"/><association id="as{a}" sourceRef="c{a}" targetRef="u{a}"/>'
        for a in "ab"
    )

    def test_undoes_what_was_done_the_last_first(self):
        undo = '<intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent>'
        case = Case(
            drawn(
                SE
                + users("a", "b", "c")
                + self.PAIRS
                + undo
                + flows("start>a", "a>b", "b>undo", "undo>c", "c>end")
            )
        )

        assert case.do("a").do("b").open == ["ub"]
        assert case.do("ub").open == ["ua"]
        assert case.do("ua").open == ["c"]

    def test_leaves_alone_what_was_not_done(self):
        gate = '<exclusiveGateway id="g" default="f_g_b_2"/><endEvent id="undo"><compensateEventDefinition/></endEvent>'
        case = Case(
            drawn(
                SE + users("a", "b") + self.PAIRS + gate + flows("start>a", "a>g", "g>b", "g>undo?x", "b>end")
            )
        )

        assert case.do("a", x=True).open == ["ua"]
        assert case.do("ua").ended


class TestOthers:
    def test_a_called_process_of_another_file(self):
        called = drawn(SE + users("in") + flows("start>in", "in>end"), name="called")
        case = Case(
            drawn(
                SE
                + '<callActivity id="call" calledElement="called"/>'
                + users("b")
                + flows("start>call", "call>b", "b>end")
            ),
            others={"x": called},
        )
        assert case.do("in", v=1).open == ["b"]
        assert case.variables == {"v": 1}

    def test_messages_and_signals_leave_the_case(self):
        body = (
            '<sendTask id="s" messageRef="M" shuzhi:key="k"/><intermediateThrowEvent id="sig"><signalEventDefinition signalRef="S"/>'
            '</intermediateThrowEvent><receiveTask id="r" messageRef="M"/>'
        )
        case = Case(drawn(SE + body + flows("start>s", "s>sig", "sig>r", "r>end"), top=TOP), {"k": "7"})

        assert [(each.kind, each.name, each.key) for each in case.sent] == [
            ("message", "answer", "7"),
            ("signal", "storm", ""),
        ]
        assert case.get("message", "answer")
        assert case.ended

    def test_rules_and_scripts_are_feel(self):
        body = (
            '<businessRuleTask id="r" shuzhi:rules="subsidy" shuzhi:decision="amount" shuzhi:result="amount"/>'
            '<scriptTask id="s" scriptFormat="feel" shuzhi:result="twice"><script>amount * 2</script></scriptTask>'
        )
        case = Case(drawn(SE + body + flows("start>r", "r>s", "s>end")), decide=lambda *_: 21)

        assert case.variables == {"amount": 21, "twice": 42}

    def test_a_task_is_done_once(self):
        case = Case(drawn(SE + users("a", "b") + flows("start>a", "a>b", "b>end")))
        number = case.run().open()[0].number
        case.do("a")

        with pytest.raises(TaskNotOpen):
            case.run().complete(number, {})

    def test_logs_never_hold_what_a_case_holds(self, caplog):
        caplog.set_level("DEBUG")
        Case(drawn(SE + review() + users("b") + flows("start>a", "a>b", "b>end")), {"offices": ["机密"]}).do(
            "a", ok="机密"
        )

        assert [each for each in caplog.records if each.name.startswith("spiff")] == []
