"""Closed dossiers and processes are archived by themselves (自动归档), where a pack declares their kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shuzhi.pillars.security.types import system
from shuzhi.support.archive import queries, services
from shuzhi.support.workflow import queries as loops
from shuzhi.support.workflow.processes import queries as processes

BY = system("archive")


def on_dossier_closed(event: Mapping[str, Any], at: datetime) -> None:
    """A dossier reached its end."""
    kind = queries.kind_of(loop=event["loop"])
    if kind is None:
        return
    found = loops.dossier(event["dossier"])
    subject, closed = f"dossier/{found.id}", found.closed_at or at
    services.note_closed(subject=subject, kind=kind.archive, closed_at=closed)
    services.file_case(
        subject=subject, title=found.title, office=found.office, closed_at=closed, contents=[], kind=kind.archive,
        facts=found.facts | {"about": found.subject, "state": found.state, "loop": found.loop, "opened_at": found.opened_at},
        history=[asdict(each) for each in loops.history(found.id)], by=BY, at=at,
    )  # fmt: skip


def on_process_ended(event: Mapping[str, Any], at: datetime) -> None:
    """A process reached its end."""
    kind = queries.kind_of(process=event["process"])
    if kind is None:
        return
    found = processes.case(event["case"])
    subject, closed = f"process/{found.id}", found.closed_at or at
    services.note_closed(subject=subject, kind=kind.archive, closed_at=closed)
    services.file_case(
        subject=subject, title=found.title, office=found.office, closed_at=closed, contents=[], kind=kind.archive,
        facts=found.variables | {"about": found.subject, "state": found.state, "process": found.process},
        history=[asdict(each) for each in processes.steps(found.id)], by=BY, at=at,
    )  # fmt: skip
