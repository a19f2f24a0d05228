"""Reads of the rules' room: rule files read, decisions asked, traces put into words."""

from __future__ import annotations

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Answer, Status, Trace
from shuzhi.support.decisions.dmn.rulebook import Rulebook, read_rulebook
from shuzhi.support.decisions.dmn.words import explained, reason
from shuzhi.support.decisions.errors import RuleFileRefused
from shuzhi.support.decisions.types import Fault

__all__ = ["Answer", "Rulebook", "Status", "Trace", "explained", "read_rulebook", "reason", "unreadable"]


def unreadable(error: RuleFileRefused) -> Fault:
    """The refusal of a whole file, as one fault beside those of other files."""
    words = Words(zh=str(error.facts["zh"]), en=str(error.facts["en"]))
    return Fault(f"file-{error.reason}", error.place, words)
