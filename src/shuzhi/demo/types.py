from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from shuzhi.demo.people import Speakers
from shuzhi.packs.types import Pack

Say = Callable[[str], None]


@dataclass
class Run:
    """One run of the demonstration: what it has, what it has found so far, and how it speaks."""

    packs: list[Pack]
    given: Path | None
    population: Path
    at: datetime
    say: Say
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.speakers = Speakers(self.packs)

    def step(self, name: str, words: str, work: Callable[[Run], Any]) -> None:
        """Do one step, say so, and keep its figures and its seconds."""
        self.say(f"· {words} …")
        started = perf_counter()
        found = work(self)
        self.seconds[name] = round(perf_counter() - started, 3)
        if found is not None:
            self.figures[name] = found
        self.say(f"  {self.seconds[name]:.1f} s")
