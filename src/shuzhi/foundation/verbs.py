"""Verbs (动作): what a scenario of a pack may do or look at. Rooms declare theirs as they declare their parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from shuzhi.foundation.parts import Known
from shuzhi.foundation.words import Words


class Stage(Protocol):
    """Where a step of a scenario happens: by whom, when, beside which files, and what earlier steps gave."""

    @property
    def by(self) -> Any:
        """The actor of this step."""

    @property
    def at(self) -> datetime:
        """The scenario's time."""

    @property
    def folder(self) -> Path:
        """The folder of the scenario's pack."""

    def file(self, name: str) -> Path:
        """A file beside the scenario or among the pack's samples.

        Raises:
            FileMissing: there is none of this name.
        """

    def write(self, name: str, content: bytes) -> Path:
        """A file with this content, in a folder that goes with the scenario."""

    def latest(self, verb: str) -> Any:
        """What the last step with this verb gave, as the verb returned it; None before the first."""


CheckWords = Callable[[Mapping[str, Any], Known, Path], Iterable[Words]]


@dataclass(frozen=True)
class Verb:
    """One thing that a step says: `collect: {batch: …}`.

    `says` is the schema of what stands behind the verb; `run` does it through the room's own services or
    queries and returns what expectations may speak of. A verb that `looks` changes nothing: only such verbs
    stand under `then`. `names` says which of its arguments are ids that packs declare, by the folder they
    are declared in, so that the checker finds a misspelt one. `check` finds more without a node: it gets
    what stands behind the verb, what packs declare, and the folder of the scenario's pack.
    """

    name: str
    title: Words
    says: type[BaseModel]
    run: Callable[[Any, Stage], Any]
    looks: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    check: CheckWords | None = None
