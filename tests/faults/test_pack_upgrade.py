"""A pack is upgraded on a running node, while its cases, dossiers and drafts are on their way and somebody works on them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

MANIFEST = """\
pack: city/trees
title: {zh: 树木, en: Trees}
owner: planning
needs: [workflow, forms, decisions]
version: "1"
"""
LOOP = """\
loop: tree-care
title: {zh: 树木养护, en: Care of trees}
start: open
states:
  - {id: open, title: {zh: 待办, en: Open}}
  - {id: doing, title: {zh: 在办, en: In hand}}
  - {id: done, title: {zh: 办结, en: Done}, final: true}
due: {working_days: 3, amber: 1}
actions:
  - {id: take, title: {zh: 受理, en: Take}, from: [open], to: doing, by: {who: any, roles: [data_officer]}}
  - {id: finish, title: {zh: 办结, en: Finish}, from: [doing], to: done, by: {who: any, roles: [data_officer]}}
"""
RULES = """\
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="felling" name="采伐" namespace="urn:t:felling">
  <inputData id="i" name="年限"><variable id="v" name="年限" typeRef="number"/></inputData>
  <decision id="d" name="可伐"><variable id="w" name="可伐" typeRef="boolean"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <literalExpression id="e"><text>年限 &gt;= 30</text></literalExpression></decision>
</definitions>
"""
FORM = {
    "id": "felling-request",
    "title": {"zh": "采伐申请", "en": "A request to fell"},
    "owner": "planning",
    "audience": ["staff"],
    "schema": {
        "type": "object",
        "properties": {
            "tree": {"type": "string", "maxLength": 20},
            "why": {"type": "string", "maxLength": 200},
        },
        "required": ["tree"],
    },
    "layout": {
        "pages": [
            {
                "id": "one",
                "title": {"zh": "申请", "en": "Request"},
                "sections": [
                    {
                        "id": "s",
                        "fields": [
                            {"field": "tree", "title": {"zh": "树木", "en": "Tree"}},
                            {"field": "why", "title": {"zh": "事由", "en": "Reason"}},
                        ],
                    }
                ],
            }
        ]
    },
}
FLOWS = "start look;look old;old rule;rule pause;pause sign;sign end"
NODES = {
    "look": '<userTask id="look" name="踏勘" shuzhi:office="planning"/>',
    "old": '<userTask id="old" name="旧环节" shuzhi:office="planning"/>',
    "rule": (
        '<businessRuleTask id="rule" shuzhi:rules="felling" shuzhi:decision="可伐" shuzhi:result="可伐"><extensionElements>'
        '<shuzhi:input name="年限" value="years"/></extensionElements></businessRuleTask>'
    ),
    "pause": (
        '<intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT2S</timeDuration></timerEventDefinition>'
        "</intermediateCatchEvent>"
    ),
    "sign": '<userTask id="sign" name="签发" shuzhi:office="planning" shuzhi:form="felling-request"/>',
}


def process(flows=FLOWS, more=""):
    names = {name for flow in flows.split(";") for name in flow.split()} - {"start", "end"}
    drawn = "".join(
        f'<sequenceFlow id="f{at}" sourceRef="{flow.split()[0]}" targetRef="{flow.split()[1]}"/>'
        for at, flow in enumerate(flows.split(";"))
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:shuzhi="urn:shuzhi:bpmn:1" targetNamespace="urn:t">'
        '<process id="felling" name="采伐许可" isExecutable="true"><startEvent id="start"/><endEvent id="end"/>'
        + "".join(NODES[name] for name in sorted(names))
        + more
        + drawn
        + "</process></definitions>"
    )


COMMON = """
from shuzhi.node.starting import start_django
start_django()
import json, sys, time
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import models, services as loops, queries as loop_queries
from shuzhi.support.workflow.processes import services, queries
from shuzhi.support.forms import services as forms, queries as form_queries, models as form_models
by = Actor("account/x", title="经办人", office="planning", roles=frozenset({Role.ADMINISTRATOR, Role.DATA_OFFICER, Role.APPROVER}))
def task_of(case, element):
    return models.ProcessTask.objects.get(case=case, element=element, is_open=True).id
def complete(case, element):
    services.complete_task(task=task_of(case, element), by=by, at=now(), outputs={})
"""
BEGIN = """
def begin(n):
    return services.start_process(process="felling", subject=f"tree/{n}", title=Words(zh="树", en="Tree"), office="planning",
        requester=None, by=by, at=now(), variables={"years": 40}).id
at_look, at_old, at_pause = [begin(n) for n in range(3)], [begin(n) for n in range(3, 6)], [begin(n) for n in range(6, 9)]
for case in at_old + at_pause:
    complete(case, "look")
for case in at_pause:
    complete(case, "old")
dossier = loops.open_dossier(loop="tree-care", subject="tree/1", title=Words(zh="修剪", en="Prune"), office="planning",
    requester=None, by=by, at=now()).id
draft = forms.open_form(form="felling-request", by=by, at=now())
forms.save_draft(number=draft.number, answers={"tree": "T1", "why": "枯死"}, revision=draft.revision, by=by, at=now())
print(json.dumps({"look": at_look, "old": at_old, "pause": at_pause, "dossier": dossier, "draft": draft.number}))
"""
WORK = """
# Somebody goes on working all the while.
said = json.loads(sys.argv[1])
for case in said["look"][:1]:
    for _ in range(100):
        time.sleep(0.1)
        if models.ProcessCase.objects.get(id=case).version > 1:
            break
        try:
            complete(case, "look")
        except Exception as error:
            print("again", type(error).__name__)
