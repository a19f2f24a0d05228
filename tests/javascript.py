"""What the browser's modules answer, run by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any


def answers(script: Path, modules: Path, cases: list[Any]) -> list[Any]:
    """Put cases to `script`, a line each, in one process; `modules` is the folder that it imports from.

    The lines are ASCII: some versions of Node take U+2028 for an end of line, too.
    """
    done = subprocess.run(
        [_node(), str(script), modules.as_uri()],
        input="\n".join(json.dumps(each) for each in cases),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def _node() -> str:
    """The one that was installed beside Python where the system's was too old, otherwise the system's."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "Node is needed: it runs the type check of the pages too"
    return found
