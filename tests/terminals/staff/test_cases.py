"""A case of a process on the staff's pages: in the inbox beside loops, on its drawing, in hand, finished."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.terminals.staff.people import AT, OFFICER

from shuzhi.foundation.words import Words

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:shuzhi="urn:shuzhi:bpmn:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="urn:test" id="d">'
)
BODY = (
    '<process id="birth" name="出生一件事" isExecutable="true"><startEvent id="s" name="申请"/>'
    '<userTask id="check" name="核对出生信息" shuzhi:roles="data_officer" shuzhi:workingDays="3" shuzhi:amber="1"/>'
    '<userTask id="sign" name="签发证明" shuzhi:roles="approver" shuzhi:workingDays="2"/><endEvent id="e" name="办结"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="check"/><sequenceFlow id="f2" sourceRef="check" targetRef="sign"/>'
    '<sequenceFlow id="f3" sourceRef="sign" targetRef="e"/></process>'
)


def shape(name: str, x: int, width: int, height: int) -> str:
    y = 120 - height // 2
    return f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'


def edge(name: str, x1: int, x2: int) -> str:
    return f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}"><di:waypoint x="{x1}" y="120"/><di:waypoint x="{x2}" y="120"/></bpmndi:BPMNEdge>'


DRAWING = (
    '<bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="pl" bpmnElement="birth">'
    + shape("s", 100, 36, 36)
    + shape("check", 190, 120, 80)
    + shape("sign", 370, 120, 80)
    + shape("e", 550, 36, 36)
    + edge("f1", 136, 190)
    + edge("f2", 310, 370)
    + edge("f3", 490, 550)
    + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
)


@pytest.fixture
def case(node):
    return begun(f"{HEAD}{BODY}{DRAWING}</definitions>".encode())


def begun(content: bytes):
    from shuzhi.demo.people import RUNNER
    from shuzhi.support.workflow.processes import services
    from shuzhi.support.workflow.processes.declaring import declare

    declared, faults = declare("birth", ("birth.bpmn", content))
    assert declared is not None, faults
    services.install_process(declaration=declared, pack="people/birth", by=RUNNER, at=AT)
    return services.start_process(
        process="birth",
        subject="person/7",
        title=Words(zh="王小明出生登记", en="Birth of Wang Xiaoming"),
        office="market-regulation",
        requester=None,
        by=OFFICER,
        at=AT - timedelta(days=1),
    )


class TestPages:
    def test_a_task_of_a_process_stands_in_the_inbox_and_is_finished_on_its_page(self, sign_in, case):
        from shuzhi.support.workflow.processes import queries

        client = sign_in("officer")
        assert "王小明出生登记" in client.get("/staff/").content.decode()
        page = client.get(f"/staff/cases/{case.id}/")
        assert "<b>核对出生信息</b>" in page.content.decode()
        task = queries.tasks(case.id, today=AT.date())[0]
        assert client.get(f"/staff/cases/{case.id}/drawing.bpmn")["Content-Type"] == "application/xml"
        done = client.post(
            f"/staff/cases/{case.id}/tasks/{task.id}/", {"version": "1", f"note-{task.id}": "属实"}
        )
        assert done.status_code == 302
        assert queries.case(case.id).standing == ("birth/sign",)
        again = client.post(f"/staff/cases/{case.id}/tasks/{task.id}/", {"version": "1"})
        assert again.status_code == 409

    def test_a_drawing_in_another_encoding_reaches_the_viewer_whole(self, sign_in, node):
        head = '<?xml version="1.0" encoding="UTF-16"?>'
        case = begun(f"{head}{HEAD}{BODY}{DRAWING}</definitions>".encode("utf-16"))

        seen = sign_in("officer").get(f"/staff/cases/{case.id}/drawing.bpmn").content.decode("utf-8")

        assert 'name="核对出生信息"' in seen
        assert seen.count("BPMNShape") == DRAWING.count("BPMNShape")

    def test_claimed_and_paused(self, sign_in, case):
        from shuzhi.support.workflow.processes import queries

        client, task = sign_in("officer"), queries.tasks(case.id, today=AT.date())[0].id
        client.post(f"/staff/items/task/{task}/claim/")
        client.post(f"/staff/items/task/{task}/pause/", {f"note-task-{task}-pause": "待补材料"})
        found = queries.task(task, today=AT.date())
        assert (found.holder, found.paused) == ("account/officer", "待补材料")
        assert "已认领" in client.get("/staff/").content.decode()
        assert client.post(f"/staff/items/task/{task}/dance/").status_code == 404

    def test_who_oversees_reminds(self, sign_in, case):
        from shuzhi.support.workflow import handling
        from shuzhi.support.workflow.processes import queries

        client, task = sign_in("bureau"), queries.tasks(case.id, today=AT.date())[0].id
        assert "催办" in client.get(f"/staff/cases/{case.id}/").content.decode()
        client.post(f"/staff/items/task/{task}/remind/", {})
        assert [line.what for line in handling.handled(f"task/{task}")] == ["remind"]

    def test_other_offices_do_not_see_it(self, sign_in, case):
        client = sign_in("tax")

        assert client.get(f"/staff/cases/{case.id}/").status_code == 403
        assert client.get(f"/staff/cases/{case.id}/drawing.bpmn").status_code == 403


class TestLoops:
    def test_a_dossier_stands_on_the_drawing_of_its_loop(self, sign_in, node):
        from tests.terminals.staff.people import TAX

        from shuzhi.support.workflow import services

        opened = services.open_dossier(
            loop="data-objection", subject="register/legal-entity", title=Words(zh="名称不符", en="The name differs"),
            office="market-regulation", requester="housing-fund", by=TAX, at=AT,
        )  # fmt: skip
        client = sign_in("officer")
        assert (
            f"/staff/dossiers/{opened.id}/drawing/"
            in client.get(f"/staff/dossiers/{opened.id}/").content.decode()
        )
        page = client.get(f"/staff/dossiers/{opened.id}/drawing/").content.decode()
        assert f'data-standing="state-{opened.state}"' in page
        assert b"BPMNDiagram" in client.get(f"/staff/dossiers/{opened.id}/drawing.bpmn").content
        assert "谁能办" in client.get("/staff/loops/data-objection/").content.decode()
        assert client.get("/staff/loops/data-objection/drawing.bpmn")["Content-Type"] == "application/xml"
        assert client.get("/staff/loops/nosuch/").status_code == 404
        services.retire_loop(loop="data-objection", by=_platform(), at=AT)
        assert client.get(f"/staff/dossiers/{opened.id}/").status_code == 200
        other = sign_in("tax")
        assert other.get(f"/staff/dossiers/{opened.id}/drawing/").status_code == 403
        assert other.get(f"/staff/dossiers/{opened.id}/drawing.bpmn").status_code == 403


def _platform():
    from shuzhi.pillars.security.types import system

    return system("test")
