"""A task with a form: opened from the task, finished by the submission, once, whatever happens between."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from tests.unit.support.forms.forms import form_of
from tests.unit.support.forms.test_files import pdf
from tests.unit.support.workflow.people import APPROVER, ASKER, FRIDAY, INSTALLER, OFFICER
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows
from tests.unit.support.workflow.processes.test_services import install

from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.forms import queries as form_queries
from shuzhi.support.forms import services as filling
from shuzhi.support.forms.parts import read_form
from shuzhi.support.forms.types import Channel
from shuzhi.support.workflow import handling
from shuzhi.support.workflow.errors import NoSuchCase, TaskHasNoForm, TaskNotOpen
from shuzhi.support.workflow.processes import forming, progress, queries, services
from shuzhi.support.workflow.processes.types import CaseState

pytestmark = pytest.mark.django_db
TODAY, LATER = FRIDAY.date(), FRIDAY + timedelta(hours=1)
ANNA = Actor(name="account/anna", title="安娜", roles=frozenset({Role.RESIDENT}))
BEN = Actor(name="account/ben", title="本", roles=frozenset({Role.RESIDENT}))
CHECKED = {
    "verdict": {"type": "string", "enum": ["grant", "return"]},
    "child_name": {"type": "string"},
    "weight": {"type": "number"},
    "born_on": {"type": "string", "format": "date"},
    "proof": {"type": "array", "items": {"type": "string", "format": "file"}, "maxItems": 2},
}
PROCESS = drawn(
    SE
    + '<userTask id="check" name="核对" shuzhi:roles="data_officer" shuzhi:form="small"/>'
    + '<exclusiveGateway id="g" default="f_g_sign_3"/>'
    + '<userTask id="mend" name="补正" shuzhi:office="requester" shuzhi:roles="data_officer" shuzhi:form="mending" shuzhi:workingDays="5"/>'
    + '<userTask id="sign" name="签发" shuzhi:office="market-regulation" shuzhi:roles="approver" shuzhi:workingDays="2"/>'
    + flows("start>check", "check>g", 'g>mend?verdict="return"', "g>sign", "mend>check", "sign>end")
)


@pytest.fixture(autouse=True)
def forms(db, tmp_path):
    for name, audience, facts in (("small", ["staff"], {"grade": "number"}), ("mending", ["resident"], {})):
        made = form_of(CHECKED, id=name, audience=audience, facts=facts)
        if facts:
            made["logic"] = {"visible": {"weight": "grade > 1"}}
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        value, _, found = read_form(file)
        assert not found, found
        filling.install_form(form=value, pack="people/birth", by=INSTALLER, at=FRIDAY)
    install(PROCESS)


def start(requester="account/anna", **variables):
    return services.start_process(
        process="p", subject="person/7", title=Words(zh="出生登记", en="A birth"), office="market-regulation",
        requester=requester, by=OFFICER, at=FRIDAY, variables={"child_name": "王小宝", "grade": 2} | variables,
    )  # fmt: skip


def task_of(case):
    return queries.tasks(case.id, today=TODAY, open_only=True)[0].id


def fill(case, by, at=LATER, **answers):
    begun = forming.open_task_form(task=task_of(case), by=by, at=at)
    filling.save_draft(number=begun.number, answers=answers, by=by, at=at)
    return filling.submit(number=begun.number, by=by, at=at, confirmed=True)


def told():
    return outbox.deliver_waiting(at=LATER)


def hand_in(begun, by, name, content):
    return filling.hand_in_file(
        number=begun.number, field="proof", name=name, stream=io.BytesIO(content), by=by, at=LATER
    )


def corrected(case, *, back):
    """Anna's correction as it is opened, after the officer has sent the case back."""
    fill(case, OFFICER, verdict="return")
    told()
    return forming.open_task_form(task=task_of(case), by=ANNA, at=back)


