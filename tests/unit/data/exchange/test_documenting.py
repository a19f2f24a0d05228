"""What the platform writes about its interfaces: every example is run as it stands, with a sandbox key."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from tests.ports import free_port
from tests.unit.data.exchange import following
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.following import FOLLOW, deliver, firm, note
from tests.unit.data.exchange.test_sandbox import COUNTS, LIST, OBJECTION
from tests.unit.data.exchange.world import AT, OFFICER

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.documenting.snippets import NO_KEY, snippets
from shuzhi.data.exchange.openapi import gateway_openapi, interface_openapi
from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.foundation.clock import now

RUN = {
    "call.sh": ["bash"],
    "client.py": [sys.executable],
    "call.py": [sys.executable],
    "call.mjs": ["node"],
    "Call.java": ["java"],
}


def run(snippet, secret, folder):
    """What one example prints."""
    program = RUN[snippet.file]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not on this machine")
    file = folder / snippet.file
    file.write_text(snippet.text, "utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    } | {"SHUZHI_SECRET": secret, "PYTHONPATH": str(worlds.REPOSITORY / "src")}
    done = subprocess.run(
        [*program, str(file)], env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def declared_of(interface):
    return queries.version(queries.interface(interface)).declaration


def test_every_example_runs_against_a_gateway(world, start_gateway, tmp_path):
    """One identifier look-up in all languages, and every kind of interface in one of them."""
    for declared in (LIST, COUNTS, FOLLOW, OBJECTION):
        worlds.install_interface(worlds.declare_interface(**declared))
    url = start_gateway().url
    key = services.issue_sandbox_key(interface="firm-by-uscc", office="taxation", by=OFFICER, at=now())
    answers = [
        run(snippet, key.secret, tmp_path)
        for snippet in snippets(declared_of("firm-by-uscc"), gateway=url, key_id=key.key_id)
    ]
    assert len(answers) == len(RUN)
    for answer in answers:
        assert answer["sandbox"] is True
        assert answer["data"]["name"] == "沙箱名称1"

    for interface in ("firm-exists", "firms-list", "firms-counts", "firm-changes", "firm-objection"):
        key = services.issue_sandbox_key(interface=interface, office="taxation", by=OFFICER, at=now())
        one = next(
            each
            for each in snippets(declared_of(interface), gateway=url, key_id=key.key_id)
            if each.file == "call.py"
        )
        answer = run(one, key.secret, tmp_path)
        assert answer["sandbox"] is True, interface
        if interface == "firm-exists":
            assert answer["answer"] == "yes"


def test_the_receiver_takes_what_is_pushed(world, tmp_path):
    worlds.install_interface(worlds.declare_interface(**FOLLOW))
    port = free_port()
    from shuzhi.data.exchange.pushing import endpoints

    rules, endpoints.rules_of = endpoints.rules_of, lambda _: following.LOOPBACK
    try:
        key = worlds.subscribe("firm-changes", endpoint=f"http://127.0.0.1:{port}/hook")
    finally:
        endpoints.rules_of = rules
    note("created", firm(1), firm(2))
    receiver = snippets(declared_of("firm-changes"), gateway="", key_id=None)[-1]
    assert receiver.file == "receiver.py"
    (tmp_path / "receiver.py").write_text(receiver.text, "utf-8")
    running = subprocess.Popen(
        [sys.executable, str(tmp_path / "receiver.py"), str(port)],
        env=os.environ | {"SHUZHI_SECRET": key.secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        deliver(now)
        lines = [running.stdout.readline().decode().split() for _ in range(2)]
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
    assert lines == [["1", "created", "f-code-1"], ["2", "created", "f-code-2"]]
    assert queries.stream(key.subscription).delivered == 2


def test_examples_hold_no_secret_and_no_key_of_their_own(world):
    texts = [one.text for one in snippets(declared_of("firm-by-uscc"), gateway="http://x")]
    assert all(NO_KEY in text and "SHUZHI_SECRET" in text for text in texts)
    assert not any("@" in text.replace("application/json", "") for text in texts)


def test_each_version_has_a_document_of_its_own(world):
    worlds.install_interface(worlds.declare_interface(version=2, fields=["uscc"]))
    services.deprecate_version(
        interface="firm-by-uscc",
        version=1,
        sunset_on=AT.date().replace(year=2027),
        by=worlds.OWNER,
        at=AT,
        successor=2,
    )
    newest, former = queries.interface("firm-by-uscc").versions

    said = interface_openapi(former, gateway="http://g")
    operation = said["paths"]["/v1/interfaces/firm-by-uscc"]["get"]
    assert (said["info"]["version"], operation["deprecated"]) == ("1", True)
    whole = gateway_openapi()["paths"]["/v1/interfaces/firm-by-uscc"]["get"]
    answer = whole["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"]
    assert (newest.number, list(answer["properties"])) == (2, ["uscc"])
    assert "deprecated" not in whole


def test_every_kind_is_described(world):
    from shuzhi.data.exchange.openapi import _CONTENT

    assert set(_CONTENT) == set(InterfaceKind) - {InterfaceKind.ROUTED, InterfaceKind.RECEIPT}
