"""Own cases in the public pages: what I have to do, how far it is; the staff's side of a task with a form."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from browser import complaints, new_page

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
READERS = ({"width": 390, "elder": True}, {"width": 390}, {"width": 1440, "english": True})


def world(when=None):
    """A node with a process of two forms, a resident who asked for a case, and a clerk; gives the case."""
    import json
    import tempfile
    from pathlib import Path

    from tests.unit.support.forms.forms import form_of
    from tests.unit.support.workflow.people import INSTALLER, OFFICER, PLATFORM
    from tests.unit.support.workflow.processes.drawn import drawn, flows

    from shuzhi.foundation.clock import now
    from shuzhi.foundation.words import Words
    from shuzhi.pillars.security.types import Role
    from shuzhi.support.forms import services as forms
    from shuzhi.support.forms.parts import read_form
    from shuzhi.support.identity import services as identity
    from shuzhi.support.workflow.processes import services
    from shuzhi.support.workflow.processes.declaring import declare

    at = when or now()
    for name, audience in (("checking", ["staff"]), ("mending", ["resident"])):
        questions = {
            "child_name": {"type": "string"},
            "verdict": {"type": "string", "enum": ["grant", "return"]},
        }
        made = form_of(
            questions, id=name, audience=audience, title={"zh": "出生信息", "en": "About the birth"}
        )
        file = Path(tempfile.mkdtemp()) / f"{name}.json"
        file.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        forms.install_form(form=read_form(file)[0], pack="people/birth", by=INSTALLER, at=at)
    content = drawn(
        '<startEvent id="start"/><endEvent id="end"/>'
        '<userTask id="check" name="核对出生信息" shuzhi:roles="data_officer" shuzhi:form="checking" shuzhi:workingDays="3"/>'
        '<exclusiveGateway id="g" default="f_g_police_3"/>'
        '<userTask id="mend" name="补正出生信息" shuzhi:office="requester" shuzhi:form="mending" shuzhi:workingDays="5"/>'
        '<userTask id="police" name="登记户口" shuzhi:office="public-security" shuzhi:workingDays="2"/>'
        '<userTask id="take" name="确认领取" shuzhi:office="requester"/>'
        + flows(
            "start>check",
            "check>g",
            'g>mend?verdict="return"',
            "g>police",
            "mend>check",
            "police>take",
            "take>end",
        ),
        name="birth",
    )
    declared, faults = declare("birth", ("birth.bpmn", content))
    assert declared is not None, faults
    services.install_process(declaration=declared, pack="people/birth", by=INSTALLER, at=at)
    for name, office, role in (
        ("anna", None, Role.RESIDENT), ("ben", None, Role.RESIDENT), ("officer", "market-regulation", Role.DATA_OFFICER),
    ):  # fmt: skip
        identity.open_account(
            username=name, person="李娜" if name == "anna" else name, office=office, division=None,
            roles=frozenset({role}), password=None, by=PLATFORM, at=at,
        )  # fmt: skip
        identity.note_proof(
            username=name, scheme="resident_id", value=f"33010619900101{len(name)}", by=PLATFORM, at=at
        )
    return services.start_process(
        process="birth", subject="person/7", title=Words(zh="王小宝出生登记", en="Birth of Wang Xiaobao"),
        office="market-regulation", requester="account/anna", by=OFFICER, at=at - timedelta(days=1), variables={"child_name": "王小宝"},
    )  # fmt: skip


def enter(client, name):
    from shuzhi.support.identity.models import Account

    client.force_login(Account.objects.get(username=name))
    return client


def deliver():
    from shuzhi.foundation.clock import now
    from shuzhi.foundation.outbox import services as outbox

    outbox.deliver_waiting(at=now())


def fill(client, begin, **answers):
    """The whole form in the pages of either end; gives the address of its receipt."""
    first = client.post(begin)
    assert first.status_code == 302, first.content.decode()
    check = client.post(first["Location"], {"do": "next", **answers})["Location"]
    return client.post(check)["Location"]


def task_of(case):
    from shuzhi.foundation.clock import day_of, now
    from shuzhi.support.workflow.processes import queries

    return queries.tasks(case.id, today=day_of(now()), open_only=True)[0].id


def returned(client, case):
    """The clerk sends it back by the form of the task."""
    enter(client, "officer")
    assert "填写表单" in client.get(f"/staff/cases/{case.id}/").content.decode()
    receipt = fill(client, f"/staff/cases/{case.id}/tasks/{task_of(case)}/form/", verdict="return")
    deliver()
    told = client.get(receipt).content.decode()
    assert f'href="/staff/cases/{case.id}/"' in told
    assert "没有用于办件" not in told


def over(case):
    """The case, given up by its office: it is over."""
    from shuzhi.foundation.clock import now
    from shuzhi.pillars.security.types import system
    from shuzhi.support.workflow.processes import services

    services.cancel_case(case=case.id, reason="另行办理", by=system("test"), at=now())


def answered_request():
    """An appeal of Anna's that was dismissed; gives its number."""
    import yaml
    from tests.unit.business.benefits.world import ROOT
    from tests.unit.support.workflow.people import INSTALLER, PLATFORM

    from shuzhi.foundation.clock import now
    from shuzhi.foundation.words import Words
    from shuzhi.pillars.security.types import Actor, Role
    from shuzhi.support.workflow import handling, services
    from shuzhi.support.workflow.types import LoopDeclaration

    text = (ROOT / "packs/platform/governance/loops/benefit-appeal.yaml").read_text("utf-8")
    declared = LoopDeclaration.model_validate(yaml.safe_load(text))
    services.install_loop(declaration=declared, pack="platform/governance", by=INSTALLER, at=now())
    made = services.open_dossier(
        loop="benefit-appeal", subject="policy/p", title=Words(zh="稳岗返还：申诉", en="An appeal"),
        office="human-resources", requester="account/anna", by=PLATFORM, at=now(),
    )  # fmt: skip
    clerk = Actor("account/hr", "王办", "human-resources", roles=frozenset({Role.DATA_OFFICER}))
    handling.remind(item=f"dossier/{made.id}", note="内部核对", by=clerk, at=now())
    services.act(dossier=made.id, action="dismiss", note="参保月数不足", by=clerk, at=now())
    return made.id


