"""What scenarios do with the archive: look at what was filed of a subject, check it again."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.archive import queries, services
from shuzhi.support.archive.types import Record


class OfSubject(BaseModel):
    """What the archived case is, as `dossier/3` or `process/7`."""

    model_config = ConfigDict(extra="forbid")

    subject: str


def look(said: OfSubject, stage: Stage) -> dict[str, Any] | None:
    """The record of a subject; nothing where there is none."""
    del stage
    found = queries.record_about(said.subject)
    return _told(found) if found else None


def again(said: OfSubject, stage: Stage) -> dict[str, Any] | None:
    """Do the four checks again."""
    found = queries.record_about(said.subject)
    if found is None:
        return None
    return _told(services.check_record(record=found.number, by=system("archive"), at=stage.at))


def _told(found: Record) -> dict[str, Any]:
    return {
        "number": found.number, "kind": found.kind, "holds": found.checked.holds,
        "faults": [check.value for check in found.checked.faults], "keep_until": found.keep_until,
    }  # fmt: skip


VERBS = (
    Verb("check archive", Words(zh="四性检测", en="do the four checks"), OfSubject, again),
    Verb("archive", Words(zh="查看档案", en="look at an archived case"), OfSubject, look, looks=True),
)
