"""Which processes of a file run as they stand (可以运行的流程), and which files a process may call into."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from shuzhi.support.workflow.processes.model import Model
from shuzhi.support.workflow.processes.reading import Fault

MOST_CALLED_BYTES = 2_000_000
_WHEREVER = frozenset({"id-twice", "id-missing", "process-too-large"})  # nobody knows whose they are


def running(model: Model, faults: Iterable[Fault]) -> list[str]:
    """The processes in which nothing was found, nor in those of the file that they call."""
    spoiled: set[str] = set()
    for found in faults:
        scope = model.within.get(found.element)
        if scope is not None and found.rule not in _WHEREVER:
            spoiled.add(model.process_of(scope))
        elif not _is_beside(model, found):
            return []
    calls = {
        (model.process_of(node.scope), node.attributes.get("calledElement", ""))
        for node in model.nodes.values()
        if node.kind == "callActivity"
    }
    while more := {caller for caller, called in calls if called in spoiled} - spoiled:
        spoiled |= more
    return [scope.id for scope in model.processes if scope.id not in spoiled]


def _is_beside(model: Model, found: Fault) -> bool:
    """Whether it stands beside the processes, as a choreography does, and keeps none of them from running."""
    return found.rule == "element-not-run" and found.element in {name or tag for tag, name, _ in model.odd}


def callable_files(file: Path) -> list[Path]:
    """The processes that a file may call: those beside it, then those of the packs beside its own."""
    file = file.absolute()
    beside = sorted(file.parent.glob("*.bpmn"))
    if len(file.parents) > 3 and (file.parents[1] / "pack.yaml").is_file():
        others = sorted(file.parents[3].glob("*/*/processes/*.bpmn"))
        beside += [each for each in others if each.parent != file.parent]
    return [each for each in beside if each != file and _is_plain(each)]


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and file.stat().st_size <= MOST_CALLED_BYTES