@pytest.mark.django_db
class TestPages:
    def test_a_correction_goes_to_the_resident_and_back(self, client):
        case = world()
        returned(client, case)
        told = enter(client, "anna").get("/my/cases/").content.decode()
        assert "补正出生信息" in told
        assert "现在没有需要您办的" not in told
        page = client.get(f"/my/cases/{case.id}/").content.decode()
        assert "现在轮到您办" in page
        assert page.index("核对出生信息") < page.index("登记户口") < page.index("确认领取")

        receipt = fill(
            client, f"/my/cases/{case.id}/tasks/{task_of(case)}/", child_name="王大宝", verdict="return"
        )
        assert "正在转入办件" in client.get(receipt).content.decode()
        deliver()
        assert f'href="/my/cases/{case.id}/"' in client.get(receipt).content.decode()
        assert "核对出生信息" in client.get(f"/my/cases/{case.id}/").content.decode().split("办理进度")[0]

    def test_a_task_without_a_form_is_confirmed_by_one_tap(self, client):
        from shuzhi.foundation.clock import now
        from shuzhi.pillars.security.types import Actor, Role
        from shuzhi.support.workflow.processes import services

        case = world()
        enter(client, "officer")
        fill(client, f"/staff/cases/{case.id}/tasks/{task_of(case)}/form/", verdict="grant")
        deliver()
        police = Actor("account/p", office="public-security", roles=frozenset({Role.DATA_OFFICER}))
        services.complete_task(task=task_of(case), by=police, at=now())
        enter(client, "anna")
        assert "确认领取" in client.get("/my/cases/").content.decode()
        again = f"/my/cases/{case.id}/tasks/{task_of(case)}/"
        assert client.post(again)["Location"] == f"/my/cases/{case.id}/"
        assert client.post(again).status_code == 409
        assert "已办结" in client.get("/my/cases/").content.decode()

    def test_what_is_over_is_rated_once_and_the_rating_may_be_changed(self, client):
        case = world()
        page = f"/my/cases/{case.id}/"
        assert "提交评价" not in enter(client, "anna").get(page).content.decode()
        over(case)
        assert "提交评价" in client.get(page).content.decode()
        subject = f"process/{case.id}"
        assert client.post("/my/rating/", {"subject": subject})["Location"] == f"{page}#rating"
        assert "评价为 1 至 5 的整数" in client.get(page).content.decode()
        client.post("/my/rating/", {"subject": subject, "score": "5", "words": "<b>很快</b>"})
        told = client.get(page).content.decode()
        assert "非常满意" in told
        assert "&lt;b&gt;很快&lt;/b&gt;" in told
        assert "修改评价" in told
        enter(client, "ben").post("/my/rating/", {"subject": subject, "score": "1"})
        enter(client, "officer")
        listed = client.get("/staff/ratings/").content.decode()
        assert "&lt;b&gt;很快&lt;/b&gt;" in listed
        assert "100.0%（1／1）" in listed
        assert "account/anna" not in listed

    def test_a_request_that_runs_as_a_loop_is_there_and_can_be_rated(self, client):
        world()
        number = answered_request()
        enter(client, "anna")
        assert f'href="/my/cases/dossiers/{number}/"' in client.get("/my/cases/").content.decode()
        page = client.get(f"/my/cases/dossiers/{number}/").content.decode()
        assert "参保月数不足" in page
        assert "内部核对" not in page
        assert "提交评价" in page
        assert enter(client, "ben").get(f"/my/cases/dossiers/{number}/").status_code == 404

    def test_nobody_else_sees_it(self, client):
        case = world()
        for path in ("/my/cases/", f"/my/cases/{case.id}/"):
            assert client.get(path).status_code == 302
        enter(client, "ben")
        assert "王小宝" not in client.get("/my/cases/").content.decode()
        assert client.get(f"/my/cases/{case.id}/").status_code == 404
        assert client.post(f"/my/cases/{case.id}/tasks/{task_of(case)}/").status_code == 404
        assert client.get(f"/staff/cases/{case.id}/").status_code == 403
        enter(client, "officer")
        assert client.get("/my/cases/").status_code == 403


@pytest.fixture
def served(transactional_db, live_server, client):
    from django.conf import settings

    case = world()
    returned(client, case)
    number = answered_request()
    enter(client, "anna")
    client.post("/my/rating/", {"subject": f"dossier/{number}", "score": "2", "words": "没有说清缺哪个月"})
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    return live_server.url, cookie, ("/my/cases/", f"/my/cases/{case.id}/", f"/my/cases/dossiers/{number}/")


def test_pages_look_right_to_every_reader(browser, served):
    base, cookie, paths = served
    found = []
    for reader in READERS:
        page = new_page(browser, base, **reader)
        page.context.add_cookies([cookie])
        for path in paths:
            page.goto(base + path)
            found += [f"{path} {reader}: {line}" for line in complaints(page)]
            if folder := os.environ.get("TEST_SHOTS"):
                name = f"my{paths.index(path)}-{READERS.index(reader)}.png"
                page.screenshot(path=f"{folder}/{name}", full_page=True)
        page.context.close()
    assert not found, "\n".join(found)
