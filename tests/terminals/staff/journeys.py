"""What journeys on a node of their own share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "src"
MOST_TABS = 200


def run(environ: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def press(page: Any, target: Any, key: str = "Enter") -> None:
    """Reach something by the tab key alone, and press a key on it."""
    wanted = target.first.element_handle()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("element => document.activeElement === element", wanted):
            page.keyboard.press(key)
            return
    pytest.fail(f"no way to {target} by the tab key on {page.url}")
