"""Doctor (体检): what is wrong with this machine, and how to mend it."""

from __future__ import annotations

from shuzhi.foundation.settings import Settings
from shuzhi.node.doctor import database, findings, machine, report, tests
from shuzhi.node.doctor.findings import Finding, Level

__all__ = ["Finding", "Level", "examine", "report"]


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; a check that fails itself is a finding, never a traceback."""
    examinations = (*machine.EXAMINATIONS, *database.EXAMINATIONS, *tests.EXAMINATIONS)
    return [_examined(name, look, settings) for name, look in examinations]


def _examined(name: str, look: findings.Look, settings: Settings) -> Finding:
    try:
        return look(settings)
    except Exception as error:  # noqa: BLE001 - the doctor must always finish
        said = f"{type(error).__name__}: {error}"
        return findings.problem(name, f"检查本身失败：{said}", f"the check itself failed: {said}")
