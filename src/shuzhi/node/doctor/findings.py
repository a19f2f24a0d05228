"""Findings (检查结果): what was looked at, how it is, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import Settings


class Level(StrEnum):
    """How bad it is: only a problem keeps a node from running."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at; `mend` says what to do, empty when nothing is to be done."""

    name: str
    level: Level
    zh: str
    en: str
    mend_zh: str = ""
    mend_en: str = ""

    @property
    def blocks(self) -> bool:
        """Whether a node can't run because of it."""
        return self.level == Level.PROBLEM


Look = Callable[[Settings], Finding]


def fine(name: str, zh: str, en: str) -> Finding:
    """Nothing to do."""
    return Finding(name=name, level=Level.OK, zh=zh, en=en)


def warning(name: str, zh: str, en: str, mend_zh: str = "", mend_en: str = "") -> Finding:
    """It works, but not well or not everywhere."""
    return Finding(name=name, level=Level.WARNING, zh=zh, en=en, mend_zh=mend_zh, mend_en=mend_en)


def problem(name: str, zh: str, en: str, mend_zh: str = "", mend_en: str = "") -> Finding:
    """A node can't run like this."""
    return Finding(name=name, level=Level.PROBLEM, zh=zh, en=en, mend_zh=mend_zh, mend_en=mend_en)


def refused(name: str, error: PlatformError) -> Finding:
    """A refusal of the platform; its message already says what to do."""
    return problem(name, error.message_zh, str(error))
