"""The house stands as it is drawn: imports, documents and packs agree with the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from shuzhi.foundation.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "shuzhi"
ROOMS = sorted(
    path.parent
    for storey in ("business", "data", "support", "pillars")
    for path in (PACKAGE / storey).glob("*/__init__.py")
)


def test_imports_keep_to_the_contracts():
    lint = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([lint, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-3000:]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.parent.name}.{room.name}")
class TestRoom:
    def test_says_what_it_is_for_with_the_chinese_term(self, room):
        text = (room / "__init__.py").read_text("utf-8")
        assert text.startswith('"""')
        assert re.search(r"（[\u4e00-\u9fff、]+）|\([\u4e00-\u9fff、]+\)", text.split('"""')[1])

    def test_has_a_page(self, room):
        assert (REPOSITORY / "docs" / "rooms" / f"{room.name}.md").is_file()

    def test_uses_the_fixed_words(self, room):
        names = {path.name.removesuffix(".py") for path in room.iterdir()}
        assert not names & {"utils", "helpers", "common", "misc", "base", "manager"}


def test_every_setting_is_documented():
    guide = (REPOSITORY / "docs" / "guides" / "operator.md").read_text("utf-8")
    missing = [name for name in Settings.__struct_fields__ if f"SHUZHI_{name.upper()}" not in guide]
    assert not missing


def test_every_room_with_tables_has_a_contract_that_they_are_its_own():
    contracts = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    rooms = [
        config.name
        for config in apps.get_app_configs()
        if config.name.startswith("shuzhi.") and list(config.get_models())
    ]
    assert rooms
    assert not [room for room in rooms if f'"{room}.models"' not in contracts]


def test_requirements_give_a_reason_each():
    for file in ("run.in", "dev.in"):
        lines = (REPOSITORY / "requirements" / file).read_text("utf-8").splitlines()
        bare = [line for line in lines if line and not line.startswith(("#", "-r", "-c")) and "#" not in line]
        assert not bare, file


def test_locks_and_documents_name_no_index_and_no_machine():
    files = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    suspicious = re.compile(r"https?://[^\s\"']*(pypi|/simple/|registry\.npm|npmmirror)|--index-url")
    texts = [
        REPOSITORY / name
        for name in files
        if name.endswith((".txt", ".in", ".json", ".md", ".toml", ".yml", "Makefile"))
        and "samples" not in name
    ]
    found = [str(path) for path in texts if path.is_file() and suspicious.search(path.read_text("utf-8"))]
    assert not found


def test_no_pattern_repeats_a_group_possessively():
    """Before Python 3.11.5 such a repeat keeps what its last, failing round had read (gh-106052)."""
    character_class = re.compile(r"\[\^?\]?(?:\\.|[^\]\\\n])*\]")
    possessive = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9]*,?[0-9]*\})\+")
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if possessive.search(character_class.sub("[]", line))
    ]
    assert not found, "write (?>(?:…)*) instead"
