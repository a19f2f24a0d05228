"""Numbers for people: figure tiles, progress, receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from shuzhi.terminals.design import sparkline
from shuzhi.terminals.design.types.chips import Tone
from shuzhi.terminals.design.types.said import Words

TRACK = 1000
"""Units of a bar's width in its drawing."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: the only way a percentage is written, so that its denominator is never lost."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """The percentage; none of nothing is unknown, not zero."""
        if not self.denominator:
            return None
        return Decimal(self.numerator) * 100 / Decimal(self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure tile: what, how much of what, on which day, which way, and the page that opens it."""

    template: ClassVar[str] = "design/figure.html"
    label: Words
    value: int | float | Decimal | Share
    url: str
    unit: Words = ""
    of: Words = ""
    day: date | None = None
    trend: Sequence[float] = ()
    tone: Tone = Tone.NEUTRAL
    state: Words = ""

    @property
    def share(self) -> Share | None:
        """The value when it is a share."""
        return self.value if isinstance(self.value, Share) else None

    @property
    def spark(self) -> sparkline.Spark | None:
        """The trend as a small line, when there are at least two points."""
        return sparkline.draw(self.trend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A running piece of work: what is done, what remains, how long; asks again until it is finished."""

    template: ClassVar[str] = "design/progress.html"
    id: str
    label: Words
    done: int
    total: int
    unit: Words
    poll_url: str = ""
    seconds_spent: float | None = None
    seconds_left: float | None = None
    doing: Words = ""
    failed: Words = ""

    @property
    def finished(self) -> bool:
        """Whether nothing remains."""
        return self.done >= self.total

    @property
    def rest(self) -> int:
        """What remains."""
        return max(self.total - self.done, 0)

    @property
    def width(self) -> int:
        """The done part of the track."""
        return TRACK * min(self.done, self.total) // self.total if self.total else TRACK

    @property
    def asks_again(self) -> bool:
        """Whether the page should look once more."""
        return bool(self.poll_url) and not self.finished and not self.failed


@dataclass(frozen=True, slots=True)
class Count:
    """One growing number of a running piece of work."""

    label: Words
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Work under way whose end may not be known: what is counted so far, what it is at, since when.

    `said` is for screen readers and should change seldom: the page keeps a live region for it, outside of what
    is swapped, and fills it with each answer.
    """

    template: ClassVar[str] = "design/running.html"
    id: str
    label: Words
    doing: Words
    counts: Sequence[Count] = ()
    done: int = 0
    total: int | None = None
    seconds_spent: float | None = None
    note: Words = ""
    said: Words = ""
    poll_url: str = ""

    @property
    def width(self) -> int:
        """The done part of the track."""
        return TRACK * min(self.done, self.total) // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class Meter:
    """A value between nought and one as a number with a bar; the weak one stands out among its neighbours."""

    template: ClassVar[str] = "design/meter.html"
    value: float | None
    text: Words
    tone: Tone = Tone.PRIMARY
    label: Words = ""

    @property
    def width(self) -> int:
        """The filled part of the bar."""
        return round(TRACK * min(max(self.value or 0, 0), 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A batch's receipt (回执): received = accepted + quarantined + duplicates, or the page says that it is not so."""

    template: ClassVar[str] = "design/receipt.html"
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    quarantine_url: str = ""

    @property
    def missing(self) -> int:
        """Rows that the sum does not account for; anything but nought is an error of the platform."""
        return self.received - self.accepted - self.quarantined - self.duplicates

    @property
    def bars(self) -> list[tuple[str, float, float]]:
        """Kind, start and width of each part of the bar; a part that exists is at least visible."""
        whole = max(self.received, 1)
        parts = {"accepted": self.accepted, "quarantined": self.quarantined, "duplicates": self.duplicates}
        wide = {kind: max(TRACK * n / whole, 6) if n else 0 for kind, n in parts.items()}
        scale = TRACK / max(sum(wide.values()), 1)
        drawn, start = [], 0.0
        for kind, width in wide.items():
            drawn.append((kind, round(start, 1), round(width * scale, 1)))
            start += width * scale
        return drawn