class TestFilesHandedInBefore:
    """The first correction hands in a file; the case comes back a second time."""

    def begun(self):
        case = start()
        first = corrected(case, back=LATER)
        kept = hand_in(first, ANNA, "出生证明.pdf", pdf())
        filling.save_draft(number=first.number, answers={"verdict": "return"}, by=ANNA, at=LATER)
        done = filling.submit(number=first.number, by=ANNA, at=LATER, confirmed=True)
        told()
        return case, first, kept, done

    def test_are_kept_and_shown_as_such(self):
        case, _, kept, done = self.begun()
        again = corrected(case, back=LATER + timedelta(minutes=1))
        (shown,) = form_queries.files(again.number)
        assert (shown.sha256, shown.name, shown.earlier) == (kept.sha256, "出生证明.pdf", done.number)

    def test_may_be_replaced_and_the_earlier_submission_keeps_its_own(self):
        case, first, kept, _ = self.begun()
        again = corrected(case, back=LATER + timedelta(minutes=1))
        filling.take_back_file(number=again.number, field="proof", sha256=kept.sha256, by=ANNA, at=LATER)
        hand_in(again, ANNA, "新证明.pdf", pdf(b"/Type /Catalog /New 1"))
        filling.save_draft(number=again.number, answers={"verdict": "grant"}, by=ANNA, at=LATER)
        sent = filling.submit(number=again.number, by=ANNA, at=LATER, confirmed=True)
        assert kept.sha256 not in form_queries.handed_over(sent.number).document["proof"]
        assert [each.sha256 for each in form_queries.files(first.number)] == [kept.sha256]

    def test_what_was_taken_out_does_not_come_back_with_the_draft(self):
        case, _, kept, _ = self.begun()
        again = corrected(case, back=LATER + timedelta(minutes=1))
        filling.take_back_file(number=again.number, field="proof", sha256=kept.sha256, by=ANNA, at=LATER)
        later = forming.open_task_form(task=task_of(case), by=ANNA, at=LATER + timedelta(minutes=2))
        assert later.number == again.number
        assert not form_queries.files(again.number)

    def test_of_somebody_else_are_not_given(self):
        case, _, _, _ = self.begun()
        begun = forming.open_task_form(task=task_of(case), by=OFFICER, at=LATER + timedelta(minutes=1))
        assert not form_queries.files(begun.number)


class TestOpening:
    def test_what_the_case_knows_is_filled_in(self):
        case = start(weight=3.25, born_on="2026-09-01")

        begun = forming.open_task_form(task=task_of(case), by=OFFICER, at=LATER)
        assert (begun.task, begun.channel) == (f"task/{task_of(case)}", Channel.DESK)
        assert begun.answers == {"child_name": "王小宝", "weight": "3.25", "born_on": "2026-09-01"}
        assert begun.facts == {"grade": "2"}

    def test_again_is_the_same_draft_with_what_was_kept(self):
        case = start()
        first = forming.open_task_form(task=task_of(case), by=OFFICER, at=LATER)
        filling.save_draft(number=first.number, answers={"child_name": "王大宝"}, by=OFFICER, at=LATER)

        again = forming.open_task_form(task=task_of(case), by=OFFICER, at=LATER + timedelta(minutes=1))
        assert (again.number, again.answers["child_name"]) == (first.number, "王大宝")

    @pytest.mark.parametrize("other", [APPROVER, ASKER, ANNA])
    def test_it_is_for_whom_the_task_is_for(self, other):
        with pytest.raises(Forbidden):
            forming.open_task_form(task=task_of(start()), by=other, at=LATER)

    def test_a_task_without_a_form_has_none(self):
        case = start()
        fill(case, OFFICER, verdict="grant")
        told()
        with pytest.raises(TaskHasNoForm):
            forming.open_task_form(task=task_of(case), by=APPROVER, at=LATER)
        with pytest.raises(TaskNotOpen):
            forming.open_task_form(task=task_of(case) - 1, by=OFFICER, at=LATER)


