"""The tutorial is walked literally; every pack's scenarios pass on a throwaway node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TUTORIAL = REPOSITORY / "docs" / "packs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def environment(tmp_path):
    """`shuzhi` is a command, and this process's own node is nobody's business."""
    command = tmp_path / "bin" / "shuzhi"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m shuzhi "$@"\n')
    command.chmod(0o755)
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SHUZHI_", "DJANGO_"))}
    return {
        **given,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY / "src"),
        "SHUZHI_HOME": str(tmp_path / "home"),
    }


def run(words, environment, folder):
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def walk(environment, folder):
    """Every block of the tutorial in its order: files are written, commands run, one of them to fail; what they said."""
    folder.mkdir()
    said = []
    for language, rest, text in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        if language == "sh":
            done = run(["sh", "-e", "-c", text], environment, folder)
            said.append(done.stdout + done.stderr)
            assert (done.returncode != 0) == (rest == "fails"), f"{text}\n{said[-1]}"
        elif rest:
            (folder / rest).parent.mkdir(parents=True, exist_ok=True)
            (folder / rest).write_text(text, "utf-8")
    return said


@pytest.mark.proof
def test_the_tutorial_works_as_it_is_written(environment, tmp_path):
    said = walk(environment, tmp_path / "desk")

    assert any("owner-unknown" in each for each in said)
    assert "city/benches" in said[-1]
    assert "silver  3/3" in said[-1]


@pytest.mark.proof
def test_every_pack_passes(environment, tmp_path):
    done = run(["shuzhi", "packs", "verify", "--all", "--json"], environment, tmp_path)
    assert done.returncode == 0, done.stderr
    packs = json.loads(done.stdout)["packs"]
    assert len(packs) >= 25
    assert all(each["scenarios"] == each["passed"] >= 1 for each in packs)
    assert {"pack", "grade", "systems", "scenarios", "passed", "seconds"} <= packs[0].keys()


@pytest.mark.proof
def test_a_scaffolded_pack_passes_its_checks(environment, tmp_path):
    assert (
        run(["shuzhi", "packs", "new", "city/lamps", "--in", "mine"], environment, tmp_path).returncode == 0
    )
    done = run(["shuzhi", "packs", "check", "mine", "--json"], environment, tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"packs": 1, "findings": []})
    assert not (tmp_path / "home").exists()  # neither node nor database was made
    assert (
        run(["shuzhi", "packs", "new", "city/lamps", "--in", "mine"], environment, tmp_path).returncode == 1
    )
    assert run(["shuzhi", "packs", "check", "nowhere"], environment, tmp_path).returncode == 2
