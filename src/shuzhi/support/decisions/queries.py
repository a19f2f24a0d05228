"""Reads of the rules' room: rule files read, decisions asked, traces put into words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.decisions.dmn.answers import Answer, Status, Trace
from shuzhi.support.decisions.dmn.rulebook import Rulebook, read_rulebook
from shuzhi.support.decisions.dmn.stored import trace_of
from shuzhi.support.decisions.dmn.words import explained, reason
from shuzhi.support.decisions.errors import ReplayUnknown, RuleFileRefused, RulesNotInstalled
from shuzhi.support.decisions.types import Fault, InstalledRules, Replay, ReplayState, RulesDeclaration

if TYPE_CHECKING:
    from shuzhi.support.decisions import models

__all__ = [
    "Answer",
    "Rulebook",
    "Status",
    "Trace",
    "decisions_of",
    "declared_rules",
    "explained",
    "files_of",
    "installed",
    "installed_rules",
    "read_rulebook",
    "reason",
    "replay",
    "replays",
    "trace_of",
    "unreadable",
]


_CURRENT = "SELECT id FROM decisions_rulesversion WHERE rules = %s AND current"
_EARLIER = "SELECT id FROM decisions_rulesversion WHERE rules = %s AND digest = %s"


def installed(*, rules: Iterable[str] | None = None, earlier: bool = False) -> list[InstalledRules]:
    """The rules in force by name; with `earlier` every version that was ever installed, the latest first."""
    from shuzhi.support.decisions import models

    rows = models.RulesVersion.objects.defer("files").order_by("rules", "-current", "-installed_at")
    if rules is not None:
        rows = rows.filter(rules__in=list(rules))
    if not earlier:
        rows = rows.filter(current=True)
    return [InstalledRules(row.rules, row.digest, row.pack, row.installed_at, row.current) for row in rows]


def installed_rules(rules: str, *, digest: str | None = None) -> Rulebook:
    """The rules in force, or the earlier version that a trace names by its digest; compiled once a process.

    Raises:
        RulesNotInstalled: there are no such rules, or never was such a version.
    """
    from shuzhi.foundation.database import prepared

    found = prepared.look(_CURRENT, [rules]) if digest is None else prepared.look(_EARLIER, [rules, digest])
    if not found:
        raise RulesNotInstalled(rules=rules if digest is None else f"{rules}:{digest}")
    return _compiled(found[0][0])


@lru_cache(maxsize=128)
def _compiled(version: str) -> Rulebook:
    from shuzhi.support.decisions import models

    stored = models.RulesVersion.objects.values_list("files", flat=True).get(id=version)
    own, *others = _files(stored)
    return read_rulebook([own], beside=others)


def declared_rules(declared: RulesDeclaration) -> Rulebook:
    """The rules that a pack declares, installed or not."""
    own, *others = declared.files
    return read_rulebook([own], beside=others)


def decisions_of(declared: RulesDeclaration) -> dict[str, tuple[str, ...]]:
    """The decisions of a pack's rules, each with the input data that it needs."""
    book = declared_rules(declared)
    return {name: book.inputs(name) for name in book.decisions}


def files_of(rules: str) -> list[tuple[str, bytes]]:
    """Name and content of the files in force, the rules' own first.

    Raises:
        RulesNotInstalled: there are no such rules.
    """
    from shuzhi.support.decisions import models

    stored = (
        models.RulesVersion.objects.filter(rules=rules, current=True).values_list("files", flat=True).first()
    )
    if stored is None:
        raise RulesNotInstalled(rules=rules)
    return _files(stored)


def _files(stored: bytes | memoryview[int]) -> list[tuple[str, bytes]]:
    return msgspec.msgpack.decode(bytes(stored), type=list[tuple[str, bytes]])


def replay(number: int, *, rules: str, by: Actor) -> Replay:
    """One replay as its office and the bureau may see it.

    Raises:
        ReplayUnknown: there is none, or it is another office's.
    """
    from shuzhi.support.decisions import models

    row = models.Replay.objects.filter(id=number, rules=rules).defer("changed").first()
    if row is None or not (by.has(Role.BUREAU) or row.office == (by.office or "")):
        raise ReplayUnknown(number=number)
    return _replay(row)


def replays(*, rules: str, by: Actor, most: int = 20) -> list[Replay]:
    """The latest replays of the actor's office, or of all for the bureau."""
    from shuzhi.support.decisions import models

    rows = models.Replay.objects.filter(rules=rules).defer("changed").order_by("-asked_at", "-id")
    if not by.has(Role.BUREAU):
        rows = rows.filter(office=by.office or "")
    return [_replay(row) for row in rows[:most]]


def _replay(row: models.Replay) -> Replay:
    from shuzhi.support.decisions.replaying.running import order_of, words_of

    return Replay(
        row.id,
        row.rules,
        order_of(row.asked),
        row.file_name,
        row.by["title"] or row.by["name"],
        row.office,
        row.asked_at,
        ReplayState(row.state),
        row.rows,
        row.result,
        words_of(row.problem),
        row.done_at,
    )


def unreadable(error: RuleFileRefused) -> Fault:
    """The refusal of a whole file, as one fault beside those of other files."""
    words = Words(zh=str(error.facts["zh"]), en=str(error.facts["en"]))
    return Fault(f"file-{error.reason}", error.place, words)
