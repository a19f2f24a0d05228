"""Reads of the rules' room: rule files read, decisions asked, traces put into words."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Answer, Status, Trace
from shuzhi.support.decisions.dmn.rulebook import Rulebook, read_rulebook
from shuzhi.support.decisions.dmn.stored import trace_of
from shuzhi.support.decisions.dmn.words import explained, reason
from shuzhi.support.decisions.errors import RuleFileRefused, RulesNotInstalled
from shuzhi.support.decisions.types import Fault

__all__ = [
    "Answer",
    "Rulebook",
    "Status",
    "Trace",
    "explained",
    "installed_rules",
    "read_rulebook",
    "reason",
    "trace_of",
    "unreadable",
]


def installed_rules(rules: str, *, digest: str | None = None) -> Rulebook:
    """The rules in force, or the earlier version that a trace names by its digest; compiled once a process.

    Raises:
        RulesNotInstalled: there are no such rules, or never was such a version.
    """
    from shuzhi.support.decisions import models

    wanted = {"current": True} if digest is None else {"digest": digest}
    row = models.RulesVersion.objects.filter(rules=rules, **wanted).values_list("id", flat=True).first()
    if row is None:
        raise RulesNotInstalled(rules=rules if digest is None else f"{rules}:{digest}")
    return _compiled(row)


@lru_cache(maxsize=128)
def _compiled(version: str) -> Rulebook:
    from shuzhi.support.decisions import models

    stored = models.RulesVersion.objects.values_list("files", flat=True).get(id=version)
    own, *others = msgspec.msgpack.decode(bytes(stored), type=list[tuple[str, bytes]])
    return read_rulebook([own], beside=others)


def unreadable(error: RuleFileRefused) -> Fault:
    """The refusal of a whole file, as one fault beside those of other files."""
    words = Words(zh=str(error.facts["zh"]), en=str(error.facts["en"]))
    return Fault(f"file-{error.reason}", error.place, words)
