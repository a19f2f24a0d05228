"""A worker that serves cases is killed again and again at any moment; afterwards nothing is doubled and nothing lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMON = """
from shuzhi.node.starting import start_django
start_django()
import time
from datetime import timedelta
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import registry, services, queries
from shuzhi.support.workflow.processes.declaring import declare
def write(call):
    # Its write must be there exactly once for each element of each case, or not at all.
    models.Handled.objects.create(item=f"case/{call.case}", what=call.inputs["step"], by="x", by_title="x", at=call.at)
    time.sleep(0.004)
    return call.inputs["step"]
registry.offer("test.write", write)
"""
BEGIN = """
calls = "".join(
    f'<serviceTask id="s{i}" shuzhi:service="test.write" shuzhi:result="r{i}"><extensionElements>'
    f'<shuzhi:input name="step" value="&quot;s{i}&quot;"/></extensionElements></serviceTask>' for i in range(4)
)
ways = ["start g", "g s0", "g s1", "s0 j", "s1 j", "j s2", "s2 s3", "s3 end"]
flows = "".join('<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s"/>' % (i, *way.split()) for i, way in enumerate(ways))
content = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:shuzhi="urn:shuzhi:bpmn:1" targetNamespace="t">'
    '<process id="p" isExecutable="true"><startEvent id="start"/><endEvent id="end"/><parallelGateway id="g"/>'
    f'<parallelGateway id="j"/>{calls}{flows}</process></definitions>'
).encode()
declared, faults = declare("p", ("p.bpmn", content))
assert not faults, faults
by = Actor("account/x", office="o", roles=frozenset({Role.ADMINISTRATOR, Role.DATA_OFFICER}))
services.install_process(declaration=declared, pack="a/b", by=by, at=now())
for number in range(40):
    services.start_process(process="p", subject=f"s/{number}", title=Words(zh="x", en="x"), office="o", requester=None, by=by, at=now())
"""
KILL = """
import os, random, signal
from django.db import connection
def serve():
    while cases := services.cases_to_serve(at=now()):
        for case in cases:
            services.run_services(case=case, by=system("workflow"), at=now())
rng, killed = random.Random(7), 0
for _ in range(12):
    connection.close()
    connection.close_pool()  # a worker that is forked must not share the connections
    worker = os.fork()
    if not worker:
        serve()
        os._exit(0)
    time.sleep(rng.uniform(0.05, 0.5))
    if os.waitpid(worker, os.WNOHANG)[0] == 0:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        killed += 1
assert killed
serve()
"""
CHECK = """
from collections import Counter
assert set(models.ProcessCase.objects.values_list("state", flat=True)) == {"completed"}
done = Counter(models.Handled.objects.values_list("item", "what"))
assert len(done) == 4 * models.ProcessCase.objects.count() and set(done.values()) == {1}, done
for case in models.ProcessCase.objects.all():
    kinds = list(models.ProcessStep.objects.filter(case=case).order_by("seq").values_list("seq", "kind"))
    assert kinds == [(1, "started"), *((n, "served") for n in range(2, 6))], kinds
    assert queries.replayed(case.id) == (case.variables, [])
print("whole")
"""


@pytest.mark.proof
def test_nothing_is_doubled_or_lost(node):
    node.up("--only", "database", "--only", "web")

    # One process begins the cases and starts the workers that it kills: starting Django again for each takes longer.
    whole = [sys.executable, "-c", COMMON + BEGIN + KILL + CHECK]
    done = subprocess.run(whole, env=node.environ, check=False, timeout=200, capture_output=True, text=True)

    assert "whole" in done.stdout, done.stderr[-3000:]
