"""The kit's figures: per folder and together, for all cases and for those that expect a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shuzhi.support.decisions.dmn.tck.running import Verdict


@dataclass
class Count:
    """So many passed of so many."""

    passed: int = 0
    cases: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one case."""
        self.cases += 1
        self.passed += verdict.passed

    def as_dict(self) -> dict[str, int]:
        """The figures as JSON."""
        return {"passed": self.passed, "cases": self.cases}

    def __str__(self) -> str:
        """`98/100  98.0 %`."""
        share = f"{100 * self.passed / self.cases:5.1f} %" if self.cases else "      —"
        return f"{self.passed:5d}/{self.cases:<5d} {share}"


@dataclass
class Report:
    """All figures.

    `all` and `non_null` are of levels 2 and 3, or of a folder that is no level of the kit; what the kit itself
    calls non-compliant is counted apart.
    """

    level2: Count = field(default_factory=Count)
    non_null: Count = field(default_factory=Count)
    all: Count = field(default_factory=Count)
    non_compliant: Count = field(default_factory=Count)
    folders: dict[str, tuple[Count, Count]] = field(default_factory=dict)
    failures: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one case."""
        everything, valued = self.folders.setdefault(f"{verdict.level}/{verdict.folder}", (Count(), Count()))
        everything.add(verdict)
        if verdict.expects_value:
            valued.add(verdict)
        if not verdict.passed:
            self.failures.append(verdict)
        if verdict.level == "non-compliant":
            self.non_compliant.add(verdict)
            return
        self.all.add(verdict)
        if verdict.expects_value:
            self.non_null.add(verdict)
        if verdict.level == "compliance-level-2":
            self.level2.add(verdict)

    def as_dict(self, *, failures: bool = False) -> dict[str, object]:
        """One document: `level2`, `non_null`, `all`, `non_compliant`, `folders`."""
        document: dict[str, object] = {
            "level2": self.level2.as_dict(),
            "non_null": self.non_null.as_dict(),
            "all": self.all.as_dict(),
            "non_compliant": self.non_compliant.as_dict(),
            "folders": {
                name: {**everything.as_dict(), "non_null": valued.as_dict()}
                for name, (everything, valued) in self.folders.items()
            },
        }
        if failures:
            document["failures"] = [{"case": each.name, "reason": each.reason} for each in self.failures]
        return document


def report_of(verdicts: Iterable[Verdict]) -> Report:
    """The figures of many verdicts."""
    report = Report()
    for verdict in verdicts:
        report.add(verdict)
    return report