print("worked")
"""
FINISH = """
said = json.loads(sys.argv[1])
every = said["look"] + said["old"] + said["pause"]
def standing(case):
    return list(models.ProcessTask.objects.filter(case=case, is_open=True).values_list("element", flat=True))
for _ in range(300):
    for case in every:
        for element in standing(case):
            if element != "sign":
                complete(case, element)
            elif form_models.Filling.objects.filter(task=f"task/{task_of(case, element)}").exists():
                pass
            else:
                complete(case, "sign")
    if not models.ProcessCase.objects.filter(id__in=every, closed_at=None).exists():
        break
    time.sleep(0.2)
loops.act(dossier=said["dossier"], action="take", by=by, at=now())
loops.act(dossier=said["dossier"], action="finish", by=by, at=now())
filling = forms.resume(number=said["draft"], by=by, at=now())
rows = {row.id: row for row in models.ProcessCase.objects.filter(id__in=every)}
print(json.dumps({
    "states": sorted({row.state for row in rows.values()}),
    "definitions": {str(key): rows[key].definition_id for key in rows},
    "whole": all(queries.replayed(key) == (rows[key].variables, []) for key in rows),
    "steps": {str(key): [s.kind + ":" + (s.element or "") for s in models.ProcessStep.objects.filter(case=key).order_by("seq")] for key in rows},
    "dossier": loop_queries.dossier(said["dossier"]).state,
    "answers": dict(filling.answers), "lost": dict(filling.lost),
    "current": form_queries.current_version("felling-request") == filling.definition,
}))
"""


@pytest.mark.proof
def test_upgraded_under_running_cases(node, tmp_path):  # noqa: PLR0915 - one upgrade, told in its order
    pack = tmp_path / "packs" / "city" / "trees"
    node.environ["SHUZHI_PACKS"] = str(tmp_path / "packs")

    def write(name, text):
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, "utf-8")

    def run(script, *words):
        done = subprocess.run(
            [sys.executable, "-c", COMMON + script, *words],
            env=node.environ,
            check=False,
            timeout=200,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    def upgrade(*words):
        done = node.shuzhi("packs", "upgrade", "city/trees", "--json", *words)
        return done.returncode, json.loads(done.stdout), done.stderr

    def installed():
        rows = json.loads(node.shuzhi("packs", "list", "--json").stdout)["packs"]
        return next(row["installed"] for row in rows if row["pack"] == "city/trees")

    write("pack.yaml", MANIFEST)
    write("loops/tree-care.yaml", LOOP)
    write("rules/felling.dmn", RULES)
    write("forms/felling-request.json", json.dumps(FORM, ensure_ascii=False))
    write("processes/felling.bpmn", process())
    node.up("--only", "database", "--only", "web", "--only", "worker")
    done = node.shuzhi("packs", "install")
    assert done.returncode == 0, done.stderr
    begun = run(BEGIN)

    # What running cases still come to can't be taken away: refused, told why, nothing changed.
    write("pack.yaml", MANIFEST.replace('"1"', '"2"'))
    (pack / "rules/felling.dmn").unlink()
    write("processes/felling.bpmn", process("start look;look old;old pause;pause sign;sign end"))
    code, said, _ = upgrade("--dry-run")
    assert code == 1
    refused = [each for report in said["reports"] for each in report["changes"] if each["refuses"]]
    assert [(each["part"], each["touches"]) for each in refused] == [("rules/felling", 9)]
    code, _, _ = upgrade()
    assert (code, installed()) == (1, "1")

    # The second version has no old step, asks other things, and its loop has another state.
    write("rules/felling.dmn", RULES)
    write("processes/felling.bpmn", process("start look;look rule;rule pause;pause sign;sign end"))
    asked = json.dumps(FORM, ensure_ascii=False).replace('"why"', '"reason"')
    write("forms/felling-request.json", asked)
    write("loops/tree-care.yaml", LOOP.replace("doing", "working"))
    code, said, _ = upgrade("--dry-run")
    assert (code, installed()) == (0, "1")
    told = {(each["part"], each["touches"]) for report in said["reports"] for each in report["changes"]}
    assert {("processes/felling", 6), ("processes/felling", 3), ("loops/tree-care", 1)} <= told
    assert ("forms/felling-request", 1) in told

    working = subprocess.Popen(
        [sys.executable, "-c", COMMON + WORK, json.dumps(begun)], env=node.environ, stdout=subprocess.PIPE
    )
    code, _, problem = upgrade()
    assert code == 0, problem
    assert b"worked" in working.communicate(timeout=120)[0]
    assert installed() == "2"

    found = run(FINISH, json.dumps(begun))
    assert found["states"] == ["completed"]
    assert found["whole"]
    by_case = found["definitions"]
    assert len({by_case[str(case)] for case in begun["old"]}) == 1
    moved = {by_case[str(case)] for case in begun["look"][1:]}
    assert moved.isdisjoint({by_case[str(case)] for case in begun["old"]})
    for case, steps in found["steps"].items():
        done_once = [step for step in steps if step.startswith("completed:")]
        assert len(done_once) == len(set(done_once)), (case, steps)
    assert found["dossier"] == "done"
    assert found["answers"]["tree"] == "T1"
    assert "枯死" in found["lost"].values()
    assert found["current"]
    assert node.shuzhi("audit", "verify").returncode == 0
