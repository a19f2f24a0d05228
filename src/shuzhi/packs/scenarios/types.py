"""Scenarios as packs declare them, and what running one yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.words import Words

SLUG = r"^[a-z][a-z0-9-]*$"
# As whom: `market-regulation/data_officer`, a resident by identity number, the platform itself, or anybody.
ACTOR = r"^(platform|public|resident/\d{17}[\dX]|[a-z][a-z0-9-]*/[a-z_]+)$"
RESIDENT = "resident/"
MOST_STEPS = 200


class Step(BaseModel):
    """One step: at most one verb with what it says, and what is expected of it."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    by: str | None = Field(default=None, alias="as", pattern=ACTOR)
    keep: str | None = Field(default=None, min_length=1, max_length=60)
    refused: str | None = None
    expect: tuple[str, ...] = ()
    note: str | None = None

    @field_validator("expect", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_verb(self) -> Step:
        if len(self.said) > 1:
            raise ValueError(f"one verb a step, not {', '.join(self.said)}")
        if not self.said and not self.expect:
            raise ValueError("a step does something or expects something")
        if not self.said and (self.keep or self.refused):
            raise ValueError("keep and refused belong to a verb")
        return self

    @property
    def said(self) -> dict[str, Any]:
        """The verb and what stands behind it."""
        return dict(self.model_extra or {})

    @property
    def verb(self) -> str | None:
        """The verb's name."""
        return next(iter(self.said), None)

    @property
    def arguments(self) -> Any:
        """What stands behind the verb; nothing is an empty list of arguments."""
        found = next(iter(self.said.values()), None)
        return {} if found is None else found

    @property
    def written(self) -> frozenset[str]:
        """The verb and the words of the frame that the step uses."""
        frame = {name for name in ("keep", "refused", "expect") if getattr(self, name)}
        return frozenset(frame | set(self.said))


class ScenarioDeclaration(BaseModel):
    """A scenario as a pack declares it: `scenarios/<id>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str = Field(pattern=SLUG)
    title: Words
    systems: tuple[str, ...] = ()
    day: date = Field(alias="date")
    hour: time = Field(default=time(9), alias="time")
    given: tuple[Step, ...] = Field(default=(), max_length=MOST_STEPS)
    do: tuple[Step, ...] = Field(min_length=1, max_length=MOST_STEPS)
    then: tuple[Step, ...] = Field(min_length=1, max_length=MOST_STEPS)

    @property
    def begins_at(self) -> datetime:
        """The moment at which it begins, in China."""
        return datetime.combine(self.day, self.hour, tzinfo=CHINA)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in their order."""
        return (*self.given, *self.do, *self.then)

    @property
    def placed(self) -> tuple[tuple[tuple[str, int], Step], ...]:
        """All steps with the place they stand in, for their line."""
        return tuple(
            ((part, index), step)
            for part in ("given", "do", "then")
            for index, step in enumerate(getattr(self, part))
        )


@dataclass(frozen=True)
class Failure:
    """The step that did not go as it says, and why."""

    file: str
    line: int
    message: Words


@dataclass(frozen=True)
class Outcome:
    """A scenario that was run."""

    pack: str
    scenario: str
    title: Words
    systems: tuple[str, ...]
    steps: int
    seconds: float
    failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Whether every step went as it says."""
        return self.failure is None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        failure = self.failure
        return {
            "scenario": self.scenario,
            "title": self.title.model_dump(),
            "systems": list(self.systems),
            "steps": self.steps,
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
            "failure": failure
            and {"file": failure.file, "line": failure.line, **failure.message.model_dump()},
        }