class TestSubmitting:
    def test_answers_are_the_outputs_and_the_case_goes_on(self):
        case = start()

        done = fill(case, OFFICER, verdict="grant", weight="3.25")
        assert queries.case(case.id).standing == ("p/check",)  # the news is on its way
        assert told() > 0

        case = queries.case(case.id)
        assert case.standing == ("p/sign",)
        assert (case.variables["verdict"], case.variables["weight"]) == ("grant", {"$number": "3.25"})
        step = queries.steps(case.id)[-1]
        assert (step.kind, step.by, step.office) == ("completed", OFFICER.name, "market-regulation")
        assert step.payload["submission"] == done.number
        assert queries.replayed(case.id) == (case.variables, list(case.standing))

    def test_told_twice_it_is_done_once(self):
        case = start()
        done = fill(case, OFFICER, verdict="return")
        message = {"task": f"task/{task_of(case)}", "submission": done.number}
        for _ in range(3):
            forming.on_form_submitted(message, LATER)
        told()

        assert queries.case(case.id).version == 2
        assert [each.what for each in handling.handled(message["task"])] == ["form", "form-used"]

    def test_killed_before_the_news_is_noted_it_is_done_again_and_once(self, monkeypatch):
        case = start()
        fill(case, OFFICER, verdict="grant")
        finish = forming.finish_by_form

        def killed(**said):
            finish(**said)
            raise RuntimeError("power cut")

        monkeypatch.setattr(forming, "finish_by_form", killed)
        told()
        assert queries.case(case.id).version == 1
        monkeypatch.undo()
        outbox.deliver_waiting(at=LATER + timedelta(minutes=1))
        assert (queries.case(case.id).version, queries.case(case.id).standing) == (2, ("p/sign",))

    def test_too_late_it_stays_and_says_so(self):
        case = start()
        task = task_of(case)
        begun = forming.open_task_form(task=task, by=OFFICER, at=LATER)
        services.complete_task(task=task, by=OFFICER, at=LATER, outputs={"verdict": "grant"})
        filling.save_draft(number=begun.number, answers={"verdict": "return"}, by=OFFICER, at=LATER)
        done = filling.submit(number=begun.number, by=OFFICER, at=LATER, confirmed=True)
        told()

        assert queries.case(case.id).standing == ("p/sign",)
        assert form_queries.submission(done.number, by=OFFICER, at=LATER).document["verdict"] == "return"
        said = handling.handled(f"task/{task}")[-1]
        assert (said.what, said.to) == ("form-unused", done.number)
        assert "已不在待办中" in said.note
        assert forming.use_of(done.number, f"task/{task}") == (case.id, False, said.note)

    def test_meanwhile_claimed_by_another_it_is_not_used(self):
        colleague = Actor("account/else", office="market-regulation", roles=frozenset({Role.DATA_OFFICER}))
        case = start()
        begun = forming.open_task_form(task=task_of(case), by=OFFICER, at=LATER)
        handling.claim(item=f"task/{task_of(case)}", by=colleague, at=LATER)
        filling.submit(number=begun.number, by=OFFICER, at=LATER, confirmed=True)
        told()

        assert queries.case(case.id).version == 1
        assert handling.handled(f"task/{task_of(case)}")[-1].what == "form-unused"

    def test_what_somebody_else_filled_in_under_the_task_s_name_finishes_nothing(self):
        case = start()
        begun = filling.open_form(
            form="small", by=ASKER, at=LATER, channel=Channel.DESK, task=f"task/{task_of(case)}"
        )
        filling.submit(number=begun.number, by=ASKER, at=LATER, confirmed=True)
        told()

        assert queries.case(case.id).version == 1

    def test_answers_that_the_flow_cannot_take_are_said_and_the_task_stays(self):
        broken = PROCESS.replace(b'verdict="return"', b"verdict.no > 1")
        install(broken)
        case = start()
        fill(case, OFFICER, verdict="grant")
        told()

        assert queries.case(case.id).state is CaseState.RUNNING
        assert "表达式" in handling.handled(f"task/{task_of(case)}")[-1].note

    def test_forms_of_no_task_are_nobodys_business(self):
        begun = filling.open_form(form="small", by=OFFICER, at=LATER)
        filling.submit(number=begun.number, by=OFFICER, at=LATER, confirmed=True)
        for task in ("", "task/", "task/x", "task/99999999999999999999", "order/7", "task/4000000"):
            forming.on_form_submitted({"task": task, "submission": begun.number}, LATER)


class TestTheRequester:
    def corrected(self):
        case = start()
        fill(case, OFFICER, verdict="return")
        told()
        return case

    def test_has_it_to_do_and_does_it_once(self):
        case = self.corrected()
        (mine,) = progress.own_tasks(actor=ANNA, today=TODAY)
        assert (mine.title.zh, mine.case, mine.due_on.isoformat()) == ("补正", case.id, "2026-09-24")
        assert progress.own_tasks(actor=BEN, today=TODAY) == []

        begun = forming.open_task_form(task=mine.id, by=ANNA, at=LATER)
        assert (begun.channel, begun.answers["child_name"]) == (Channel.PUBLIC, "王小宝")
        filling.save_draft(number=begun.number, answers={"child_name": "王大宝"}, by=ANNA, at=LATER)
        filling.submit(number=begun.number, by=ANNA, at=LATER, confirmed=True)
        told()

        case = queries.case(case.id)
        assert (case.standing, case.variables["child_name"]) == (("p/check",), "王大宝")
        assert progress.own_tasks(actor=ANNA, today=TODAY) == []

    def test_sees_how_far_it_is(self):
        case = self.corrected()
        seen = progress.own_progress(case.id, actor=ANNA)
        assert [(each.title.zh, each.state, each.office, each.certain) for each in seen.stages] == [
            ("核对", "done", "market-regulation", True),
            ("补正", "now", "account/anna", True),
            ("签发", "next", "market-regulation", True),
        ]
        assert (seen.stages[0].done_on, seen.stages[1].task is not None) == (TODAY, True)

    def test_what_depends_is_said_to(self):
        seen = progress.own_progress(start().id, actor=ANNA)
        assert [(each.title.zh, each.state, each.certain) for each in seen.stages] == [
            ("核对", "now", True),
            ("补正", "next", False),
            ("签发", "next", True),
        ]

    def test_nobody_else_s_case_is_seen(self):
        case = start()
        for other in (BEN, OFFICER):
            with pytest.raises(NoSuchCase):
                progress.own_progress(case.id, actor=other)
        assert [each.id for each in progress.own_cases(actor=ANNA)] == [case.id]

    def test_a_resident_does_nothing_of_the_staff_s(self):
        case = start()
        with pytest.raises(Forbidden):
            services.complete_task(task=task_of(case), by=ANNA, at=LATER)
        with pytest.raises(Forbidden):
            services.send_message(name="x", key="y", payload={}, by=ANNA, at=LATER)
        with pytest.raises(Forbidden):
            handling.claim(item=f"task/{task_of(case)}", by=ANNA, at=LATER)
        assert form_queries.fillings(by=ANNA) == []
