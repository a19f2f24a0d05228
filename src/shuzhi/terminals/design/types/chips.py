"""Short labels: state, deadline, grade, source, demonstration, tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from shuzhi.terminals.design.types.said import Said, Words

SOON = 2
"""Working days from which a deadline is marked amber."""

GRADES = {
    1: Said("L1 公开", "L1 public"),
    2: Said("L2 内部", "L2 internal"),
    3: Said("L3 敏感", "L3 sensitive"),
    4: Said("L4 高度敏感", "L4 highly sensitive"),
}


class Tone(StrEnum):
    """What a colour means here; the label always says the same in words."""

    NEUTRAL = "neutral"
    PRIMARY = "primary"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a word or two."""

    template: ClassVar[str] = "design/chip.html"
    label: Words
    tone: Tone = Tone.NEUTRAL
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """How many working days are left (期限); the days are counted by the calendar, not here."""

    template: ClassVar[str] = "design/deadline.html"
    due_on: date
    days_left: int
    done: bool = False

    @property
    def tone(self) -> Tone:
        """Red only when late, amber when it is close."""
        if self.done:
            return Tone.SUCCESS
        if self.days_left < 0:
            return Tone.DANGER
        return Tone.WARNING if self.days_left <= SOON else Tone.NEUTRAL

    @property
    def days_late(self) -> int:
        """Working days past the due day."""
        return -self.days_left


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of data (数据分级), L1 open to L4 most protected."""

    template: ClassVar[str] = "design/grade.html"
    level: int

    @property
    def label(self) -> Said:
        """The grade in words."""
        return GRADES[self.level]

    @property
    def bars(self) -> list[tuple[int, int, int, bool]]:
        """Four bars that rise: left, top, height, and whether this grade fills it."""
        return [(4 * i, 9 - 3 * i, 3 + 3 * i, i < self.level) for i in range(4)]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from (来源): office, batch, day, and where to object."""

    template: ClassVar[str] = "design/source.html"
    office: Words
    day: date | None = None
    batch: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Demo:
    """Marks what is synthetic (演示数据)."""

    template: ClassVar[str] = "design/demo.html"


@dataclass(frozen=True, slots=True)
class Tag:
    """One value to filter by; `url` adds it, or takes it away when it is on."""

    label: Words
    url: str
    count: int | None = None
    on: bool = False


@dataclass(frozen=True, slots=True)
class Tags:
    """A row of tags with the name of what they filter."""

    template: ClassVar[str] = "design/tags.html"
    label: Words
    tags: Sequence[Tag]
