"""Another time for a test (时钟): what keeps the real clock by name has it before the other one is put in its place.

A module that does `from shuzhi.foundation.clock import now` keeps what it finds. Were it imported for the first time while a test has
put another clock there, it would keep that one for all the tests that follow.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
BY_NAME = re.compile(r"from shuzhi\.foundation\.clock import .*\bnow\b")


def put(monkeypatch, now) -> None:
    """Let `clock.now` be another function until the test ends."""
    _keep_the_real_one()
    monkeypatch.setattr("shuzhi.foundation.clock.now", now)


@lru_cache(maxsize=1)
def _keep_the_real_one() -> None:
    for file in sorted((SOURCE / "shuzhi").rglob("*.py")):
        if BY_NAME.search(file.read_text("utf-8")):
            import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"))
