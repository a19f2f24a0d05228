"""The doctor finds what is wrong and says how to mend it."""

from __future__ import annotations

import json
import os
import socket

import pytest
from tests.faults.conftest import Node

from shuzhi.foundation.settings import Settings
from shuzhi.node.doctor import Level, examine, machine, report


def finding(settings: Settings, name: str):
    return next(f for f in examine(settings) if f.name == name)


def test_a_running_node_has_no_problem(postgres_home):
    findings = examine(Settings(home=postgres_home))
    assert [f for f in findings if f.name in ("python", "database", "postgresql", "home") and f.blocks] == []
    assert {f.name for f in findings} >= {"clock", "disk", "memory", "ports", "chromium", "migrations"}


def test_a_taken_port_blocks_and_names_its_holder(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = finding(Settings(home=tmp_path, web_port=server.getsockname()[1]), "ports")
    assert found.level == Level.PROBLEM
    assert str(os.getpid()) in found.en
    assert "SHUZHI_WEB_PORT" in found.mend_en


def test_a_home_that_cannot_be_written_blocks(tmp_path):
    (tmp_path / "file").write_text("")
    assert machine.home(Settings(home=tmp_path / "file")).blocks


def test_a_missing_folder_of_packs_blocks(tmp_path):
    assert machine.packs(Settings(home=tmp_path, packs=(tmp_path / "none",))).blocks


def test_a_database_that_does_not_answer_blocks():
    done = Node().shuzhi("doctor", "--json", SHUZHI_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/x")
    body = json.loads(done.stdout)
    assert done.returncode == 1
    assert not body["ok"]
    assert "hunter2" not in done.stdout


def test_settings_are_listed_without_passwords(tmp_path):
    text = report.settings_text(
        Settings(home=tmp_path, database_url="postgresql://me:hunter2@h/x"), as_json=False
    )
    assert "hunter2" not in text
    assert "SHUZHI_DATABASE_URL" in text
    assert all(f"SHUZHI_{name.upper()}" in text for name in Settings.__struct_fields__)


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_its_mark(level):
    assert report.MARKS[level]
