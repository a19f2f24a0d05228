"""What has an order or a reason: steps, timelines, reasons, versions, confirmations, lineage, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from shuzhi.terminals.design import lineage
from shuzhi.terminals.design.types.chips import Tone
from shuzhi.terminals.design.types.forms import Field
from shuzhi.terminals.design.types.navigation import Link
from shuzhi.terminals.design.types.said import Words


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way with a known end."""

    label: Words
    state: Literal["done", "now", "next", "stopped"] = "next"
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The whole way in view (步骤)."""

    template: ClassVar[str] = "design/steps.html"
    label: Words
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop on the way of the data: what it is, how it stands, where on the page it is told in full."""

    title: Words
    value: object
    note: Words = ""
    url: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Stops:
    """A thing's life at a glance (一生), from its source to those who use it."""

    template: ClassVar[str] = "design/stops.html"
    label: Words
    stops: Sequence[Stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened: when, what, by whom."""

    at: datetime
    title: Words
    by: Words = ""
    says: Words = ""
    tone: Tone = Tone.PRIMARY
    url: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, the latest first or last as the page orders it (经过)."""

    template: ClassVar[str] = "design/timeline.html"
    label: Words
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value."""

    name: Words
    value: object
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why this is so (依据): the answer, the rule, the row, the legal basis."""

    template: ClassVar[str] = "design/why.html"
    title: Words
    facts: Sequence[Fact]
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions."""

    field: Words
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["same", "added", "removed", "changed"]:
        """What happened to it."""
        if self.before == self.after:
            return "same"
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What differs between two versions."""

    template: ClassVar[str] = "design/diff.html"
    caption: Words
    before: Words
    after: Words
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Asks before something that others feel; says what will happen, in words."""

    template: ClassVar[str] = "design/confirm.html"
    title: Words
    consequences: Sequence[Words]
    verb: Words
    action_url: str
    back_url: str
    danger: bool = False
    fields: Sequence[Field] = ()
    hidden: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where data comes from and goes to (血缘), as a drawing and as a list."""

    template: ClassVar[str] = "design/lineage.html"
    id: str
    label: Words
    nodes: Sequence[lineage.Node]
    edges: Sequence[lineage.Edge]
    here: str = ""

    @property
    def drawing(self) -> lineage.Drawing:
        """Places for the boxes and ways for the wires."""
        return lineage.lay_out(self.nodes, self.edges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the platform says no, and what the person can do about it."""

    template: ClassVar[str] = "design/refusal.html"
    status: int
    title: Words
    says: Words
    rule: Words = ""
    basis: Words = ""
    missing: Words = ""
    next: Words = ""
    whom: Words = ""
    code: str = ""
    links: Sequence[Link] = ()
