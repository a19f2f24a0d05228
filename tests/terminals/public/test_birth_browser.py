"""The whole journey of a birth in a real browser on a telephone's screen: nothing typed that government knows; also in elder mode."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.terminals.public.test_forms_browser import PASSWORD, Looker, sign_in
from tests.unit.support.forms import forms, people
from tests.unit.support.forms.conftest import install, registers  # noqa: F401 - fixtures

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PACK = Path(__file__).resolve().parents[3] / "packs/people/births"
OFFICES = ("health-commission", "public-security", "medical-insurance", "human-resources")


@pytest.fixture
def city(transactional_db, install, registers, live_server, monkeypatch):  # noqa: F811
    """The pack's forms, rules and process; a mother; what the registers' and credentials' rooms answer a process."""
    from shuzhi.foundation.parts import Declaration, Installation
    from shuzhi.pillars.security.types import Role
    from shuzhi.support.decisions.parts import RULES
    from shuzhi.support.forms import services as filling
    from shuzhi.support.forms.parts import read_form
    from shuzhi.support.identity import services as identity
    from shuzhi.support.workflow.processes import registry, services
    from shuzhi.support.workflow.processes.declaring import declare

    for file in sorted((PACK / "forms").glob("*.json")):
        form, _, _ = read_form(file)
        filling.install_form(form=form, pack="people/births", by=people.SYSTEM, at=forms.NOW)
    rules = PACK / "rules/birth-registration.dmn"
    declared = Declaration(pack="people/births", file=rules, value=RULES.read(rules)[0], lines={})
    RULES.install(declared, Installation(pack="people/births", folder=PACK, by=people.SYSTEM, at=forms.NOW))
    drawing = PACK / "processes/birth-registration.bpmn"
    process, _ = declare("birth-registration", (drawing.name, drawing.read_bytes()))
    services.install_process(declaration=process, pack="people/births", by=people.SYSTEM, at=forms.NOW)
    birth = {"child_name": "王小宝", "child_sex": "男", "mother_id": forms.MOTHER}
    answers = {"registers.find": {"found": True, "values": birth}, "credentials.issue": {"number": "CSYX1"}}
    monkeypatch.setattr(
        registry,
        "_services",
        registry._services | {name: lambda _, told=told: told for name, told in answers.items()},
    )
    accounts = [("mother", None, Role.RESIDENT), *((each, each, Role.DATA_OFFICER) for each in OFFICES)]
    for name, office, role in accounts:
        identity.open_account(
            username=name, person="李娜", office=office, division=None, roles=frozenset({role}), password=PASSWORD,
            by=people.SYSTEM, at=forms.NOW,
        )  # fmt: skip
    identity.note_proof(
        username="mother", scheme="resident_id", value=forms.MOTHER, by=people.SYSTEM, at=forms.NOW
    )
    return live_server.url


def work():
    """What the worker does meanwhile."""
    from shuzhi.foundation.clock import now
    from shuzhi.foundation.outbox import services as outbox
    from shuzhi.pillars.security.types import system
    from shuzhi.support.workflow.processes import services

    outbox.deliver_waiting(at=now())
    for case in services.cases_to_serve(at=now()):
        services.run_services(case=case, by=system("workflow"), at=now())


def answer_by_offices():
    from shuzhi.foundation.clock import now
    from shuzhi.support.forms import services as filling
    from shuzhi.support.identity import queries as identity
    from shuzhi.support.workflow import models
    from shuzhi.support.workflow.processes import forming

    for task in models.ProcessTask.objects.filter(is_open=True).order_by("id"):
        by = identity.actor(task.office)
        begun = forming.open_task_form(task=task.id, by=by, at=now())
        said = {"decision": "done", "number": f"NO{task.id:06d}"}
        filling.save_draft(number=begun.number, answers=said, by=by, at=now())
        filling.submit(number=begun.number, by=by, at=now(), confirmed=True)
    work()
    work()


def choose(looker, field, *values):
    """Go to a question by keyboard and choose: the only keys are Tab, the space bar and the arrows."""
    for value in values:
        looker.tab_to(f"[name={field}]" if len(values) == 1 else f"[name={field}][value={value}]")
        looker.press("Space")


def onward(looker, place):
    looker.tab_to(".filling-end [value=next]")
    looker.press("Enter")
    looker.page.wait_for_url(f"**/{place}/")


@pytest.mark.proof
@pytest.mark.parametrize("reader", [{"width": 390}, {"width": 390, "elder": True}], ids=["phone", "elder"])
def test_nothing_is_typed_that_government_knows(browser, city, reader):
    from shuzhi.support.forms import models as filled
    from shuzhi.support.workflow import models

    looker = Looker(browser, city, **reader)
    page = looker.page
    sign_in(looker, city)
    looker.tab_to("main form button")
    looker.press("Enter")
    page.wait_for_url("**/pages/newborn/")
    # Whatever is asked for and known stands there; from here on nothing but choices is given.
    empty = page.eval_on_selector_all(
        "[data-field]:not([hidden]) input:is([type=text], [type=date])",
        "all => all.filter(each => !each.value).length",
    )
    assert empty == 0
    named = "all => all.filter(each => !each.labels?.length && !each.getAttribute('aria-label') && each.type !== 'hidden').map(each => each.name)"
    for place in ("pages/parents", "pages/residence", "check"):
        looker.live()
        assert page.eval_on_selector_all("main input, main select, main textarea", named) == []
        looker.look(place.rpartition("/")[2])
        if place == "pages/residence":
            choose(looker, "with_father", "true")
        if place == "check":
            choose(looker, "settle_with", "mother")
            choose(looker, "services", "household", "insurance", "card", "vaccination")
        onward(looker, place)
    looker.look("check")
    choose(looker, "confirmed", "yes")
    looker.tab_to(".filling-end button")
    looker.press("Enter")
    page.wait_for_url("**/done/")
    work()
    assert filled.Submission.objects.get().corrected == {}
    case = models.ProcessCase.objects.get()
    page.goto(f"{city}/my/cases/{case.id}/")
    looker.look("case")
    assert page.locator(".stages .now").count() == 4
    answer_by_offices()
    page.reload()
    looker.look("result")
    assert page.locator(".results li").count() == 4
    assert not looker.found, "\n".join(looker.found)
