"""The birth journey of its pack, whose worker is killed before, within and after every step: nothing doubled, nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACK = Path(__file__).resolve().parents[2] / "packs/people/births"
JOURNEYS = 12

PREPARE = f"""
from pathlib import Path
from shuzhi.node.starting import start_django
start_django()
import os, random, signal, time
from django.db import connection
from shuzhi.foundation.clock import now
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.parts import Installation
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.decisions import services as decisions
from shuzhi.support.forms import models as form_rows, services as forms
from shuzhi.support.forms.parts import read_form
from shuzhi.support.identity import services as identity
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import forming, queries, registry, services
from shuzhi.support.workflow.processes.declaring import declare
from shuzhi.packs.loader import load_packs
PACK, BOSS = Path({str(PACK)!r}), Actor("account/boss", office="data-bureau", roles=frozenset({{Role.ADMINISTRATOR}}))
MOTHER_ID = "110105194912310046"

# What rooms outside answer; each writes once for each case and step, or not at all.
def write(call, what):
    models.Handled.objects.create(item=f"case/{{call.case}}", what=f"! {{what}}", by="x", by_title="x", at=call.at)
    time.sleep(0.003)
def find(call):
    what = call.inputs["register"]
    write(call, what)
    known = {{"name": "钱二", "address": None}} if what == "population" else {{
        "child_name": "赵小一", "child_sex": "男", "born_on": None, "mother_id": MOTHER_ID}}
    return {{"found": True, "values": known}}
def issue(call):
    write(call, call.inputs["kind"])
    return {{"number": f"{{call.inputs['kind']}}-{{call.case}}"}}
registry.offer("registers.find", find)
registry.offer("credentials.issue", issue)
"""
INSTALL = """
for file in sorted((PACK / "forms").glob("*.json")):
    form, _, found = read_form(file)
    assert not found, found
    forms.install_form(form=form, pack="people/births", by=BOSS, at=now())
content = (PACK / "processes/birth-registration.bpmn").read_bytes()
declared, faults = declare("birth-registration", ("birth-registration.bpmn", content))
assert not faults, faults
services.install_process(declaration=declared, pack="people/births", by=BOSS, at=now())
from shuzhi.support.decisions import parts
rules, _, found = parts.RULES.read(PACK / "rules/birth-registration.dmn")
assert not found, found
from shuzhi.foundation.parts import Declaration
parts.RULES.install(Declaration(pack="people/births", value=rules, file=str(PACK / "rules/birth-registration.dmn"), lines={}), Installation(pack="people/births", folder=PACK, by=BOSS, at=now()))
mother = identity.open_account(username="mother", person="钱二", office=None, division=None, roles=frozenset({Role.RESIDENT}), password=None, by=BOSS, at=now())
identity.note_proof(username="mother", scheme="resident_id", value=MOTHER_ID, by=BOSS, at=now())
CLERKS = {
    office: identity.open_account(username=office, person=office, office=office, division=None, roles=frozenset({Role.DATA_OFFICER}), password=None, by=BOSS, at=now())
    for office in ("health-commission", "public-security", "medical-insurance", "human-resources")
}
ANSWERS = {
    "child_name": "赵小一", "child_sex": "男", "child_born_on": now().date().isoformat(), "mother_name": "钱二", "mother_id": MOTHER_ID,
    "mother_phone": "13800000002", "with_father": "false", "settle_with": "mother", "address": "杭州市西湖区甲路1号",
    "services": ["household", "insurance", "card", "vaccination"],
}
"""
# A worker and the people themselves are killed: whatever they were about to do is done again by the next one.
WALK = """
def submit_all():
    for number in range(JOURNEYS):
        certificate = f"Z33000{number:04d}"
        if form_rows.Submission.objects.filter(document__contains=certificate).exists():
            continue
        row = form_rows.Filling.objects.filter(account="account/mother", task=f"", state="draft").first()
        begun = forms.open_form(form="birth-registration", by=mother, at=now())
        forms.save_draft(number=begun.number, answers=ANSWERS | {"certificate": certificate}, by=mother, at=now())
        forms.submit(number=begun.number, by=mother, at=now(), confirmed=True)
        forms.submit(number=begun.number, by=mother, at=now(), confirmed=True)  # somebody pressed twice
def work():
    while outbox.deliver_waiting(at=now()) or sum(services.run_services(case=case, by=system("workflow"), at=now()) for case in services.cases_to_serve(at=now())):
        pass
def people():
    # One office asks for a correction once in every third case.
    for task in models.ProcessTask.objects.filter(is_open=True).order_by("id"):
        if task.office == "account/mother":
            by, said = mother, {"reply": "已补正"}
        else:
            asks = task.element == "household" and task.case_id % 3 == 0
            by = CLERKS[task.office]
            said = {"decision": "correct", "note": "请写明门牌号"} if asks else {"decision": "done", "number": f"N{task.id:06d}"}
        if form_rows.Submission.objects.filter(filling__task=f"task/{task.id}").exists():
            continue
        begun = forming.open_task_form(task=task.id, by=by, at=now())
        forms.save_draft(number=begun.number, answers=said, by=by, at=now())
        forms.submit(number=begun.number, by=by, at=now(), confirmed=True)
        forms.submit(number=begun.number, by=by, at=now(), confirmed=True)
def everything():
    submit_all()
    while models.ProcessCase.objects.filter(closed_at=None).exists() or models.ProcessCase.objects.count() < JOURNEYS:
        work()
        people()
rng, killed = random.Random(11), 0
for turn in range(40):
    connection.close()
    connection.close_pool()  # a process that is forked must not share the connections
    child = os.fork()
    if not child:
        everything()
        os._exit(0)
    time.sleep(rng.uniform(0.02, 0.4))
    if os.waitpid(child, os.WNOHANG)[0] == 0:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
assert killed, "nothing was killed"
everything()
"""
CHECK = """
from collections import Counter
cases = list(models.ProcessCase.objects.order_by("id"))
assert len(cases) == JOURNEYS, len(cases)
assert {case.state for case in cases} == {"completed"}, Counter(case.state for case in cases)
assert len({case.subject for case in cases}) == JOURNEYS
called = Counter(models.Handled.objects.filter(what__startswith="! ").values_list("item", "what"))
assert len(called) == 4 * JOURNEYS and set(called.values()) == {1}, called
for case in cases:
    done = Counter(models.ProcessTask.objects.filter(case=case, outcome="done").values_list("element", flat=True))
    asked = case.id % 3 == 0
    wanted = {"health", "household", "insurance", "card"} | ({"correct", "household-again"} if asked else set())
    assert set(done) == wanted and set(done.values()) == {1}, (case.id, done)
    assert [each["done"] for each in case.variables["results"]] == [True] * 4, case.variables["results"]
    steps = list(models.ProcessStep.objects.filter(case=case).order_by("seq").values_list("seq", flat=True))
    assert steps == list(range(1, len(steps) + 1))
    assert queries.replayed(case.id) == (case.variables, [])
print("whole", killed)
"""


@pytest.mark.proof
def test_every_journey_ends_once(node):
    node.up("--only", "database", "--only", "web")

    whole = [sys.executable, "-c", PREPARE + f"\nJOURNEYS = {JOURNEYS}\n" + INSTALL + WALK + CHECK]
    done = subprocess.run(whole, env=node.environ, check=False, timeout=400, capture_output=True, text=True)

    assert "whole" in done.stdout, done.stderr[-3000:]
