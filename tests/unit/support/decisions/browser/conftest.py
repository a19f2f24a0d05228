"""Answers of the browser's modules, run by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE.parents[4] / "src/shuzhi/terminals/design/static/design/js/feel"


@pytest.fixture(scope="session")
def node():
    """A function that puts cases to a script beside this file, in one process, and gives the answers."""
    program = shutil.which("node")
    assert program, "Node is needed: it runs the type check of the pages too"

    def ask(cases, script="agree.mjs"):
        lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in cases)
        done = subprocess.run(
            [program, str(HERE / script), MODULES.as_uri()],
            input=lines,
            capture_output=True,
            text=True,
            check=True,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(cases), done.stderr
        return answers

    return ask
